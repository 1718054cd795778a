import assert from "node:assert/strict";
import { test } from "node:test";
import { EnumLiteral, GraphqlError, NumberLiteral, parseGraphql } from "../lib/graphql-parser.mjs";

test("reads an operation with alias, arguments and nested selections", () => {
  const fields = parseGraphql(`
    query Anything { # a comment
      result: findManyUser(take: 3, where: { name: "A", active: true, team: null }) {
        id, posts(orderBy: [{ id: asc }]) { title }
      }
    }`);

  assert.equal(fields.length, 1);
  const [root] = fields;
  assert.equal(root?.alias, "result");
  assert.equal(root?.name, "findManyUser");
  assert.deepEqual(root?.args?.["take"], new NumberLiteral("3"));
  assert.deepEqual(
    { .../** @type {object} */ (root?.args?.["where"]) },
    { name: "A", active: true, team: null },
  );
  assert.deepEqual(root?.selection?.[0], { alias: "id", name: "id", args: null, selection: null });
  const [order] = /** @type {any[]} */ (root?.selection?.[1]?.args?.["orderBy"] ?? []);
  assert.deepEqual(order.id, new EnumLiteral("asc"));
});

test("keeps numbers as they were written", () => {
  const [root] = parseGraphql("{ f(a: -1.50, b: 12345678901234567890, c: 1e-7) }");

  const texts = Object.values(root?.args ?? {}).map((value) => /** @type {NumberLiteral} */ (value).text);
  assert.deepEqual(texts, ["-1.50", "12345678901234567890", "1e-7"]);
});

test("decodes escapes in strings", () => {
  const [root] = parseGraphql(String.raw`{ f(a: "h\u00e9\n\"q\" \\ {") }`);

  assert.equal(root?.args?.["a"], 'hé\n"q" \\ {');
});

test("a query may start with a byte order mark and have no operation", () => {
  assert.equal(parseGraphql("\uFEFF{ f }")[0]?.name, "f");
});

for (const { name, query, says } of [
  { name: "an empty query", query: "", says: 'expected a name at offset 0: ""' },
  { name: "a selection that does not end", query: "{ a", says: 'expected a name at offset 3: ""' },
  { name: "a missing colon", query: "{ a(b 1) }", says: 'expected ":" at offset 6: "1) }"' },
  { name: "a missing value", query: "{ a(b: ) }", says: 'expected a name at offset 7: ") }"' },
  { name: "a variable", query: "{ a(b: $c) }", says: 'expected a name at offset 7: "$c) }"' },
  { name: "a sign without digits", query: "{ a(b: -) }", says: 'bad number at offset 7: "-) }"' },
  {
    name: "a string that does not end",
    query: '{ a(b: "c) }',
    says: 'unterminated string at offset 7: "\\"c) }"',
  },
  {
    name: "a subscription",
    query: "subscription { a }",
    says: "unsupported operation subscription at offset 13",
  },
  { name: "a second operation", query: "{ a } { b }", says: 'trailing input at offset 6: "{ b }"' },
]) {
  test(`refuses ${name}`, () => {
    assert.throws(
      () => parseGraphql(query),
      (error) => {
        assert.ok(error instanceof GraphqlError);
        assert.ok(error.message.startsWith(`Error parsing GraphQL query: ${says}`), error.message);
        return true;
      },
    );
  });
}
