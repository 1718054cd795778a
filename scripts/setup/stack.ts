import { projectName } from "../../infra/names.ts";
import { readStackFile } from "../../infra/settings/stack-file.ts";
import { pulumi } from "../../ops/pulumi.ts";
import { localConfig } from "../../ops/said-config.ts";
import type { ProviderEntry } from "./provider-keys.ts";

/** A setting's value from the local stack file, else from the committed one; `undefined` when neither says it. */
export function saidSetting(root: string, stack: string, path: readonly string[]): unknown {
  for (const layer of [localConfig(root, stack), readStackFile(root, stack)]) {
    let at: unknown = layer;
    for (const step of path) at = (at as Record<string, unknown> | undefined)?.[step];
    if (at !== undefined) return at;
  }
  return undefined;
}

export async function selectStack(root: string, stack: string): Promise<void> {
  await pulumi({
    root,
    args: ["stack", "select", "--create", stack, "--secrets-provider", secretsProvider()],
  });
}

/** A KMS the user named wins over the passphrase. */
const secretsProvider = (): string => process.env["CERBERUS_SECRETS_PROVIDER"] ?? "passphrase";

/** Sets one plain value in the local stack file. */
export async function setConfig(root: string, stack: string, path: string, value: string): Promise<void> {
  await pulumi({ root, args: ["config", "set", "--stack", stack, "--path", path, "--", value] });
}

/** Stores provider keys (encrypted) and addresses; only what changed. @returns names stored now */
export async function storeProviders(
  root: string,
  stack: string,
  entries: readonly ProviderEntry[],
): Promise<string[]> {
  if (entries.length === 0) return [];
  const text = await pulumi({ root, args: ["config", "--stack", stack, "--json", "--show-secrets"] });
  const all = JSON.parse(text) as Record<string, { value?: string }>;
  const stored = JSON.parse(all[`${projectName}:providers`]?.value ?? "{}") as Record<string, string>;
  const changed = entries.filter(({ name, value }) => stored[name] !== value);
  for (const { name, value, secret } of changed) {
    const args = [
      "config",
      "set",
      "--stack",
      stack,
      "--path",
      `providers.${name}`,
      secret ? "--secret" : "--plaintext",
    ];
    // Without a value on the command line Pulumi reads it from standard input: keys never stand in argv.
    await pulumi({ root, args, input: value });
  }
  return changed.map(({ name }) => name);
}
