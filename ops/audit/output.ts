import { Readable, type Writable } from "node:stream";
import { pipeline } from "node:stream/promises";
import type { Unreadable } from "./records.ts";
import { amount } from "./words.ts";

/** Writes pieces as fast as they are taken, so that an export needs little memory. A reader that goes away (head) ends it. */
export async function writeAll(pieces: AsyncIterable<string>, to: Writable): Promise<void> {
  try {
    await pipeline(Readable.from(pieces), to, { end: to !== process.stdout });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "EPIPE") throw error;
  }
}

/** Tells of lines that were left out, beside the output. */
export function tellUnreadable({ count, first }: Unreadable): void {
  if (count === 0) return;
  process.stderr.write(
    `${amount(count, "line")} could not be read (first: ${first}); look into it: npm run audit -- verify\n`,
  );
}
