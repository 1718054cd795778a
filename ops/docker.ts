import { execFile } from "node:child_process";
import { explainEngine } from "../infra/engine/explain.ts";
import { tlsEnv } from "../infra/engine/tls.ts";
import { UserError } from "../infra/settings/errors.ts";
import { projectRoot } from "./paths.ts";

export interface DockerOptions {
  /** Engine address; empty or absent = the CLI's default. Certificates this clone keeps for it are shown to it. */
  readonly host?: string | undefined;
  /** Milliseconds; ten minutes unless told otherwise. */
  readonly timeoutMs?: number;
}

/**
 * Runs the docker CLI to its end and gives its standard output.
 * @throws UserError with the engine's own words
 */
export function docker(
  args: readonly string[],
  { host, timeoutMs = 600_000 }: DockerOptions = {},
): Promise<string> {
  const where = host ? ["--host", host] : [];
  return new Promise((resolve, reject) => {
    const env = { ...process.env, ...tlsEnv(projectRoot, host) };
    const options = { encoding: "utf8", env, timeout: timeoutMs, maxBuffer: 64 * 1024 * 1024 } as const;
    execFile("docker", [...where, ...args], options, (error, stdout, stderr) => {
      if (error === null) resolve(stdout);
      else reject(explain(args, host, error, stderr.trim()));
    });
  });
}

function explain(args: readonly string[], host: string | undefined, error: Error, stderr: string): UserError {
  if ((error as NodeJS.ErrnoException).code === "ENOENT") {
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
