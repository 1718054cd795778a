import fc from "fast-check";
import { expect, test } from "vitest";
import { parse } from "yaml";
import { yamlText } from "./yaml-text.ts";

const asFile = (value: unknown): string => `key:${yamlText(value, 2)}\n`;

test("a reader of YAML 1.1 and one of 1.2 read back what was written", () => {
  const values = fc.jsonValue({ noUnicodeString: false });
  fc.assert(
    fc.property(values, (value) => {
      const text = asFile(value);
      const back = JSON.parse(JSON.stringify({ key: value })) as unknown;
      expect(parse(text, { version: "1.2", schema: "core" })).toEqual(back);
      expect(parse(text, { version: "1.1", merge: false })).toEqual(back);
    }),
    { numRuns: 500 },
  );
});

test.each([
  ["a name", "os.environ/OPENAI_API_KEY", " os.environ/OPENAI_API_KEY"],
  ["a sentence", "Hello from here", " Hello from here"],
  ["a word that was a boolean", "no", ' "no"'],
  ["a date", "2024-10-21", ' "2024-10-21"'],
  ["a comment", "a # b", ' "a # b"'],
  ["a mapping", "a: b", ' "a: b"'],
  ["lines", "a\nb", ' "a\\nb"'],
  ["a line that JSON leaves open", "a\u2028b", ' "a\\u2028b"'],
  ["a price", 1e-7, " 1.0e-7"],
  ["nothing", [], " []"],
  ["rows of maps", [{ a: 1, b: { c: [] } }], "\n  - a: 1\n    b:\n      c: []"],
  ["rows of rows", [["x"]], "\n  - - x"],
])("%s", (_, value, text) => {
  expect(yamlText(value, 2)).toBe(text);
});

test.each([[Number.NaN], [Number.POSITIVE_INFINITY], [undefined], [() => 1]])(
  "%s has no place in a file",
  (value) => {
    expect(() => yamlText(value, 0)).toThrow(/has no place/);
  },
);
