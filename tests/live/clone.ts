import { execFileSync, spawn } from "node:child_process";
import { cpSync, existsSync, mkdirSync, mkdtempSync, rmSync, symlinkSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { dirname } from "node:path";
import { projectRoot } from "../../ops/paths.ts";
import { pulumiEnv } from "../../ops/pulumi.ts";

export interface RunResult {
  readonly code: number;
  /** Standard output and standard error, as they came. */
  readonly text: string;
  readonly seconds: number;
}

export interface RunOptions {
  readonly env?: NodeJS.ProcessEnv;
  /** Shows output as it comes: for what takes minutes. */
  readonly show?: boolean;
  /** Called with everything said so far; may kill the process group. */
  readonly watch?: (text: string, kill: () => void) => void;
}

/**
 * A fresh clone of this working tree, with a state, a passphrase and stacks of its own: nothing here touches the developer's.
 * Shares only what is slow to make and the same everywhere: npm packages and the built Pulumi.
 */
export class Clone {
  readonly root: string;

  constructor() {
    this.root = `${mkdtempSync(`${tmpdir()}/cerberus-live-`)}/clone`;
    const git = (cwd: string, ...args: string[]) => execFileSync("git", args, { cwd, encoding: "utf8" });
    git(projectRoot, "clone", "--quiet", "--no-hardlinks", projectRoot, this.root);
    const listed = (...args: string[]) =>
      git(projectRoot, "ls-files", "-z", ...args)
        .split("\0")
        .filter(Boolean);
    for (const file of listed("--modified", "--others", "--exclude-standard")) {
      if (!existsSync(`${projectRoot}/${file}`)) continue;
      mkdirSync(dirname(`${this.root}/${file}`), { recursive: true });
      cpSync(`${projectRoot}/${file}`, `${this.root}/${file}`);
    }
    for (const file of listed("--deleted")) rmSync(`${this.root}/${file}`, { force: true });
    git(this.root, "add", "--all");
    const who = ["-c", "user.name=live test", "-c", "user.email=live@test.invalid"];
    git(this.root, ...who, "commit", "--quiet", "--allow-empty", "--message", "Take over the working tree");
    symlinkSync(`${projectRoot}/node_modules`, `${this.root}/node_modules`);
    mkdirSync(`${projectRoot}/.cerberus/toolchain`, { recursive: true });
    mkdirSync(`${this.root}/.cerberus`);
    symlinkSync(`${projectRoot}/.cerberus/toolchain`, `${this.root}/.cerberus/toolchain`);
  }

  /** Runs a command in the clone to its end, whatever its exit code. */
  run(command: string, args: readonly string[], options: RunOptions = {}): Promise<RunResult> {
    const from = performance.now();
    return new Promise((resolve, reject) => {
      const child = spawn(command, args, {
        cwd: this.root,
        env: { ...cleanEnv(), ...options.env },
        stdio: ["ignore", "pipe", "pipe"],
        detached: true,
      });
      const kill = () => {
        if (child.pid !== undefined && child.exitCode === null) process.kill(-child.pid, "SIGKILL");
      };
      let text = "";
      const take = (part: string) => {
        text += part;
        if (options.show) process.stderr.write(part);
        options.watch?.(text, kill);
      };
      child.stdout.setEncoding("utf8").on("data", take);
      child.stderr.setEncoding("utf8").on("data", take);
      child.on("error", reject);
      child.on("close", (code) =>
        resolve({ code: code ?? 137, text, seconds: (performance.now() - from) / 1000 }),
      );
    });
  }

  /** Runs Pulumi as a user would after `. .cerberus/env.sh`. */
  pulumi(args: readonly string[], options: RunOptions = {}): Promise<RunResult> {
    const env = { ...pulumiEnv(this.root), ...options.env };
    return this.run("pulumi", ["--non-interactive", "--color=never", ...args], { ...options, env });
  }

  /** What git would have to say about what set-up left behind. */
  gitStatus(): string {
    return execFileSync("git", ["status", "--porcelain"], { cwd: this.root, encoding: "utf8" });
  }

  remove(): void {
    rmSync(dirname(this.root), { recursive: true, force: true });
  }
}

/** The environment of someone who has set nothing of Pulumi's or of ours. */
function cleanEnv(): NodeJS.ProcessEnv {
  const ours = /^(PULUMI_|CERBERUS_|VITEST|NODE_COMPILE_CACHE|NODE_ENV$|OPENAI_|ANTHROPIC_)/;
  return Object.fromEntries(Object.entries(process.env).filter(([name]) => !ours.test(name)));
}

/** A loopback port that is free now. */
export function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer().once("error", reject);
    server.listen(0, "127.0.0.1", () => {
      const { port } = server.address() as { port: number };
      server.close(() => resolve(port));
    });
  });
}
