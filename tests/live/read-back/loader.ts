import { randomUUID } from "node:crypto";
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { packagesReference } from "../../../infra/images/packages.ts";
import { hosts, secretNames } from "../../../infra/names.ts";
import { docker } from "../../../ops/docker.ts";
import { projectRoot } from "../../../ops/paths.ts";
import { everyVariable } from "../../corpus/everything.ts";

/** What LiteLLM made of one file (tests/readback/load.py). */
export interface ReadBack {
  readonly deployments: readonly Readonly<Record<string, unknown>>[];
  readonly guardrails: readonly Readonly<Record<string, unknown>>[];
  readonly [key: string]: unknown;
}

/** Every secret that a rendered file may name, with a value of no use; one, so that both Redis can be one server. */
const secret = "sk-test-of-the-loader";
const secrets: Readonly<Record<string, string>> = {
  ...everyVariable,
  ...Object.fromEntries(Object.values(secretNames).map((name) => [name, secret])),
};

/**
 * Loads files with LiteLLM's own loader, all in one process of the packages image, which has no network but a Redis beside it:
 * without one, each file waits for LiteLLM's attempts to reach it.
 * @param files name → text of a config.yaml
 * @returns name → what LiteLLM made of it, or the error that it stopped with
 */
export async function loadAll(
  files: ReadonlyMap<string, string>,
): Promise<ReadonlyMap<string, ReadBack | Error>> {
  const folder = mkdtempSync(`${tmpdir()}/cerberus-read-back-`);
  const redis = `cerberus-read-back-${randomUUID().slice(0, 8)}`;
  try {
    // The container's user is another one.
    chmodSync(folder, 0o755);
    for (const [name, text] of files) writeFileSync(`${folder}/${name}.yaml`, text, { mode: 0o644 });
    await docker([
      ...["run", "--detach", "--rm", "--name", redis, "--network", "none"],
      ...[hosts.redisCache, hosts.redisCoordination].flatMap((host) => ["--add-host", `${host}:127.0.0.1`]),
      ...["--entrypoint", "redis-server", packagesReference(projectRoot, "redis"), "--save", ""],
      ...["--requirepass", secret],
    ]);
    const stdout = await docker([
      ...["run", "--rm", "--network", `container:${redis}`, "--volume", `${folder}:/files:ro`],
      ...Object.entries(secrets).flatMap(([name, value]) => ["--env", `${name}=${value}`]),
      ...["--env", "LITELLM_LOCAL_MODEL_COST_MAP=True", "--env", "PYTHONPATH=/plugins"],
      ...["--volume", `${projectRoot}/plugins:/plugins:ro`],
      ...["--volume", `${projectRoot}/tests/readback:/readback:ro`, "--entrypoint", "python3"],
      packagesReference(projectRoot, "litellm"),
      ...["/readback/load.py", ...[...files.keys()].map((name) => `/files/${name}.yaml`)],
    ]);
    const lines = stdout.split("\n").filter((line) => line.startsWith('{"file"'));
    return new Map(lines.map(resultOf));
  } finally {
    await docker(["rm", "--force", redis]);
    rmSync(folder, { recursive: true, force: true });
  }
}

function resultOf(line: string): [string, ReadBack | Error] {
  const { file, loaded, error } = JSON.parse(line) as { file: string; loaded?: ReadBack; error?: string };
  const name = file.replace(/^\/files\/|\.yaml$/g, "");
  return [name, loaded ?? new Error(`${name}: ${error}`)];
}
