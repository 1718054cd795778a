import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import { type FileHandle, open } from "node:fs/promises";
import { pipeline } from "node:stream";
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
  readonly open: () => Promise<OpenLog>;
}

/** Every file as it was at one moment: what a rotation may rename is held open. */
export interface OpenLog extends AsyncDisposable {
  readonly files: readonly LogFile[];
}

/** A compressed file that breaks off, or never was one. */
export class DamagedFileError extends UserError {
  readonly reason: string;

  constructor(file: string, reason: string) {
    super(
      `${file} can't be uncompressed to its end: ${reason}`,
      "see what is left of it: npm run audit -- verify",
    );
    this.reason = reason;
  }
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

/** Compressed files stay as they are and are opened when read; goes round again when a rotation came between. */
async function openAll(folder: string): Promise<OpenLog> {
  for (;;) {
    const names = namesIn(folder);
    const plain = names.filter((name) => !name.endsWith(".gz"));
    const handles = new Map<string, FileHandle>();
    const close = async () => {
      await Promise.all([...handles.values()].map((handle) => handle.close()));
    };
    for (const name of plain) {
      const handle = await openIfThere(`${folder}/${name}`);
      if (handle !== undefined) handles.set(name, handle);
    }
    const unchanged = namesIn(folder).join() === names.join();
    if (handles.size < plain.length || !unchanged) {
      await close();
      continue;
    }
    const files = names.map((name): LogFile => {
      const handle = handles.get(name);
      return { name, chunks: () => (handle ? readToEnd(handle) : unzipped(`${folder}/${name}`)) };
    });
    return { files, [Symbol.asyncDispose]: close };
  }
}

/**
 * @returns undefined when the file has just been renamed or deleted
 * @throws UserError when this user may not read it
 */
async function openIfThere(file: string): Promise<FileHandle | undefined> {
  try {
    return await open(file, "r");
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === "ENOENT") return undefined;
    if (code !== "EACCES") throw error;
    throw new UserError(
      `${file} may not be read by this user`,
      "the log belongs to the audit writer's user and group: run the command with sudo, or as a member of that group",
    );
  }
}

/** @throws UserError when retention has just deleted it, DamagedFileError when it can't be uncompressed to its end */
async function* unzipped(file: string): AsyncGenerator<Buffer> {
  await using handle = await openIfThere(file);
  if (handle === undefined) {
    throw new UserError(`${file} was deleted while the log was read`, "run the command again");
  }
  const unzip = createGunzip({ chunkSize: chunkBytes });
  // Its errors come out of the loop below.
  pipeline(handle.createReadStream({ highWaterMark: chunkBytes }), unzip, () => undefined);
  try {
    yield* unzip;
  } catch (error) {
    throw new DamagedFileError(file, (error as Error).message);
  }
}

/** A line without an end may be in the middle of being written: it is given a second. */
async function* readToEnd(handle: FileHandle): AsyncGenerator<Buffer> {
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
}
