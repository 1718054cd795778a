import { readFileSync } from "node:fs";
import { isMap, isScalar, isSeq, type Pair, parseDocument, type Scalar } from "yaml";
import { yamlText } from "./yaml-text.ts";

const templates = new URL("../../config-templates/", import.meta.url);

/** Text of a file under config-templates/. */
export const template = (path: string): string => readFileSync(new URL(path, templates), "utf8");

export type YamlPath = readonly (string | number)[];

/**
 * Puts values in the places that a template keeps for them; every other byte of it stays, comments and all. An undefined value
 * takes its place away, with the comment above it.
 * @throws Error when a path is not in the template: a value that nobody reads would be lost silently
 */
export function fillTemplate(text: string, values: readonly (readonly [YamlPath, unknown])[]): string {
  const document = parseDocument(text);
  const [broken] = document.errors;
  if (broken) throw broken;
  const edits = values.map(([path, value]) => edit(text, placeOf(document.contents, path), value));
  edits.sort((a, b) => a.from - b.from);
  let filled = "";
  let at = 0;
  for (const { from, to, by } of edits) {
    filled += text.slice(at, from) + by;
    at = to;
  }
  return filled + text.slice(at);
}

interface Edit {
  readonly from: number;
  readonly to: number;
  readonly by: string;
}

interface Place {
  readonly key: Scalar;
  readonly value: Scalar;
}

function placeOf(contents: unknown, path: YamlPath): Place {
  let at = contents;
  let pair: Pair | undefined;
  for (const step of path) {
    pair = isMap(at) ? at.items.find(({ key }) => isScalar(key) && key.value === step) : undefined;
    at = isSeq(at) ? at.items[Number(step)] : pair?.value;
  }
  if (!isScalar(pair?.key) || !isScalar(at)) throw new Error(`the template has no ${path.join(".")}`);
  return { key: pair.key, value: at };
}

function edit(text: string, { key, value: { range } }: Place, value: unknown): Edit {
  const [start, end] = key.range ?? [0, 0];
  const to = range?.[1] ?? end;
  const line = text.lastIndexOf("\n", start) + 1;
  if (value !== undefined) return { from: end, to, by: `:${yamlText(value, start - line + 2)}` };
  let from = line;
  for (;;) {
    const above = text.lastIndexOf("\n", from - 2) + 1;
    if (from === 0 || !text.slice(above, from).trimStart().startsWith("#")) break;
    from = above;
  }
  return { from, to: text.indexOf("\n", to) + 1, by: "" };
}
