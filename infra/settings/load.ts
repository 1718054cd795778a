import * as pulumi from "@pulumi/pulumi";
import { type EngineTls, keepTls, readTls } from "../engine/tls.ts";
import { projectName } from "../names.ts";
import { readDefinitions } from "./definitions-file.ts";
import type { Problem } from "./errors.ts";
import { parseSettings, type Settings } from "./parse.ts";
import { readPulumiConfig, readStackDocument } from "./stack-file.ts";

export interface LoadedSettings {
  readonly settings: Settings;
  /** Provider keys by variable name, secret. */
  readonly providerSecrets: Readonly<Record<string, pulumi.Output<string>>>;
  /** Certificates of a tcp:// engine. */
  readonly engineTls: EngineTls | undefined;
  /** Secret. Salt key from an escrow file, where one is set. */
  readonly saltKey: pulumi.Output<string> | undefined;
}

/**
 * The only reader of Pulumi's configuration.
 * @throws SettingsError with every problem in one text
 */
export function loadSettings(root: string): LoadedSettings {
  const stackName = pulumi.getStack();
  const definitions = readDefinitions(root);
  const { values, locate } = readStackDocument(root, stackName);
  const { settings, providerSecrets, engine, saltKey, warnings } = parseSettings({
    stackName,
    ...(definitions ? { definitions } : {}),
    ...(locate ? { locate } : {}),
    layers: [values, readPulumiConfig(pulumi.runtime.allConfig())],
    secretKeys: secretConfigKeys(),
    today: new Date().toISOString().slice(0, 10),
  });
  warn(warnings);
  const wrapped = Object.entries(providerSecrets).map(
    ([name, value]) => [name, pulumi.secret(value)] as const,
  );
  const engineTls = readTls(engine);
  if (engine.host !== undefined && engineTls) keepTls(root, engine.host, engineTls);
  return {
    settings,
    providerSecrets: Object.fromEntries(wrapped),
    engineTls,
    saltKey: saltKey === undefined ? undefined : pulumi.secret(saltKey),
  };
}

/** Says what is usable all the same, in Pulumi's own list of diagnostics. */
export function warn(problems: readonly Problem[]): void {
  for (const { path, found, fix } of problems) void pulumi.log.warn(`${path}: ${found}\n  fix: ${fix}`);
}

/** Pulumi passes the names of encrypted settings to the program in this variable (SDK: runtime/config.ts). */
function secretConfigKeys(): Set<string> {
  const keys: unknown = JSON.parse(process.env["PULUMI_CONFIG_SECRET_KEYS"] || "[]");
  const prefix = `${projectName}:`;
  return new Set(
    (Array.isArray(keys) ? keys : []).flatMap((key) =>
      typeof key === "string" && key.startsWith(prefix) ? [key.slice(prefix.length)] : [],
    ),
  );
}
