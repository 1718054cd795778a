import { execFile } from "node:child_process";
import { createHash } from "node:crypto";
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { promisify } from "node:util";
import { UserError } from "../../infra/settings/errors.ts";

const execute = promisify(execFile);

/** Versions of the npm SDKs, which the plugins must carry. */
const plugins = { docker: "5.2.0", random: "4.21.2" } as const;

export interface ToolchainRequest {
  readonly root: string;
  /** Where builds are kept. */
  readonly folder: string;
  /** Version of Pulumi that toolchain/pulumi/go.mod names. */
  readonly version: string;
  readonly log: (line: string) => void;
}

export interface Toolchain {
  /** Folder of the binaries. */
  readonly bin: string;
  /** PULUMI_HOME with the plugins installed. */
  readonly home: string;
}

/**
 * Builds Pulumi, its Node.js language host and the two providers from Go modules: for machines that reach package registries
 * only. Once per content of toolchain/; about five CPU-minutes.
 */
export async function buildToolchain({ root, folder, version, log }: ToolchainRequest): Promise<Toolchain> {
  const sources = `${root}/toolchain`;
  const target = `${folder}/${hashTree(sources)}`;
  const built = { bin: `${target}/bin`, home: `${target}/home` };
  if (existsSync(`${target}/complete`)) return built;
  await requireGo();
  rmSync(target, { recursive: true, force: true });
  const work = `${folder}/${process.pid}.tmp`;
  rmSync(work, { recursive: true, force: true });
  mkdirSync(`${work}/bin`, { recursive: true });
  try {
    const build = async (module: string, name: string, pkg: string, ldflags = "-s -w") => {
      const from = performance.now();
      log(`building ${name} (once)`);
      await go(`${sources}/${module}`, [
        "build",
        "-trimpath",
        "-ldflags",
        ldflags,
        "-o",
        `${work}/bin/${name}`,
        pkg,
      ]);
      log(`${name}: ${((performance.now() - from) / 1000).toFixed(0)} s`);
    };
    const versionFlag = `-s -w -X github.com/pulumi/pulumi/sdk/v3/go/common/version.Version=v${version}`;
    await build("pulumi", "pulumi", "github.com/pulumi/pulumi/pkg/v3/cmd/pulumi", versionFlag);
    const host = "github.com/pulumi/pulumi/sdk/v3/nodejs/cmd/pulumi-language-nodejs";
    await build("language-nodejs", "pulumi-language-nodejs", host);
    const sdk = (
      await go(`${sources}/language-nodejs`, [
        "list",
        "-m",
        "-f",
        "{{.Dir}}",
        "github.com/pulumi/pulumi/sdk/v3",
      ])
    ).trim();
    // Dynamic resources run through this script, which belongs beside the language host.
    copyFileSync(
      `${sdk}/nodejs/dist/pulumi-resource-pulumi-nodejs`,
      `${work}/bin/pulumi-resource-pulumi-nodejs`,
    );
    await execute("chmod", ["755", `${work}/bin/pulumi-resource-pulumi-nodejs`]);
    for (const [name, pluginVersion] of Object.entries(plugins)) {
      const binary = `pulumi-resource-${name}`;
      await build("providers", binary, `./${name}`);
      mkdirSync(`${work}/plugins/${name}`, { recursive: true });
      renameSync(`${work}/bin/${binary}`, `${work}/plugins/${name}/${binary}`);
      const env = { ...process.env, PULUMI_HOME: `${work}/home`, PULUMI_SKIP_UPDATE_CHECK: "1" };
      const args = [
        "plugin",
        "install",
        "resource",
        name,
        pluginVersion,
        "--file",
        `${work}/plugins/${name}`,
      ];
      await execute(`${work}/bin/pulumi`, args, { env });
    }
    rmSync(`${work}/plugins`, { recursive: true });
    writeFileSync(`${work}/complete`, "");
    renameSync(work, target);
    return built;
  } catch (error) {
    const words = (error as { stderr?: string }).stderr?.trim().split("\n").slice(-10).join("\n  ");
    throw new UserError(
      `building Pulumi from Go modules failed:\n  ${words ?? String(error)}`,
      "mend what the message names and run ./setup.sh again, or install Pulumi (https://www.pulumi.com/docs/install/)",
    );
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
}

async function requireGo(): Promise<void> {
  try {
    await execute("go", ["version"]);
  } catch {
    throw new UserError(
      "there is no pulumi command, its download can't be reached, and without Go it can't be built here",
      "install Pulumi (https://www.pulumi.com/docs/install/), or Go 1.26",
    );
  }
}

async function go(cwd: string, args: readonly string[]): Promise<string> {
  const env = { ...process.env, CGO_ENABLED: "0", GOFLAGS: "-mod=readonly" };
  return (await execute("go", args, { cwd, env, maxBuffer: 64 * 1024 * 1024 })).stdout;
}

/** Digest of a folder's files, 12 hex digits. */
function hashTree(folder: string): string {
  const hash = createHash("sha256");
  const files = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) =>
    entry.isFile(),
  );
  for (const file of files.map((entry) => `${entry.parentPath}/${entry.name}`).sort()) {
    hash
      .update(`${file.slice(folder.length)}\0`)
      .update(readFileSync(file))
      .update("\0");
  }
  return hash.digest("hex").slice(0, 12);
}
