import { execFile } from "node:child_process";
import { createWriteStream, existsSync, mkdirSync, renameSync, rmSync } from "node:fs";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { promisify } from "node:util";
import { compareReleases } from "../../infra/images/advisories.ts";
import { UserError } from "../../infra/settings/errors.ts";
import { localFolder } from "../../ops/paths.ts";
import { buildToolchain } from "./pulumi-from-go.ts";

const execute = promisify(execFile);

/** Oldest Pulumi whose own commands and flags are used here. */
const oldestPulumi = "3.200.0";
/** Fetched, or built, where there is none. */
const pinnedPulumi = "3.259.0";

export interface PulumiRequest {
  readonly root: string;
  readonly log: (line: string) => void;
}

export interface PulumiFound {
  readonly source: "yours" | "official download" | "built from Go modules";
  readonly version: string;
  /** Environment it needs; PATH_PREFIX is the folder to put first on PATH. */
  readonly env: Readonly<Record<string, string>>;
}

/**
 * Finds a Pulumi: the user's own, else the official download where it can be reached, else one built from Go modules.
 * @throws UserError when none of the three can be had
 */
export async function ensurePulumi({ root, log }: PulumiRequest): Promise<PulumiFound> {
  const own = await versionOf("pulumi");
  if (own !== undefined && compareReleases(own, oldestPulumi) >= 0)
    return { source: "yours", version: own, env: {} };
  if (own !== undefined) log(`your pulumi ${own} is older than ${oldestPulumi}: using one of this project's`);
  const folder = `${localFolder(root)}/toolchain`;
  const shared = { PULUMI_SKIP_UPDATE_CHECK: "1" };
  const official = `${folder}/official-${pinnedPulumi}`;
  if (existsSync(official) || (await download(official, log))) {
    return { source: "official download", version: pinnedPulumi, env: { ...shared, PATH_PREFIX: official } };
  }
  const { bin, home } = await buildToolchain({ root, folder, version: pinnedPulumi, log });
  const env = {
    ...shared,
    PULUMI_HOME: home,
    PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION: "1",
    PATH_PREFIX: bin,
  };
  return { source: "built from Go modules", version: pinnedPulumi, env };
}

async function versionOf(command: string): Promise<string | undefined> {
  try {
    const { stdout } = await execute(command, ["version"], { timeout: 30_000 });
    return /^v?(\d+\.\d+\.\d+)/.exec(stdout.trim())?.[1];
  } catch {
    return undefined;
  }
}

/** Fetches and unpacks the official archive. @returns false where its host can't be reached */
async function download(target: string, log: (line: string) => void): Promise<boolean> {
  const system = { linux: "linux", darwin: "darwin" }[process.platform as string];
  const machine = { x64: "x64", arm64: "arm64" }[process.arch as string];
  if (!system || !machine) return false;
  const url = `https://get.pulumi.com/releases/sdk/pulumi-v${pinnedPulumi}-${system}-${machine}.tar.gz`;
  try {
    const head = await fetch(url, { method: "HEAD", signal: AbortSignal.timeout(5_000) });
    if (!head.ok) return false;
  } catch {
    return false;
  }
  log(`downloading Pulumi ${pinnedPulumi}`);
  const work = `${target}.${process.pid}.tmp`;
  try {
    mkdirSync(work, { recursive: true });
    const response = await fetch(url, { signal: AbortSignal.timeout(600_000) });
    if (!response.ok || response.body === null) throw new Error(`answered ${response.status}`);
    await pipeline(Readable.fromWeb(response.body), createWriteStream(`${work}/archive`));
    await execute("tar", ["-xzf", `${work}/archive`, "-C", work]);
    if ((await versionOf(`${work}/pulumi/pulumi`)) !== pinnedPulumi) throw new Error("it does not run here");
    renameSync(`${work}/pulumi`, target);
    return true;
  } catch (error) {
    throw new UserError(
      `Pulumi could not be downloaded: ${error instanceof Error ? error.message : String(error)}`,
      "run ./setup.sh again, or install Pulumi yourself (https://www.pulumi.com/docs/install/)",
    );
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
}
