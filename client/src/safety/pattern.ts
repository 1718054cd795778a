import { GatewayError } from "../errors.ts";

/** What Python's `regex` means by a character of a word; JavaScript's \w knows ASCII only. */
const word = "\\p{Alphabetic}\\p{M}\\p{Nd}\\p{Pc}";
const classes: Readonly<Record<string, string>> = {
  w: word,
  d: "\\p{Nd}",
  s: "\\t-\\r\\x1c-\\x20\\x85\\p{Z}",
};
const boundary = `(?:(?<=[${word}])(?![${word}])|(?<![${word}])(?=[${word}]))`;

/**
 * A pattern of the gateway's configuration, which is written in Python's dialect, as JavaScript understands it: a leading
 * `(?i)`, `\b`, `\w`, `\d` and `\s` over all of Unicode, and signs that are escaped without need.
 * @throws GatewayError of kind "invalid-request" for what JavaScript has no word for
 */
export function fromPython(pattern: string): RegExp {
  const ignoresCase = pattern.startsWith("(?i)");
  const body = ignoresCase ? pattern.slice("(?i)".length) : pattern;
  let inside = false;
  const translated = body.replace(/\\([\s\S])|[[\]]/g, (found, escaped: string | undefined) => {
    if (escaped === undefined) {
      inside = found === "[";
      return found;
    }
    const members = classes[escaped];
    if (members !== undefined) return inside ? members : `[${members}]`;
    if (escaped === "b" && !inside) return boundary;
    return /["'#%&,:;<=>@_`~!]/.test(escaped) || (escaped === "-" && !inside) ? escaped : found;
  });
  try {
    return new RegExp(translated, ignoresCase ? "iu" : "u");
  } catch (cause) {
    throw new GatewayError("invalid-request", `the pattern ${JSON.stringify(pattern)} can't be read`, {
      param: "safety.categories",
      cause,
    });
  }
}
