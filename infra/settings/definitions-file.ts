import { existsSync, readFileSync } from "node:fs";
import { isMap, isScalar, LineCounter, parseDocument } from "yaml";
import { type Problem, SettingsError } from "./errors.ts";
import type { Definitions } from "./parse.ts";

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
  const place = (offset: number): string => {
    const { line, col } = lines.linePos(offset);
    return `${file}:${line}:${col}`;
  };
  const broken = [...document.errors, ...document.warnings];
  if (broken.length > 0) {
    const problems = broken.map(({ pos, message }) => ({
      path: place(pos[0]),
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
  return {
    value,
    file,
    locate(steps) {
      let at = document.contents as unknown;
      let offset = 0;
      for (const step of steps) {
        if (!isMap(at)) {
          at = (at as { get?: (key: unknown, keep: boolean) => unknown } | null)?.get?.(step, true);
        } else {
          const pair = at.items.find(({ key }) => isScalar(key) && key.value === step);
          // A key's own place says more than its value's.
          if (isScalar(pair?.key) && pair.key.range) offset = pair.key.range[0];
          at = pair?.value;
        }
        const range = (at as { range?: readonly number[] } | undefined)?.range;
        if (typeof step === "number" && range?.[0] !== undefined) offset = range[0];
      }
      return place(offset);
    },
  };
}

const refused = (file: string, found: readonly string[]): SettingsError =>
  new SettingsError(
    file,
    found.map((text): Problem => ({ path: file, found: text, fix: `correct it in ${file}` })),
  );
