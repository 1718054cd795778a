import { execFile, spawn } from "node:child_process";
import { existsSync, openSync, readFileSync, rmSync } from "node:fs";
import { createInterface } from "node:readline/promises";
import { setTimeout as sleep } from "node:timers/promises";
import { promisify } from "node:util";
import { compareReleases } from "../../infra/images/advisories.ts";
import { UserError } from "../../infra/settings/errors.ts";
import { docker } from "../../ops/docker.ts";

const execute = promisify(execFile);

/** Oldest engine this was run on. */
const oldestEngine = "20.10.0";
const daemonLog = "/var/log/cerberus-dockerd.log";

export interface EngineRequest {
  /** Address from the stack's settings; an engine elsewhere is never installed or started. */
  readonly host: string | undefined;
  readonly log: (line: string) => void;
  readonly assumeYes: boolean;
  readonly interactive: boolean;
}

export interface Engine {
  readonly version: string;
  readonly started: boolean;
}

/**
 * Uses a running engine; else installs it from the system's packages (after asking) and starts it.
 * @throws UserError when it may not be used, may not be installed, or does not start
 */
export async function ensureEngine(request: EngineRequest): Promise<Engine> {
  const { host, log } = request;
  const version = await runningVersion(host);
  if (version !== undefined) {
    if (compareReleases(version, oldestEngine) < 0) {
      throw new UserError(
        `Docker engine ${version} is too old; ${oldestEngine} is the oldest that works`,
        "upgrade it",
      );
    }
    return { version, started: false };
  }
  const elsewhere = host ?? process.env["DOCKER_HOST"];
  if (elsewhere)
    throw new UserError(`no Docker engine answers at ${elsewhere}`, "start it, or correct the address");
  if (process.platform !== "linux") {
    throw new UserError(
      "no Docker engine is running",
      "start Docker Desktop (or colima), then run ./setup.sh again",
    );
  }
  if (
    !existsSync("/usr/bin/dockerd") &&
    !existsSync("/usr/sbin/dockerd") &&
    !existsSync("/usr/local/bin/dockerd")
  ) {
    await install(request);
  }
  await start(log);
  const now = await runningVersion(undefined);
  if (now !== undefined) return { version: now, started: true };
  throw new UserError(
    "the Docker engine was started and does not answer",
    `read ${daemonLog} (or: journalctl -u docker)`,
  );
}

/** Version of the engine, or `undefined` when none answers. @throws UserError when it refuses us, or was named and can't be used */
async function runningVersion(host: string | undefined): Promise<string | undefined> {
  try {
    return (await docker(["version", "--format", "{{.Server.Version}}"], { host, timeoutMs: 20_000 })).trim();
  } catch (error) {
    if (error instanceof UserError && (host || /may not talk/.test(error.message))) throw error;
    return undefined;
  }
}

async function install({ log, assumeYes, interactive }: EngineRequest): Promise<void> {
  const manual = "install Docker (https://docs.docker.com/engine/install/), then run ./setup.sh again";
  if (!existsSync("/usr/bin/apt-get")) throw new UserError("no Docker engine is installed", manual);
  const question =
    "No Docker engine is installed. Install the packages docker.io and iptables from this system's sources?";
  if (!assumeYes && !(interactive && (await agrees(question)))) {
    throw new UserError(
      "no Docker engine is installed",
      "run ./setup.sh --yes, which installs it from the system's packages",
    );
  }
  log("installing docker.io and iptables (apt-get)");
  const apt = async (...args: string[]) => {
    const [command, ...rest] = asRoot(["apt-get", "-qy", "-o", "DPkg::Lock::Timeout=120", ...args]);
    try {
      const env = { ...process.env, DEBIAN_FRONTEND: "noninteractive" };
      await execute(command, rest, { env, maxBuffer: 64 * 1024 * 1024 });
    } catch (error) {
      const words = (error as { stderr?: string }).stderr?.trim().split("\n").slice(-5).join("\n  ");
      throw new UserError(`apt-get ${args[0]} failed:\n  ${words ?? String(error)}`, manual);
    }
  };
  await apt("update");
  await apt("install", "--no-install-recommends", "docker.io", "iptables");
}

async function agrees(question: string): Promise<boolean> {
  const prompt = createInterface({ input: process.stdin, output: process.stdout });
  try {
    return /^y(es)?$/i.test((await prompt.question(`${question} [y/N] `)).trim());
  } finally {
    prompt.close();
  }
}

async function start(log: (line: string) => void): Promise<void> {
  let gaveUp = () => false;
  if (existsSync("/run/systemd/system")) {
    log("starting the engine (systemctl start docker)");
    const [command, ...rest] = asRoot(["systemctl", "start", "docker"]);
    await execute(command, rest).catch((error: Error) => {
      throw new UserError(`the Docker engine did not start: ${error.message}`, "read: journalctl -u docker");
    });
  } else {
    if (process.getuid?.() !== 0) {
      throw new UserError(
        "the Docker engine is not running, and starting it needs root",
        "sudo dockerd, in another terminal",
      );
    }
    log(`starting the engine in the background (log: ${daemonLog}); it keeps running`);
    removeStalePid();
    const out = openSync(daemonLog, "a", 0o640);
    const daemon = spawn("dockerd", [], { detached: true, stdio: ["ignore", out, out] });
    daemon.on("error", () => undefined).unref();
    gaveUp = () => daemon.exitCode !== null;
  }
  const deadline = Date.now() + 90_000;
  while ((await runningVersion(undefined)) === undefined && Date.now() < deadline && !gaveUp())
    await sleep(500);
}

/** An engine that was killed leaves its number behind; once another process has it, the next engine refuses to start. */
function removeStalePid(): void {
  const file = "/var/run/docker.pid";
  if (!existsSync(file)) return;
  const pid = readFileSync(file, "utf8").trim();
  const name = existsSync(`/proc/${pid}/comm`) ? readFileSync(`/proc/${pid}/comm`, "utf8").trim() : "";
  if (name !== "dockerd") rmSync(file);
}

function asRoot(command: readonly [string, ...string[]]): [string, ...string[]] {
  return process.getuid?.() === 0 ? [...command] : ["sudo", ...command];
}
