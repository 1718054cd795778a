/** One line of a `.env` file that says something. */
export interface EnvLine {
  /** From 1. */
  readonly line: number;
  /** Column of the name, from 1. */
  readonly column: number;
  /** Absent when the line is not NAME=value. */
  readonly name?: string;
  /** Absent when an opening quote has no closing one. */
  readonly value?: string;
}

/** Reads dotenv text; comments and empty lines are left out, broken lines are not. */
export function readEnvText(text: string): EnvLine[] {
  const lines = text.replace(/^\uFEFF/, "").split(/\r?\n/);
  return lines.flatMap((raw, index): EnvLine[] => {
    const trimmed = raw.trim();
    if (trimmed === "" || trimmed.startsWith("#")) return [];
    const match = /^(?:export\s+)?([A-Za-z_][A-Za-z0-9_]*)\s*=\s*(.*)$/.exec(trimmed);
    const [, name, written = ""] = match ?? [];
    const at = { line: index + 1, column: 1 + (name === undefined ? raw.search(/\S/) : raw.indexOf(name)) };
    if (name === undefined) return [at];
    const value = unquote(written);
    return [{ ...at, name, ...(value === undefined ? {} : { value }) }];
  });
}

function unquote(raw: string): string | undefined {
  const quote = raw[0];
  if (quote === '"' || quote === "'") {
    const end = raw.indexOf(quote, 1);
    return end < 0 ? undefined : raw.slice(1, end);
  }
  return raw.replace(/\s+#.*$/, "").trim();
}
