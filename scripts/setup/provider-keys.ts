import { existsSync, readFileSync } from "node:fs";
import { type Problem, SettingsError } from "../../infra/settings/errors.ts";
import { didYouMean } from "../../infra/settings/problems.ts";
import { isSecretVariable, providerVariables } from "../../infra/settings/schema/provider-variables.ts";
import { readEnvText } from "../../ops/env-text.ts";

export interface ProviderEntry {
  readonly name: string;
  readonly value: string;
  readonly secret: boolean;
}

export interface ReadProviders {
  readonly entries: readonly ProviderEntry[];
  /** Lines worth showing: names that look like slips of the pen. No values. */
  readonly notes: readonly string[];
}

/**
 * Provider keys and addresses in a `.env` file; other variables there are left alone.
 * @param more variables that definitions name beside the known ones
 * @throws SettingsError naming each broken line, never its value
 */
export function readProviders(file: string, more: readonly string[]): ReadProviders {
  const known = providerVariables(more);
  if (!existsSync(file)) return { entries: [], notes: [] };
  const entries: ProviderEntry[] = [];
  const notes: string[] = [];
  const problems: Problem[] = [];
  for (const { line, name, value } of readEnvText(readFileSync(file, "utf8"))) {
    const at = `${file}:${line}`;
    if (name === undefined) {
      problems.push({ path: at, found: "is not NAME=value", fix: "write NAME=value, or remove the line" });
    } else if (!known.includes(name)) {
      const hint = didYouMean(name, known);
      if (hint !== "") notes.push(`${at}: ${name} is not a provider variable${hint}; left alone`);
    } else if (value === undefined) {
      problems.push({
        path: at,
        found: `${name} has an opening quote and no closing one`,
        fix: "close the quote",
      });
    } else if (value !== "") {
      entries.push({ name, value, secret: isSecretVariable(name) });
    }
  }
  if (problems.length > 0) throw new SettingsError(file, problems);
  return { entries, notes };
}
