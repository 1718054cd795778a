import fc from "fast-check";
import { expect, test } from "vitest";
import { canonical, type Json } from "../../tests/audit-log/signed-log.ts";
import { notCanonical } from "./canonical.ts";

const check = (json: string) => notCanonical(Buffer.from(json))?.what;

test.each<[string, string | undefined]>([
  ['{"a":[1,{"b":"x y"}],"c":{}}', undefined],
  ['{"a": 1}', "white space"],
  ['{"b":1,"a":2}', "key a after b"],
  ['{"a":1,"a":2}', "key a after a"],
  ['{"a":{"z":1},"b":{"a":1}}', undefined],
  ['{"a":"\\u00e9"}', "an escape that is not needed"],
  ['{"a":"\\/"}', "an escape that is not needed"],
  ['{"a":"\\u000a"}', "an escape that is not needed"],
  ['{"a":"\\u001F"}', "an escape that is not needed"],
  ['{"a":"\\u001f\\n\\"\\\\"}', undefined],
  ['{"\ue000":1,"😀":2}', undefined],
  ['{"😀":1,"\ue000":2}', "key \ue000 after 😀"],
])("%s: %s", (json, expected) => {
  expect(check(json)).toBe(expected);
});

test("whatever is written canonically passes, and with any white space or another order it does not", () => {
  const key = fc.string({ unit: "grapheme-ascii", minLength: 1 }).filter((text) => text !== "__proto__");
  const value = fc.letrec<{ json: Json }>((tie) => ({
    json: fc.oneof(
      { depthSize: "small" },
      fc.string({ unit: "grapheme" }),
      fc.integer(),
      fc.boolean(),
      fc.array(tie("json"), { maxLength: 4 }),
      fc.dictionary(key, tie("json"), { maxKeys: 5, noNullPrototype: true }),
    ),
  })).json;
  fc.assert(
    fc.property(value, (json) => {
      const text = canonical(json);
      expect(check(text)).toBeUndefined();
      expect(check(` ${text}`)).toBe("white space");
    }),
  );
});
