import { open } from "node:fs/promises";
import { setTimeout as sleep } from "node:timers/promises";
import type { Filter } from "./filters.ts";
import { activeName, type LogSource, namesIn } from "./log-folder.ts";
import { type AuditRecord, readRecord, recordsOf, type Unreadable } from "./records.ts";

/** The newest lines that pass the filter, oldest first. Older files are only read when newer ones hold too few. */
export async function newest(
  source: LogSource,
  count: number,
  filter: Filter,
  unreadable: Unreadable,
): Promise<AuditRecord[]> {
  let found: AuditRecord[] = [];
  await using log = await source.open();
  for (const file of log.files.toReversed()) {
    const wanted = count - found.length;
    if (wanted <= 0) break;
    let last: AuditRecord[] = [];
    for await (const batch of recordsOf([file], unreadable)) {
      last.push(...batch.filter(filter));
      if (last.length > 2 * wanted) last = last.slice(-wanted);
    }
    found = [...last.slice(-wanted), ...found];
  }
  return found;
}

export interface FollowOptions {
  /** Lines up to this seq were shown already. */
  readonly afterSeq: number;
  readonly signal: AbortSignal;
  readonly pollMs?: number;
}

/** Lines as they come, across rotations, until the signal. */
export async function* follow(
  folder: string,
  { afterSeq, signal, pollMs = 250 }: FollowOptions,
): AsyncGenerator<AuditRecord> {
  let seen = afterSeq;
  while (!signal.aborted) {
    for await (const record of activeFile(folder, signal, pollMs)) {
      if (record.line.seq <= seen) continue;
      seen = record.line.seq;
      yield record;
    }
  }
}

/** The active file from its start until it was rotated and read to its end. */
async function* activeFile(folder: string, signal: AbortSignal, pollMs: number): AsyncGenerator<AuditRecord> {
  if (!namesIn(folder).includes(activeName)) {
    await pause(pollMs, signal);
    return;
  }
  const path = `${folder}/${activeName}`;
  await using handle = await open(path, "r");
  const { ino } = await handle.stat();
  const buffer = Buffer.allocUnsafe(1 << 16);
  let rest = Buffer.alloc(0);
  while (!signal.aborted) {
    // Asked before reading: what was written before the rotation is then all read.
    const rotated = (await inodeOf(path)) !== ino;
    const { bytesRead } = await handle.read(buffer, 0, buffer.length, null);
    if (bytesRead === 0) {
      if (rotated) return;
      await pause(pollMs, signal);
      continue;
    }
    rest = Buffer.concat([rest, buffer.subarray(0, bytesRead)]);
    for (let end = rest.indexOf(0x0a); end !== -1; end = rest.indexOf(0x0a)) {
      const record = readRecord(rest.subarray(0, end));
      rest = rest.subarray(end + 1);
      if (typeof record !== "string") yield record;
    }
  }
}

async function inodeOf(path: string): Promise<number | undefined> {
  try {
    await using handle = await open(path, "r");
    return (await handle.stat()).ino;
  } catch {
    return undefined; // between two files
  }
}

const pause = (ms: number, signal: AbortSignal): Promise<unknown> =>
  sleep(ms, undefined, { signal }).catch(() => undefined);
