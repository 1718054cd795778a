/**
 * Text as the content rules read it: one spelling for all the ways in which the same words can be written. The same rules
 * as plugins/cerberus_gateway/safety/normalise.py, proved by the vectors that both sides run.
 */

/** Soft hyphen, joiners, direction marks, fillers, variation selectors. */
const invisible = new RegExp(
  `[${[
    "\\u{ad}\\u{34f}\\u{61c}\\u{115f}\\u{1160}\\u{17b4}\\u{17b5}\\u{180b}-\\u{180f}\\u{200b}-\\u{200f}\\u{202a}-\\u{202e}",
    "\\u{2060}-\\u{206f}\\u{3164}\\u{fe00}-\\u{fe0f}\\u{feff}\\u{ffa0}\\u{1bca0}-\\u{1bca3}\\u{1d173}-\\u{1d17a}",
    "\\u{e0000}-\\u{e001f}\\u{e007f}-\\u{e0fff}",
  ].join("")}]+`,
  "gu",
);
/** Tag characters spell ASCII that no human sees and that models read. */
const tags = /[\u{e0020}-\u{e007e}]/gu;
const jsonEscape = /\\u([0-9a-fA-F]{4})/g;
const marks = /[\p{Mn}\p{Me}]+/gu;
const isAscii = (text: string): boolean => !/\P{ASCII}/u.test(text);

const table = (from: string, to: string): ReadonlyMap<string, string> =>
  new Map(Array.from(from, (letter, i) => [letter, to[i] ?? ""]));

/** Letters that look like Latin ones, lower case: Cyrillic, Greek, Armenian, Latin with strokes. */
const lookAlikes = table(
  "\u0430\u0432\u0435\u043a\u043c\u043d\u043e\u0440\u0441\u0442\u0443\u0445\u0456\u0458\u0455\u0501\u04bb\u04cf" +
    "\u051b\u051d\u0475\u0261\u03b1\u03b2\u03b5\u03b7\u03b9\u03ba\u03bd\u03bf\u03c1\u03c4\u03c5\u03c7\u03f2\u03f3" +
    "\u0585\u057d\u0578\u0570\u0566\u0131\u0142\u00f8\u0111\u0127\u0167\u0180\u0268\u0289\u024d\u023c\u0251\u0269",
  "abekmhopctyxijsdhlqwvgabenikvoptuxcjounhqilodhtbiurcai",
);
const leet = table("013457@$!|+", "oieastasilt");
const leetInside = /[a-z][013457@$!|+]|[013457@$!|+][a-z]/;
const leetLetters = /[013457@$!|+]/g;

// What Python's \w and \s mean for text.
const letter = "[\\p{L}\\p{N}]";
const space = "\\t-\\r\\x1c-\\x20\\x85\\p{Z}";
const words = new RegExp(`${letter}+`, "gu");
/** Up to three marks between two letters, as in b.o.m.b. */
const punctuated = new RegExp(`(?<=${letter})[^\\p{L}\\p{N}${space}]{1,3}(?=${letter})`, "gu");
/** Single letters apart, as in b o m b. */
const spaced = new RegExp(`(?<!${letter})${letter}(?:[^\\p{L}\\p{N}]{1,4}${letter}(?!${letter})){3,}`, "gu");
const separators = /[^\p{L}\p{N}]+/gu;

/** Compatibility forms unified, invisible characters gone, hidden and JSON-escaped characters made plain. */
export function clean(text: string): string {
  const plain = text.includes("\\u")
    ? text.replace(jsonEscape, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)))
    : text;
  if (isAscii(plain)) return plain;
  return plain
    .replace(tags, (tag) => String.fromCharCode((tag.codePointAt(0) ?? 0) - 0xe0000))
    .normalize("NFKC")
    .replace(invisible, "");
}

/** Lower case without accents, look-alikes of Latin letters as those. @param cleaned what `clean` gave */
export function fold(cleaned: string): string {
  if (isAscii(cleaned)) return cleaned.toLowerCase();
  const folded = caseFold(cleaned.normalize("NFKD").replace(marks, ""));
  return Array.from(folded, (sign) => lookAlikes.get(sign) ?? sign).join("");
}

/** Letters of which another case is longer (ß, ﬁ) or depends on its place (ς) come out as one. */
const caseFold = (text: string): string =>
  text.toLowerCase().toUpperCase().toLowerCase().replaceAll("ς", "σ");

/** Runs of letters and digits. */
export const wordsOf = (folded: string): string[] => folded.match(words) ?? [];

/**
 * The words of a text in every spelling worth a look: as written; with marks inside words left out; with digits and signs read
 * as letters; both.
 */
export function* spellings(folded: string): Generator<string[]> {
  yield wordsOf(folded);
  yield* withoutMarks(folded);
  if (!leetInside.test(folded)) return;
  const letters = folded.replace(leetLetters, (sign) => leet.get(sign) ?? sign);
  yield wordsOf(letters);
  yield* withoutMarks(letters);
}

function* withoutMarks(folded: string): Generator<string[]> {
  const joined = folded.replace(punctuated, "");
  if (joined !== folded) yield wordsOf(joined);
}

/** Runs of single letters, as in `b o m b`, each as one word. */
export const spacedOut = (folded: string): string[] =>
  (folded.match(spaced) ?? []).map((run) => run.replace(separators, ""));
