import { closest, distance } from "fastest-levenshtein";
import * as z from "zod";
import type { Problem } from "./errors.ts";

/** ` (did you mean "x"?)` when a known name is near enough to be a slip of the pen, else an empty string. */
export function didYouMean(word: string, known: readonly string[]): string {
  if (known.length === 0) return "";
  const best = closest(word, known);
  return distance(word, best) <= Math.max(2, Math.floor(word.length / 3)) ? ` (did you mean "${best}"?)` : "";
}

/** Turns a failed parse into problems that name the leaf, what is allowed and the command that mends it. */
export function problemsOf(error: z.ZodError, schema: z.ZodType): Problem[] {
  return error.issues.flatMap((issue): Problem[] => {
    const path = z.core.toDotPath(issue.path);
    if (issue.code === "unrecognized_keys") {
      const known = keysAt(schema, issue.path);
      return issue.keys.map((key) => {
        const full = path === "" ? key : `${path}.${key}`;
        return {
          path: full,
          found: `unknown setting${didYouMean(key, known)}; known here: ${known.join(", ")}`,
          fix: `pulumi config rm --path '${full}', or correct its spelling in the stack file`,
        };
      });
    }
    return [{ path, found: issue.message, fix: `pulumi config set --path '${path}' <value>` }];
  });
}

/** Names the schema knows at a path; optional and default wrappers are looked through. */
function keysAt(schema: z.ZodType, path: readonly PropertyKey[]): string[] {
  let at: z.ZodType | undefined = unwrap(schema);
  for (const step of path) {
    if (!(at instanceof z.ZodObject)) return [];
    at = unwrap((at.shape as Record<string, z.ZodType>)[String(step)]);
  }
  return at instanceof z.ZodObject ? Object.keys(at.shape) : [];
}

function unwrap(schema: z.ZodType | undefined): z.ZodType | undefined {
  let at = schema;
  while (at instanceof z.ZodOptional || at instanceof z.ZodDefault || at instanceof z.ZodPrefault) {
    at = at.unwrap() as z.ZodType;
  }
  return at;
}
