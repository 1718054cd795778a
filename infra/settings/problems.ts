import { closest, distance } from "fastest-levenshtein";
import * as z from "zod";
import type { Problem } from "./errors.ts";

/** ` (did you mean "x"?)` when a known name is near enough to be a slip of the pen, else an empty string. */
export function didYouMean(word: string, known: readonly string[]): string {
  if (known.length === 0) return "";
  const best = closest(word, known);
  return distance(word, best) <= Math.max(2, Math.floor(word.length / 3)) ? ` (did you mean "${best}"?)` : "";
}

/** Where the parsed value came from: what mends a wrong or an unknown setting there, and how to find it. */
export interface Source {
  readonly setFix: (path: string) => string;
  readonly removeFix: (path: string) => string;
  /** Where the value itself stands in something larger. */
  readonly under?: readonly PropertyKey[];
  /** Line and column of a path in the file, if it is one that has it. */
  readonly locate?: (steps: readonly PropertyKey[]) => string | undefined;
}

/** A path as people read it, behind its place in the file. */
export function placeOf(steps: readonly PropertyKey[], source: Source): string {
  const all = [...(source.under ?? []), ...steps];
  const path = z.core.toDotPath(all);
  const place = source.locate?.(all);
  return place === undefined ? path : `${place}: ${path}`;
}

export const pulumiConfig: Source = {
  setFix: (path) => `pulumi config set --path '${path}' <value>`,
  removeFix: (path) => `pulumi config rm --path '${path}', or correct its spelling in the stack file`,
};

/** Problems in a file that people edit. */
export const editedFile = (file: string, locate?: Source["locate"]): Source => ({
  setFix: () => `correct it in ${file}`,
  removeFix: () => `remove it from ${file}, or correct its spelling`,
  ...(locate ? { locate } : {}),
});

/** Turns a failed parse into problems that name the leaf, what is allowed and what mends it. */
export function problemsOf(
  error: z.ZodError,
  schema: z.ZodType,
  input: unknown,
  source: Source = pulumiConfig,
): Problem[] {
  return error.issues.flatMap((issue) => fromIssue(issue, schema, input, source, []));
}

function fromIssue(
  issue: z.core.$ZodIssue,
  schema: z.ZodType,
  input: unknown,
  source: Source,
  above: readonly PropertyKey[],
): Problem[] {
  const steps = [...above, ...issue.path];
  const path = z.core.toDotPath(steps);
  if (issue.code === "unrecognized_keys") {
    const known = keysOf(schemaAt(schema, steps, input));
    return issue.keys.map((key) => {
      const full = path === "" ? key : `${path}.${key}`;
      return {
        path: placeOf([...steps, key], source),
        found: `unknown setting${didYouMean(key, known)}; known here: ${known.join(", ")}`,
        fix: source.removeFix(full),
      };
    });
  }
  if (issue.code === "invalid_union") {
    const union = schemaAt(schema, steps.slice(0, -1), input);
    if (union instanceof z.ZodDiscriminatedUnion) {
      const found = valueAt(input, steps);
      const names = [...union.def.options].flatMap((option) =>
        literalsOf(option as z.ZodType, String(steps.at(-1))),
      );
      const said =
        found === undefined
          ? "is missing"
          : `is ${JSON.stringify(found)}${typeof found === "string" ? didYouMean(found, names) : ""}`;
      return [
        {
          path: placeOf(steps, source),
          found: `${said}; allowed: ${names.join(", ")}`,
          fix: source.setFix(path),
        },
      ];
    }
    // The alternative that came furthest says best what was meant.
    const alternatives = issue.errors.filter((issues) => issues.length > 0);
    const best = alternatives.toSorted((a, b) => depth(b) - depth(a) || a.length - b.length)[0];
    if (best && depth(best) > 0)
      return best.flatMap((inner) => fromIssue(inner, schema, input, source, steps));
  }
  if (issue.code === "invalid_key") {
    const message = issue.issues.map((inner) => inner.message).join("; ");
    return [
      {
        path: placeOf(steps, source),
        found: `the name ${JSON.stringify(String(steps.at(-1)))} ${message}`,
        fix: source.removeFix(path),
      },
    ];
  }
  return [{ path: placeOf(steps, source), found: issue.message, fix: source.setFix(path) }];
}

const depth = (issues: readonly z.core.$ZodIssue[]): number =>
  Math.max(0, ...issues.map(({ path }) => path.length));

const isRecord = (value: unknown): value is Record<PropertyKey, unknown> =>
  typeof value === "object" && value !== null;

function valueAt(input: unknown, steps: readonly PropertyKey[]): unknown {
  let at = input;
  for (const step of steps) at = isRecord(at) ? at[step] : undefined;
  return at;
}

/** The schema that a path leads to; wrappers are looked through, and a union's member is picked by the input. */
function schemaAt(schema: z.ZodType, steps: readonly PropertyKey[], input: unknown): z.ZodType | undefined {
  let at = unwrap(schema);
  for (const [i, step] of steps.entries()) {
    at = unwrap(member(at, valueAt(input, steps.slice(0, i))));
    if (at instanceof z.ZodObject) at = unwrap((at.shape as Record<string, z.ZodType>)[String(step)]);
    else if (at instanceof z.ZodArray) at = unwrap(at.element as z.ZodType);
    else if (at instanceof z.ZodRecord) at = unwrap(at.valueType as z.ZodType);
    else return undefined;
  }
  const value = valueAt(input, steps);
  return at instanceof z.ZodDiscriminatedUnion && isRecord(value) ? (member(at, value) ?? at) : at;
}

/** The member of a discriminated union that a value names; other schemas stay as they are. */
function member(schema: z.ZodType | undefined, value: unknown): z.ZodType | undefined {
  if (!(schema instanceof z.ZodDiscriminatedUnion) || !isRecord(value)) return schema;
  const key = schema.def.discriminator;
  return (schema.def.options as readonly z.ZodType[]).find((option) =>
    literalsOf(option, key).includes(String(value[key])),
  );
}

const keysOf = (schema: z.ZodType | undefined): string[] =>
  schema instanceof z.ZodObject ? Object.keys(schema.shape) : [];

function literalsOf(option: z.ZodType, key: string): string[] {
  const literal =
    option instanceof z.ZodObject ? (option.shape as Record<string, z.ZodType>)[key] : undefined;
  return literal instanceof z.ZodLiteral ? [...literal.values].map(String) : [];
}

function unwrap(schema: z.ZodType | undefined): z.ZodType | undefined {
  let at = schema;
  while (at instanceof z.ZodOptional || at instanceof z.ZodDefault || at instanceof z.ZodPrefault) {
    at = at.unwrap() as z.ZodType;
  }
  return at;
}
