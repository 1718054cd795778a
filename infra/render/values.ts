/** LiteLLM's syntax for a value taken from the environment; rendered files name secrets and never hold them. */
export const fromEnvironment = (name: string): string => `os.environ/${name}`;

/** A copy without what is undefined. */
export function given(row: Readonly<Record<string, unknown>>): Record<string, unknown> {
  const out: Record<string, unknown> = {};
  for (const key in row) if (row[key] !== undefined) out[key] = row[key];
  return out;
}

/** A section, or nothing where it would be empty: the template's place for it goes, too. */
export function unlessEmpty<T extends object>(value: T): T | undefined {
  return Object.keys(value).length === 0 ? undefined : value;
}
