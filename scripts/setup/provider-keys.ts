import { existsSync, readFileSync } from "node:fs";
import { type Problem, SettingsError } from "../../infra/settings/errors.ts";
import { didYouMean } from "../../infra/settings/problems.ts";
import { isSecretVariable, providerVariables } from "../../infra/settings/schema/provider-variables.ts";

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
  const lines = readFileSync(file, "utf8")
    .replace(/^\uFEFF/, "")
    .split(/\r?\n/);
  lines.forEach((line, index) => {
    const text = line.trim();
    if (text === "" || text.startsWith("#")) return;
    const at = `${file}:${index + 1}`;
    const match = /^(?:export\s+)?([A-Za-z_][A-Za-z0-9_]*)\s*=\s*(.*)$/.exec(text);
    if (!match) {
      problems.push({ path: at, found: "is not NAME=value", fix: "write NAME=value, or remove the line" });
      return;
    }
    const [, name = "", raw = ""] = match;
    if (!known.includes(name)) {
      const hint = didYouMean(name, known);
      if (hint !== "") notes.push(`${at}: ${name} is not a provider variable${hint}; left alone`);
      return;
    }
    const value = unquote(raw);
    if (value === undefined) {
      problems.push({
        path: at,
        found: `${name} has an opening quote and no closing one`,
        fix: "close the quote",
      });
    } else if (value !== "") {
      entries.push({ name, value, secret: isSecretVariable(name) });
    }
  });
  if (problems.length > 0) throw new SettingsError(file, problems);
  return { entries, notes };
}

function unquote(raw: string): string | undefined {
  const quote = raw[0];
  if (quote === '"' || quote === "'") {
    const end = raw.indexOf(quote, 1);
    return end < 0 ? undefined : raw.slice(1, end);
  }
  return raw.replace(/\s+#.*$/, "").trim();
}
