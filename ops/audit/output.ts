import { once } from "node:events";
import type { Writable } from "node:stream";
import type { Unreadable } from "./records.ts";

/** Writes pieces as fast as they are taken, so that an export needs little memory. A reader that goes away (head) ends it. */
export async function writeAll(pieces: AsyncIterable<string>, to: Writable): Promise<void> {
  let open = true;
  const gone = new Promise<void>((resolve) => {
    to.once("error", (error: NodeJS.ErrnoException) => {
      if (error.code !== "EPIPE") throw error;
      open = false;
      resolve();
    });
  });
  for await (const piece of pieces) {
    if (!open) return;
    if (!to.write(piece)) await Promise.race([once(to, "drain").catch(() => undefined), gone]);
  }
}

/** Tells of lines that were left out, beside the output. */
export function tellUnreadable({ count, first }: Unreadable): void {
  if (count === 0) return;
  process.stderr.write(
    `${count} lines could not be read (first: ${first}); look into it: npm run audit -- verify\n`,
  );
}
