import * as z from "zod";

/** Name that clients, fallbacks and aliases use. LiteLLM takes any text; this is what is safe in URLs, metrics and logs. */
export const groupName = z
  .string()
  .regex(
    /^[A-Za-z0-9][A-Za-z0-9._:/@-]{0,127}$/,
    "must start with a letter or digit and hold only letters, digits and . _ : / @ -",
  );

/** A model group's own name: as above, or `prefix/*` for whatever models stand behind the prefix. */
export const modelName = z
  .string()
  .regex(
    /^[A-Za-z0-9]([A-Za-z0-9._:/@-]{0,127}|[A-Za-z0-9._:@-]{0,125}\/\*)$/,
    'must start with a letter or digit and hold only letters, digits and . _ : / @ -, or be a wildcard such as "openai/*"',
  );

export const isWildcard = (name: string): boolean => name.endsWith("*");

/** Whether a name is one of these, or stands behind one of their wildcards. */
export function nameMatcher(names: readonly string[]): (name: string) => boolean {
  const exact = new Set(names);
  const prefixes = names.filter(isWildcard).map((name) => name.slice(0, -1));
  return (name) => exact.has(name) || prefixes.some((prefix) => name.startsWith(prefix));
}

/** Name of a server, a prompt, a tool: what stands in routes and metrics. */
export const plainName = z
  .string()
  .regex(/^[A-Za-z0-9][A-Za-z0-9_]{0,62}$/, "must be letters, digits and _, 63 at most");

export const period = z
  .string()
  .regex(/^[1-9][0-9]*(s|m|h|d|mo)$/, 'must be a number and a unit, such as "30d" (s, m, h, d, mo)');

/** Spend per period. */
export const Spend = z.strictObject({ maxUsd: z.number().positive(), period });
