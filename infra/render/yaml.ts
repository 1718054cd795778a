import { readFileSync } from "node:fs";
import { type Document, parseDocument } from "yaml";

const templates = new URL("../../config-templates/", import.meta.url);

/** Text of a file under config-templates/. */
export const template = (path: string): string => readFileSync(new URL(path, templates), "utf8");

export type YamlPath = readonly (string | number)[];

/**
 * Fills a template through the YAML document API, so that its comments and its order stay.
 * What is undefined goes out of it.
 * @throws Error when a path is not in the template: a value that nobody reads would be lost silently
 */
export function fillTemplate(text: string, values: readonly (readonly [YamlPath, unknown])[]): string {
  const document: Document = parseDocument(text);
  const [broken] = document.errors;
  if (broken) throw broken;
  for (const [path, value] of values) {
    if (!document.hasIn(path)) throw new Error(`the template has no ${path.join(".")}`);
    if (value === undefined) document.deleteIn(path);
    else document.setIn(path, document.createNode(value));
  }
  return document.toString({ lineWidth: 0 });
}
