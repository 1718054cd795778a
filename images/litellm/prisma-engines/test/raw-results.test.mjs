import assert from "node:assert/strict";
import { test } from "node:test";
import { parseExact, stringifyExact, toCells } from "../lib/raw-results.mjs";

test("integers beyond 2^53 survive, and digits inside strings stay strings", () => {
  const text =
    '{"n":12345678901234567890,"neg":-9007199254740993,"s":"12345678901234567890 \\"1\\"","f":1.5}';

  assert.equal(stringifyExact(parseExact(text)), text);
});

test("text without long numbers is plain JSON", () => {
  assert.deepEqual(parseExact('{"a":[1,2.5,"x"]}'), { a: [1, 2.5, "x"] });
});

test("cells carry their type, NULL and arrays included", () => {
  const table = {
    columns: ["id", "name", "tags"],
    types: ["int", "string", "string-array"],
    rows: [
      [1, null, ["a", null]],
      [2, "x", []],
    ],
  };

  const cell = (/** @type {string} */ type, /** @type {unknown} */ value) => ({
    prisma__type: type,
    prisma__value: value,
  });
  assert.deepEqual(toCells(table), [
    {
      id: cell("int", 1),
      name: cell("null", null),
      tags: cell("array", [cell("string", "a"), cell("null", null)]),
    },
    { id: cell("int", 2), name: cell("string", "x"), tags: cell("array", []) },
  ]);
});
