import { existsSync, readFileSync } from "node:fs";
import { LineCounter, parseDocument } from "yaml";
import type { Definitions } from "./definitions.ts";
import { type Problem, SettingsError } from "./errors.ts";
import { placesIn } from "./yaml-places.ts";

/** The definitions' other form: the same schema, for those who prefer YAML. It replaces infra/catalog/gateway.ts. */
export const definitionsFile = "gateway.yaml";

/** Far above any real gateway; a document that needs more is an attack on the parser. */
const largestFile = 4 * 1024 * 1024;
const mostAliases = 100;

/**
 * Reads gateway.yaml, if there is one.
 * @throws SettingsError with line and column of everything that is no plain YAML
 */
export function readDefinitions(root: string): Definitions | undefined {
  const path = `${root}/${definitionsFile}`;
  return existsSync(path) ? parseDefinitions(readFileSync(path, "utf8"), definitionsFile) : undefined;
}

/** Parses the text of a definitions file; see readDefinitions. */
export function parseDefinitions(text: string, file: string): Definitions {
  if (text.length > largestFile) throw refused(file, [`is larger than ${largestFile / 1024 ** 2} MiB`]);
  const lines = new LineCounter();
  const document = parseDocument(text, {
    lineCounter: lines,
    uniqueKeys: true,
    version: "1.2",
    schema: "core",
    prettyErrors: false,
  });
  const places = placesIn(file, document, lines);
  const broken = [...document.errors, ...document.warnings];
  if (broken.length > 0) {
    const problems = broken.map(({ pos, message }) => ({
      path: places.at(pos[0]),
      found: message,
      fix: `correct it in ${file}`,
    }));
    throw new SettingsError(file, problems);
  }
  let value: unknown;
  try {
    value = document.toJS({ maxAliasCount: mostAliases });
  } catch (error) {
    throw refused(file, [error instanceof Error ? error.message : String(error)]);
  }
  return { value, file, locate: places.of };
}

const refused = (file: string, found: readonly string[]): SettingsError =>
  new SettingsError(
    file,
    found.map((text): Problem => ({ path: file, found: text, fix: `correct it in ${file}` })),
  );
