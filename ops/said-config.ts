import { existsSync, readFileSync } from "node:fs";
import { parse } from "yaml";
import { projectName } from "../infra/names.ts";
import type { Engine } from "../infra/settings/schema/engine.ts";
import { readStackFile } from "../infra/settings/stack-file.ts";
import { localPaths } from "./paths.ts";

/** Values this clone's own stack file sets, without deciphering secrets. */
export function localConfig(root: string, stack: string): Record<string, unknown> {
  const file = `${localPaths(root).stacks}/Pulumi.${stack}.yaml`;
  if (!existsSync(file)) return {};
  const parsed: unknown = parse(readFileSync(file, "utf8"));
  const config = (parsed as { config?: Record<string, unknown> } | null)?.config ?? {};
  const prefix = `${projectName}:`;
  return Object.fromEntries(
    Object.entries(config).map(([key, value]) => [
      key.startsWith(prefix) ? key.slice(prefix.length) : key,
      value,
    ]),
  );
}

/** The engine as both stack files say it, the clone's own winning; a private key is still enciphered. The program itself parses strictly. */
export function saidEngine(root: string, stack: string): Engine {
  const committed = (readStackFile(root, stack)["engine"] ?? {}) as Engine;
  const local = (localConfig(root, stack)["engine"] ?? {}) as Engine;
  const tls = committed.tls || local.tls ? { tls: { ...committed.tls, ...local.tls } } : {};
  return { ...committed, ...local, ...tls };
}
