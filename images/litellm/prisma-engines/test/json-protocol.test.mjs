import assert from "node:assert/strict";
import { test } from "node:test";
import { GraphqlError } from "../lib/graphql-parser.mjs";
import { QueryTranslator, untag } from "../lib/json-protocol.mjs";

const translator = new QueryTranslator(`
model User {
  id       String @id
  role     Role
  spend    Decimal
  settings Json?
  history  Json[]
  posts    Post[]
  // hidden Json
  @@index([role])
}
model Post {
  id     Int  @id
  meta   Json
  author User @relation(fields: [userId], references: [id])
  userId String
}
enum Role {
  ADMIN
}
`);
const json = (/** @type {string} */ value) => ({ $type: "Json", value });

/** @param {string} text */
const translateArgs = (text) => translator.translate(text).query.query.arguments;

test("names model and action, and keeps the alias apart", () => {
  const translated = translator.translate(
    "query { result: findManyUser(take: 2) { id posts { id author { id } } } }",
  );

  assert.deepEqual(translated, {
    alias: "result",
    query: {
      modelName: "User",
      action: "findMany",
      query: {
        arguments: { take: 2 },
        selection: {
          id: true,
          posts: {
            arguments: {},
            selection: { id: true, author: { arguments: {}, selection: { id: true } } },
          },
        },
      },
    },
  });
});

for (const [field, action, modelName] of [
  ["findUniqueUserOrThrow", "findUniqueOrThrow", "User"],
  ["createManyAndReturnPost", "createManyAndReturn", "Post"],
  ["createManyPost", "createMany", "Post"],
  ["aggregateUser", "aggregate", "User"],
  ["executeRaw", "executeRaw", undefined],
]) {
  test(`reads ${field}`, () => {
    const { query } = translator.translate(`mutation { ${field} }`);

    assert.equal(query.action, action);
    assert.equal(query.modelName, modelName);
  });
}

test("tags Json values in data, alone and in operations, and no other strings", () => {
  const args = translateArgs(`mutation { createOneUser(data: {
    id: "{}", role: ADMIN, settings: "{\\"a\\":1}", history: { set: ["1", "2"] } }) { id } }`);

  assert.deepEqual(args, {
    data: { id: "{}", role: "ADMIN", settings: json('{"a":1}'), history: { set: [json("1"), json("2")] } },
  });
});

test("tags the null kinds of Json as enums", () => {
  assert.deepEqual(translateArgs("mutation { updateOneUser(data: { settings: DbNull }) { id } }"), {
    data: { settings: { $type: "Enum", value: "DbNull" } },
  });
});

test("keeps every digit of decimals and big integers", () => {
  const args = translateArgs(`mutation { updateOneUser(data: {
    spend: 0.00001234567890123456789, a: 9007199254740993, b: -9007199254740991, c: 1e-7 }) { id } }`);

  assert.deepEqual(args, {
    data: {
      spend: { $type: "Decimal", value: "0.00001234567890123456789" },
      a: { $type: "BigInt", value: "9007199254740993" },
      b: -9007199254740991,
      c: { $type: "Decimal", value: "1e-7" },
    },
  });
});

test("follows relations into nested writes", () => {
  const args = translateArgs(`mutation { updateOneUser(data: { posts: {
    create: [{ meta: "1" }],
    createMany: { data: [{ meta: "2" }], skipDuplicates: true },
    connectOrCreate: { where: { id: 1 }, create: { meta: "3" } },
    upsert: { where: { id: 2 }, create: { meta: "4" },
      update: { meta: "5", author: { update: { settings: "6" } } } },
    update: [{ where: { id: 3 }, data: { meta: "7" } }, { meta: "8" }],
    deleteMany: { meta: { equals: "9" } },
    connect: [{ id: 4 }] } }) { id } }`);

  assert.deepEqual(args, {
    data: {
      posts: {
        create: [{ meta: json("1") }],
        createMany: { data: [{ meta: json("2") }], skipDuplicates: true },
        connectOrCreate: { where: { id: 1 }, create: { meta: json("3") } },
        upsert: {
          where: { id: 2 },
          create: { meta: json("4") },
          update: { meta: json("5"), author: { update: { settings: json("6") } } },
        },
        update: [{ where: { id: 3 }, data: { meta: json("7") } }, { meta: json("8") }],
        deleteMany: { meta: { equals: json("9") } },
        connect: [{ id: 4 }],
      },
    },
  });
});

test("tags Json in filters, save for operators that take plain strings", () => {
  const args = translateArgs(`query { findManyUser(where: {
    OR: [{ settings: { path: ["a"], equals: "1", not: { string_contains: "x" } } }, { id: { in: ["1"] } }],
    posts: { some: { meta: "2", author: { settings: { array_contains: ["3"] } } } } }) { id } }`);

  assert.deepEqual(args, {
    where: {
      OR: [
        { settings: { path: ["a"], equals: json("1"), not: { string_contains: "x" } } },
        { id: { in: ["1"] } },
      ],
      posts: { some: { meta: json("2"), author: { settings: { array_contains: [json("3")] } } } },
    },
  });
});

for (const { name, query, says } of [
  { name: "an unknown field", query: "{ findManyNope { id } }", says: 'Cannot query field "findManyNope"' },
  { name: "two root fields", query: "{ findManyUser findManyPost }", says: "exactly one root field" },
  {
    name: "an alias below the root",
    query: "{ findManyUser { a: id } }",
    says: 'alias "a" is not supported',
  },
]) {
  test(`refuses ${name}`, () => {
    assert.throws(
      () => translator.translate(query),
      (error) => error instanceof GraphqlError && error.message.startsWith(says),
    );
  });
}

test("untag drops type tags at every depth and nothing else", () => {
  const result = {
    rows: [
      { settings: { $type: "Json", value: '{"$type":"x"}' }, big: { $type: "BigInt", value: "1" }, n: null },
    ],
    odd: { $type: "no value" },
    list: [{ $type: "Decimal", value: "1.5" }, 2],
  };

  assert.deepEqual(untag(result), {
    rows: [{ settings: '{"$type":"x"}', big: "1", n: null }],
    odd: { $type: "no value" },
    list: ["1.5", 2],
  });
});
