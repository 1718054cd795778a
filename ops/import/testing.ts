import { mkdirSync, mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname } from "node:path";
import { type ImportResult, importSetup } from "./run.ts";

export const fixture = (name: string): string => new URL(`fixtures/${name}`, import.meta.url).pathname;

export const today = "2026-11-24";

/** Imports files that are written down for it; the first one is named, the others lie beside it. */
export function importTexts(
  files: Readonly<Record<string, string>>,
  named = Object.keys(files).slice(0, 1),
): ImportResult {
  const folder = mkdtempSync(`${tmpdir()}/cerberus-import-`);
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(dirname(`${folder}/${name}`), { recursive: true });
    writeFileSync(`${folder}/${name}`, text);
  }
  return importSetup(named, folder, today);
}

/** A configuration with one model that is fine, and more. */
export const withModel = (more: string): string =>
  `model_list:\n  - model_name: gpt\n    litellm_params: { model: openai/gpt-4o, api_key: os.environ/OPENAI_API_KEY }\n${more}`;

/** Findings as `line:column path [rule]`. */
export const told = ({ findings }: ImportResult): string[] =>
  findings.map(({ path, rule }) => `${path.replace(/^[^:]*:/, "")} [${rule}]`);
