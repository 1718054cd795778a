import { existsSync, readFileSync } from "node:fs";
import type { Definitions } from "./definitions.ts";
import { parseStrictYaml } from "./strict-yaml.ts";

/** The definitions' other form: the same schema, for those who prefer YAML. It replaces infra/catalog/gateway.ts. */
export const definitionsFile = "gateway.yaml";

/**
 * Reads gateway.yaml, if there is one.
 * @throws SettingsError with line and column of everything that is no plain YAML
 */
export function readDefinitions(root: string): Definitions | undefined {
  const path = `${root}/${definitionsFile}`;
  return existsSync(path) ? parseDefinitions(readFileSync(path, "utf8"), definitionsFile) : undefined;
}

/** Parses the text of a definitions file; see readDefinitions. */
export const parseDefinitions = (text: string, file: string): Definitions => parseStrictYaml(text, file);
