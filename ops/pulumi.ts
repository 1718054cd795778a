import { spawn } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import * as z from "zod";
import { UserError } from "../infra/settings/errors.ts";
import { localPaths } from "./paths.ts";

const Environment = z.record(z.string(), z.string());

/** What the user's own shell may set and then wins. */
const userWins = ["PULUMI_BACKEND_URL", "PULUMI_CONFIG_PASSPHRASE", "PULUMI_CONFIG_PASSPHRASE_FILE"];

/**
 * Environment in which this clone's Pulumi runs: what setup.sh recorded, then what the user's shell says.
 * @throws UserError when nothing was set up and the shell names no backend
 */
export function pulumiEnv(root: string): NodeJS.ProcessEnv {
  const { envJson } = localPaths(root);
  const recorded = existsSync(envJson) ? Environment.parse(JSON.parse(readFileSync(envJson, "utf8"))) : {};
  const own = process.env;
  const merged: NodeJS.ProcessEnv = { ...own, ...recorded };
  for (const name of userWins) if (own[name] !== undefined) merged[name] = own[name];
  // A passphrase in the shell makes the recorded file meaningless.
  if (own["PULUMI_CONFIG_PASSPHRASE"] !== undefined) delete merged["PULUMI_CONFIG_PASSPHRASE_FILE"];
  const recordedPath = recorded["PATH_PREFIX"];
  delete merged["PATH_PREFIX"];
  const bins = [`${root}/node_modules/.bin`, ...(recordedPath ? [recordedPath] : [])];
  merged["PATH"] = [...bins, own["PATH"] ?? ""].join(":");
  return merged;
}

export interface PulumiRun {
  readonly root: string;
  readonly args: readonly string[];
  /** Text for its standard input; the way secrets travel. */
  readonly input?: string;
  /** Receives output as it comes; without it output is only collected. */
  readonly onOutput?: (text: string) => void;
  readonly env?: NodeJS.ProcessEnv;
}

export interface PulumiResult {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs Pulumi to its end, whatever its exit code. */
export function runPulumi(run: PulumiRun): Promise<PulumiResult> {
  return new Promise((resolve, reject) => {
    const child = spawn("pulumi", ["--non-interactive", ...run.args], {
      cwd: run.root,
      env: run.env ?? pulumiEnv(run.root),
      stdio: ["pipe", "pipe", "pipe"],
    });
    let stdout = "";
    let stderr = "";
    child.stdout.setEncoding("utf8").on("data", (text: string) => {
      stdout += text;
      run.onOutput?.(text);
    });
    child.stderr.setEncoding("utf8").on("data", (text: string) => {
      stderr += text;
      run.onOutput?.(text);
    });
    child.on("error", (error: NodeJS.ErrnoException) =>
      reject(error.code === "ENOENT" ? new UserError("pulumi was not found", "run ./setup.sh once") : error),
    );
    child.on("close", (code) => resolve({ code: code ?? 1, stdout, stderr }));
    child.stdin.on("error", () => undefined);
    child.stdin.end(run.input ?? "");
  });
}

/**
 * Runs Pulumi and gives its standard output.
 * @throws UserError with Pulumi's own last words, and the fix where we know it
 */
export async function pulumi(run: PulumiRun): Promise<string> {
  const result = await runPulumi(run);
  if (result.code === 0) return result.stdout;
  throw explain(run.args, result);
}

const knownFailures: readonly (readonly [RegExp, string])[] = [
  [
    /incorrect passphrase/i,
    "the passphrase is not the one this stack was made with: restore .cerberus/passphrase (or PULUMI_CONFIG_PASSPHRASE)",
  ],
  [/currently locked by/i, "another run holds the stack; if none does, run: pulumi cancel --yes"],
  [
    /Cannot connect to the Docker daemon|error during connect/i,
    "start the Docker engine, then run the command again",
  ],
  [
    /port is already allocated|address already in use/i,
    "free the port, or choose another: pulumi config set --path ports.gateway <port>",
  ],
  [/no space left on device/i, "free disk space (docker system df shows what images and volumes take)"],
];

/** Errors of a `--json` report, as they would stand on a terminal; `undefined` when it is none. */
function errorsInReport(stdout: string): string | undefined {
  if (!stdout.startsWith("{")) return undefined;
  try {
    const { diagnostics } = Report.parse(JSON.parse(stdout));
    const errors = diagnostics.filter(({ severity }) => severity === "error");
    return errors.length === 0 ? undefined : errors.map(({ message }) => message.trim()).join("\n  ");
  } catch {
    return undefined;
  }
}

const Report = z.looseObject({
  diagnostics: z.array(z.looseObject({ message: z.string(), severity: z.string() })),
});

/** The lines of Pulumi's output that tell of an error, and what stands indented below its `error:`, such as each of our problems. */
function lastWords(text: string): string[] {
  const told: string[] = [];
  let below = Number.POSITIVE_INFINITY;
  for (const line of text.split("\n")) {
    const indent = line.search(/\S/);
    if (indent > below) told.push(line.slice(below).trimEnd());
    else {
      below = /^\s*error:/.test(line) ? indent : Number.POSITIVE_INFINITY;
      if (/error|failed|refused|incorrect/i.test(line)) told.push(line.trim());
    }
  }
  return told.slice(-24);
}

function explain(args: readonly string[], { code, stdout, stderr }: PulumiResult): UserError {
  const reported = errorsInReport(stdout);
  const text = reported ?? `${stdout}\n${stderr}`;
  const known = knownFailures.find(([pattern]) => pattern.test(text));
  const last = reported ?? lastWords(text).join("\n  ");
  return new UserError(
    `pulumi ${args[0]} ended with code ${code}${last === "" ? "" : `:\n  ${last}`}`,
    known?.[1] ?? "mend what the message names, then run the same command again: it goes on where it stopped",
  );
}
