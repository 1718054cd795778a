import { spawn } from "node:child_process";
import { tlsEnv } from "../infra/engine/tls.ts";
import { projectRoot } from "./paths.ts";

export interface ExecOptions {
  /** Engine address; empty or absent = the CLI's default. */
  readonly host?: string | undefined;
  /** Text for the command's standard input: the way secrets travel. */
  readonly input?: string;
}

export interface ExecResult {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs a command in a container to its end, whatever its exit code; a minute at most. */
export function dockerExec(
  container: string,
  command: readonly string[],
  { host, input = "" }: ExecOptions = {},
): Promise<ExecResult> {
  const where = host ? ["--host", host] : [];
  return new Promise((resolve, reject) => {
    const child = spawn("docker", [...where, "exec", "--interactive", container, ...command], {
      env: { ...process.env, ...tlsEnv(projectRoot, host) },
      stdio: ["pipe", "pipe", "pipe"],
      timeout: 60_000,
    });
    let stdout = "";
    let stderr = "";
    child.stdout.setEncoding("utf8").on("data", (text: string) => {
      stdout += text;
    });
    child.stderr.setEncoding("utf8").on("data", (text: string) => {
      stderr += text;
    });
    child.on("error", reject);
    child.on("close", (code) => resolve({ code: code ?? 1, stdout, stderr }));
    child.stdin.on("error", () => undefined);
    child.stdin.end(input);
  });
}
