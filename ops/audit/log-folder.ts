import { createReadStream, existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import { type FileHandle, open } from "node:fs/promises";
import { setTimeout as sleep } from "node:timers/promises";
import { createGunzip } from "node:zlib";
import { UserError } from "../../infra/settings/errors.ts";

/** One file of the log, oldest first. */
export interface LogFile {
  readonly name: string;
  /** Its bytes, uncompressed. May be read once. */
  readonly chunks: () => AsyncIterable<Buffer>;
}

/** A log to read, wherever it comes from. */
export interface LogSource {
  /** Text of litellm_audit.head.json as it is now. */
  readonly head: () => string | undefined;
  /** Every file, oldest first, held open so that a rotation meanwhile changes nothing. */
  readonly open: () => Promise<readonly LogFile[]>;
}

export const activeName = "litellm_audit.jsonl";
export const headName = "litellm_audit.head.json";
const rotated = /^litellm_audit-(\d{12})\.jsonl(\.gz)?$/;
const chunkBytes = 1 << 20;

/**
 * The log of one folder.
 * @throws UserError when there is no such folder, or no log in it
 */
export function logFolder(folder: string): LogSource {
  if (!existsSync(folder) || !statSync(folder).isDirectory()) {
    throw new UserError(
      `there is no folder ${folder}`,
      "name the folder that holds litellm_audit.jsonl: --dir <folder>, or the stack: --stack <name>",
    );
  }
  if (namesIn(folder).length === 0) {
    throw new UserError(
      `${folder} holds no audit log (${activeName} or litellm_audit-<seq>.jsonl.gz)`,
      "name the folder with --dir, or wait until the stack has written its first line",
    );
  }
  return {
    head: () => {
      const file = `${folder}/${headName}`;
      return existsSync(file) ? readFileSync(file, "utf8") : undefined;
    },
    open: () => openAll(folder),
  };
}

/** Files in the order of the chain. While a file is being compressed both forms are there: the plain one is whole. */
export function namesIn(folder: string): string[] {
  const bySeq = new Map<string, string>();
  const names = readdirSync(folder).sort();
  for (const name of names) {
    const seq = rotated.exec(name)?.[1];
    if (seq !== undefined && (!bySeq.has(seq) || name.endsWith(".jsonl"))) bySeq.set(seq, name);
  }
  const active = names.includes(activeName) ? [activeName] : [];
  return [...[...bySeq.keys()].sort().flatMap((seq) => bySeq.get(seq) ?? []), ...active];
}

/** Opens what a rotation may rename; goes round again when one happened between listing and opening. */
async function openAll(folder: string): Promise<LogFile[]> {
  for (;;) {
    const names = namesIn(folder);
    const files: LogFile[] = [];
    const handles: FileHandle[] = [];
    for (const name of names) {
      const file = `${folder}/${name}`;
      if (name.endsWith(".gz")) {
        files.push({
          name,
          chunks: () =>
            createReadStream(file, { highWaterMark: chunkBytes }).compose(
              createGunzip({ chunkSize: chunkBytes }),
            ),
        });
        continue;
      }
      const handle = await openIfThere(file);
      if (handle === undefined) break;
      handles.push(handle);
      files.push({ name, chunks: () => readToEnd(handle) });
    }
    if (files.length === names.length && namesIn(folder).join() === names.join()) return files;
    await Promise.all(handles.map((handle) => handle.close()));
  }
}

async function openIfThere(file: string): Promise<FileHandle | undefined> {
  try {
    return await open(file, "r");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw error;
  }
}

/** A line without an end may be in the middle of being written: it is given a second. */
async function* readToEnd(handle: FileHandle): AsyncGenerator<Buffer> {
  try {
    let whole = true;
    for (let patience = 10; ; ) {
      const buffer = Buffer.allocUnsafe(chunkBytes);
      const { bytesRead } = await handle.read(buffer, 0, chunkBytes, null);
      if (bytesRead > 0) {
        whole = buffer[bytesRead - 1] === 0x0a;
        yield buffer.subarray(0, bytesRead);
      } else if (whole || patience-- === 0) return;
      else await sleep(100);
    }
  } finally {
    await handle.close();
  }
}
