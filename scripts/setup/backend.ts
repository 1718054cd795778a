import { randomBytes } from "node:crypto";
import { existsSync, mkdirSync, readdirSync } from "node:fs";
import { UserError } from "../../infra/settings/errors.ts";
import { writeFileAtomic } from "../../ops/files.ts";
import { localPaths } from "../../ops/paths.ts";
import type { StepResult } from "./steps.ts";

/**
 * Makes the state backend and its passphrase, unless the user's shell names others, and records the environment.
 * @param toolEnv what the chosen Pulumi needs (PATH is recorded as a prefix)
 * @throws UserError when state is there and its passphrase is gone
 */
export function prepareBackend(root: string, toolEnv: Readonly<Record<string, string>>): StepResult {
  const paths = localPaths(root);
  // Compiled programs are kept between runs: a tenth off every preview.
  const env: Record<string, string> = { ...toolEnv, NODE_COMPILE_CACHE: `${paths.folder}/node-cache` };
  const said: string[] = [];
  // What the user's shell says wins whenever it is said (ops/pulumi.ts); the record stays what this clone has of its own.
  if (process.env["PULUMI_BACKEND_URL"]) {
    said.push("your PULUMI_BACKEND_URL");
  } else {
    mkdirSync(paths.state, { recursive: true, mode: 0o700 });
    said.push("file backend in .cerberus/state");
  }
  if (existsSync(paths.state)) env["PULUMI_BACKEND_URL"] = `file://${paths.state}`;
  mkdirSync(paths.stacks, { recursive: true });
  if (process.env["PULUMI_CONFIG_PASSPHRASE"] !== undefined || process.env["PULUMI_CONFIG_PASSPHRASE_FILE"]) {
    said.push("your passphrase");
  } else if (existsSync(paths.passphrase)) {
    said.push("passphrase in .cerberus/passphrase");
  } else {
    if (hasStacks(paths.stacks)) throw lostPassphrase();
    writeFileAtomic(paths.passphrase, `${randomBytes(32).toString("hex")}\n`);
    said.push("new passphrase in .cerberus/passphrase (keep a copy elsewhere)");
  }
  if (existsSync(paths.passphrase)) env["PULUMI_CONFIG_PASSPHRASE_FILE"] = paths.passphrase;
  writeFileAtomic(paths.envJson, `${JSON.stringify(env, null, 2)}\n`);
  writeFileAtomic(paths.envShell, shellText(root, env));
  return said.join(", ");
}

const hasStacks = (folder: string): boolean =>
  readdirSync(folder).some((file) => file.startsWith("Pulumi.") && file.endsWith(".yaml"));

const lostPassphrase = (): UserError =>
  new UserError(
    "this clone has stacks in .cerberus/stacks, but .cerberus/passphrase is gone; a new one could not read their secrets",
    "restore the file, or set PULUMI_CONFIG_PASSPHRASE; only for stacks you have destroyed: rm -r .cerberus/stacks .cerberus/state",
  );

/** For people who call pulumi themselves: `. .cerberus/env.sh`. Holds paths, no secret. */
function shellText(root: string, env: Readonly<Record<string, string>>): string {
  const { PATH_PREFIX: prefix, ...rest } = env;
  const bins = [`${root}/node_modules/.bin`, ...(prefix ? [prefix] : [])].join(":");
  const quote = (value: string) => `'${value.replaceAll("'", `'\\''`)}'`;
  const lines = Object.entries(rest).map(([name, value]) => `export ${name}=${quote(value)}`);
  return [
    "# Written by setup.sh: the environment of this clone's Pulumi.",
    `export PATH=${quote(bins)}:"$PATH"`,
    ...lines,
    "",
  ].join("\n");
}
