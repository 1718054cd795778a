import { type ChildProcessByStdio, spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import type { Readable, Writable } from "node:stream";

// For each line that it is told: a line of the log's size onto the disk, and how many milliseconds that took.
const program = (folder: string): string => `
import os, sys, time
path = "${folder}/.fsync-probe"
fd = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
for _ in sys.stdin:
    os.write(fd, b"x" * 1000)
    start = time.perf_counter()
    os.fdatasync(fd)
    print((time.perf_counter() - start) * 1000, flush=True)
os.unlink(path)
`;

/** How long the log's own volume takes to make one line durable, asked of a process that waits in the writer's container. */
export class FsyncProbe {
  readonly #child: ChildProcessByStdio<Writable, Readable, null>;
  readonly #answers: AsyncIterator<string>;

  constructor(container: string, folder: string) {
    const args = ["exec", "--interactive", container, "python3", "-c", program(folder)];
    this.#child = spawn("docker", args, { stdio: ["pipe", "pipe", "inherit"] });
    // Once the process is gone its input is closed; measure() says so.
    this.#child.stdin.on("error", () => undefined);
    this.#answers = createInterface({ input: this.#child.stdout })[Symbol.asyncIterator]();
  }

  /**
   * Milliseconds of one fdatasync.
   * @throws Error when the process is gone
   */
  async measure(): Promise<number> {
    this.#child.stdin.write("\n");
    const { value, done } = await this.#answers.next();
    if (done === true) throw new Error("the fsync probe has ended: is the writer's container gone?");
    return Number(value);
  }

  async stop(): Promise<void> {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return;
    const ended = once(this.#child, "exit");
    this.#child.stdin.end();
    await ended;
  }
}
