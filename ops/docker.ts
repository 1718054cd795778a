import { type ExecFileException, execFile } from "node:child_process";
import { explainEngine } from "../infra/engine/explain.ts";
import { tlsEnv } from "../infra/engine/tls.ts";
import { UserError } from "../infra/settings/errors.ts";
import { projectRoot } from "./paths.ts";

export interface DockerOptions {
  /** Engine address; empty or absent = the CLI's default. Certificates this clone keeps for it are shown to it. */
  readonly host?: string | undefined;
  /** Milliseconds; ten minutes unless told otherwise. */
  readonly timeoutMs?: number;
  /** Text for the command's standard input: the way secrets travel. */
  readonly input?: string;
}

interface Ended {
  /** null when it ended with exit code 0. */
  readonly error: ExecFileException | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface ExecResult {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

function run(
  args: readonly string[],
  { host, timeoutMs = 600_000, input = "" }: DockerOptions,
): Promise<Ended> {
  const where = host ? ["--host", host] : [];
  return new Promise((resolve) => {
    const env = { ...process.env, ...tlsEnv(projectRoot, host) };
    const options = { encoding: "utf8", env, timeout: timeoutMs, maxBuffer: 64 * 1024 * 1024 } as const;
    const child = execFile("docker", [...where, ...args], options, (error, stdout, stderr) =>
      resolve({ error, stdout, stderr }),
    );
    // A command that ends before it has read its input breaks the pipe; its own end says why.
    child.stdin?.on("error", () => undefined);
    child.stdin?.end(input);
  });
}

/**
 * Runs the docker CLI to its end and gives its standard output.
 * @throws UserError with the engine's own words
 */
export async function docker(args: readonly string[], options: DockerOptions = {}): Promise<string> {
  const { error, stdout, stderr } = await run(args, options);
  if (error === null) return stdout;
  throw explain(args, options.host, error, stderr.trim());
}

/**
 * Runs a command in a container to its end, whatever its exit code; a minute at most.
 * @throws UserError when there is no docker command
 */
export async function dockerExec(
  container: string,
  command: readonly string[],
  options: Pick<DockerOptions, "host" | "input"> = {},
): Promise<ExecResult> {
  const args = ["exec", "--interactive", container, ...command];
  const { error, stdout, stderr } = await run(args, { ...options, timeoutMs: 60_000 });
  if (error?.code === "ENOENT") throw explain(args, options.host, error, stderr);
  return { code: error === null ? 0 : typeof error.code === "number" ? error.code : 1, stdout, stderr };
}

function explain(
  args: readonly string[],
  host: string | undefined,
  error: ExecFileException,
  stderr: string,
): UserError {
  if (error.code === "ENOENT") {
    return new UserError(
      "the docker command was not found",
      "run ./setup.sh, which installs the engine, or install Docker",
    );
  }
  const elsewhere = explainEngine(host, stderr);
  if (elsewhere) return elsewhere;
  if (/permission denied/i.test(stderr)) {
    return new UserError(
      "this user may not talk to the Docker engine",
      "add the user to the group docker and log in again (sudo usermod -aG docker $USER), or run as root",
    );
  }
  if (/Cannot connect to the Docker daemon|error during connect/i.test(stderr)) {
    return new UserError(
      "the Docker engine does not answer",
      "start it, or run ./setup.sh --yes, which does",
    );
  }
  const words = stderr.split("\n").slice(-6).join("\n  ") || error.message;
  return new UserError(
    `docker ${args.slice(0, 2).join(" ")} failed:\n  ${words}`,
    "mend what the message names",
  );
}
