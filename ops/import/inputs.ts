import { readFileSync, statSync } from "node:fs";
import { basename, dirname, relative, resolve } from "node:path";
import { UserError } from "../../infra/settings/errors.ts";
import { type LocatedYaml, parseStrictYaml } from "../../infra/settings/strict-yaml.ts";
import { linkedFiles } from "./compose/compose-file.ts";
import type { EnvironmentFile } from "./env-file.ts";
import { asList, isPlain, type Plain } from "./plain.ts";

/** Everything that belongs to one set-up, by kind. */
export interface Inputs {
  readonly configs: LocatedYaml[];
  readonly composes: LocatedYaml[];
  readonly envFiles: EnvironmentFile[];
}

/** Far above any real file. */
const largestFile = 4 * 1024 * 1024;

/**
 * Reads the files that were named, and those that they lead to: a compose file's configuration and env files, a
 * configuration's includes.
 * @param folder where relative paths start
 * @throws UserError or SettingsError when a named file can't be read or is something else
 */
export function readInputs(paths: readonly string[], folder: string): Inputs {
  const inputs: Inputs = { configs: [], composes: [], envFiles: [] };
  const seen = new Set<string>();
  const visit = (path: string, optional: boolean): void => {
    if (seen.has(path) || (optional && !isFile(path))) return;
    seen.add(path);
    const text = read(path, shown(path, folder));
    if (isEnvName(path)) {
      inputs.envFiles.push({ file: shown(path, folder), text });
      return;
    }
    const source = parse(text, shown(path, folder));
    const here = dirname(path);
    if (isCompose(source.value)) {
      inputs.composes.push(source);
      const { config, envFiles } = linkedFiles(source);
      // Compose reads the .env beside it by itself. Env files are often not at hand, since nobody commits them.
      for (const file of [".env", ...envFiles]) visit(resolve(here, file), true);
      if (config !== undefined) visit(resolve(here, config), false);
      return;
    }
    inputs.configs.push(source);
    for (const file of asList(source.value["include"])) {
      if (typeof file === "string") visit(resolve(here, file), false);
    }
  };
  for (const path of paths) visit(resolve(folder, path), false);
  return inputs;
}

const isEnvName = (path: string): boolean =>
  /(^|\.)env(\.|$)/.test(basename(path)) && !/\.(ya?ml|json)$/.test(path);

const isCompose = (value: Plain): boolean => isPlain(value["services"]);

const shown = (path: string, folder: string): string => {
  const name = relative(folder, path);
  return name.startsWith("../../") ? path : name;
};

function isFile(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isFile() ?? false;
}

function read(path: string, name: string): string {
  if (!isFile(path)) throw new UserError(`${name}: there is no such file`, "correct its path");
  if (statSync(path).size > largestFile) {
    throw new UserError(`${name}: is larger than ${largestFile / 1024 ** 2} MiB`, "name a configuration");
  }
  return readFileSync(path, "utf8").replace(/^\uFEFF/, "");
}

/** Sections by which a LiteLLM configuration is known. */
const sections = [
  "model_list",
  "litellm_settings",
  "general_settings",
  "router_settings",
  "guardrails",
  "include",
];

function parse(text: string, name: string): LocatedYaml & { readonly value: Plain } {
  const compose = parseStrictYaml(text, name, "compose");
  if (isPlain(compose.value) && isCompose(compose.value)) return { ...compose, value: compose.value };
  const config = parseStrictYaml(text, name, "python");
  const { value } = config;
  if (isPlain(value) && sections.some((section) => section in value)) return { ...config, value };
  throw new UserError(
    `${name}: is neither a LiteLLM configuration (${sections.slice(0, 4).join(", ")}) nor a compose file (services)`,
    "name a config.yaml, a docker-compose.yml or a .env file",
  );
}
