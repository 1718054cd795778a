import { AuditLine } from "./line.ts";
import { linesOf } from "./lines.ts";
import { DamagedFileError, type LogFile } from "./log-folder.ts";

/** A line of the log, parsed, with its own text. */
export interface AuditRecord {
  readonly line: AuditLine;
  readonly text: string;
}

/** Lines that could not be read: said once at the end, and looked into by `audit verify`. */
export interface Unreadable {
  count: number;
  /** Where the first one is, and why. */
  first: string | undefined;
}

export const noneUnreadable = (): Unreadable => ({ count: 0, first: undefined });

/** The lines of some files in order, a batch at a time; what can't be read is counted and left out. */
export async function* recordsOf(
  files: readonly LogFile[],
  unreadable: Unreadable,
): AsyncGenerator<AuditRecord[]> {
  const leaveOut = (reason: string) => {
    unreadable.count += 1;
    unreadable.first ??= reason;
  };
  for (const file of files) {
    try {
      for await (const batch of linesOf(file.chunks())) {
        const records: AuditRecord[] = [];
        for (const { bytes, line } of batch) {
          const record = readRecord(bytes);
          if (typeof record === "string") leaveOut(`${file.name}:${line}: ${record}`);
          else records.push(record);
        }
        yield records;
      }
    } catch (error) {
      if (!(error instanceof DamagedFileError)) throw error;
      leaveOut(`${file.name} breaks off: ${error.reason}`);
    }
  }
}

/** One line, or why it can't be read. */
export function readRecord(bytes: Buffer): AuditRecord | string {
  const text = bytes.toString("utf8");
  try {
    const parsed = AuditLine.safeParse(JSON.parse(text));
    if (parsed.success) return { line: parsed.data, text };
    const issue = parsed.error.issues[0];
    return `${issue?.path.join(".") || "line"}: ${issue?.message}`;
  } catch {
    return "no JSON";
  }
}
