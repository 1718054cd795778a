import { type DocumentOptions, LineCounter, parseDocument, type SchemaOptions } from "yaml";
import { type Problem, SettingsError } from "./errors.ts";
import { placesIn } from "./yaml-places.ts";

/** Far above any real gateway; a document that needs more is an attack on the parser. */
const largestFile = 4 * 1024 * 1024;
const mostAliases = 100;

/** A YAML (or JSON) file's value, and where each part of it stands. */
export interface LocatedYaml {
  readonly value: unknown;
  readonly file: string;
  /** `file:line:column` of a path, or of its nearest part that is there. */
  readonly locate: (steps: readonly PropertyKey[]) => string;
}

/**
 * Whose reading of YAML counts. `own`: YAML 1.2 without merge keys. `python`: YAML 1.1, as LiteLLM reads its configuration
 * (`yes` is true, `<<` merges). `compose`: YAML 1.2 with merge keys.
 */
export type YamlDialect = "own" | "python" | "compose";

const dialects = {
  own: { version: "1.2", schema: "core" },
  python: {
    version: "1.1",
    // A date stays the text it was written as: an api_version, say.
    customTags: (tags) =>
      tags.filter((tag) => typeof tag === "string" || !/:(timestamp|binary|omap|pairs|set)$/.test(tag.tag)),
  },
  compose: { version: "1.2", schema: "core", merge: true },
} as const satisfies Record<YamlDialect, SchemaOptions & DocumentOptions>;

/**
 * Parses text that may be hostile: one document, no key twice, no tags of its own, bounded in size and aliases.
 * Messages never repeat what stands in the file: it may be a key in the wrong place.
 * @throws SettingsError with line and column of everything that is no plain YAML
 */
export function parseStrictYaml(text: string, file: string, dialect: YamlDialect = "own"): LocatedYaml {
  if (text.length > largestFile) throw refused(file, `is larger than ${largestFile / 1024 ** 2} MiB`);
  const lines = new LineCounter();
  const document = parseDocument(text, {
    lineCounter: lines,
    uniqueKeys: true,
    prettyErrors: false,
    ...dialects[dialect],
  });
  const places = placesIn(file, document, lines);
  const broken = [...document.errors, ...document.warnings];
  if (broken.length > 0) {
    const problems = broken.map(({ pos, message }) => ({
      path: places.at(pos[0]),
      found: withoutSource(message),
      fix: `correct it in ${file}`,
    }));
    throw new SettingsError(file, problems, file);
  }
  let value: unknown;
  try {
    value = document.toJS({ maxAliasCount: mostAliases });
  } catch (error) {
    throw refused(file, withoutSource(error instanceof Error ? error.message : String(error)));
  }
  return { value, file, locate: places.of };
}

/** The parser puts a piece of the file behind a colon, and says of endless brackets that it ran out of stack. */
const withoutSource = (message: string): string =>
  /call stack/.test(message) ? "is nested too deeply" : (message.split(": ")[0] ?? message);

const refused = (file: string, found: string): SettingsError => {
  const problem: Problem = { path: file, found, fix: `correct it in ${file}` };
  return new SettingsError(file, [problem], file);
};
