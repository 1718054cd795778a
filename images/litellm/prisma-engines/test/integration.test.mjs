import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { after, before, describe, test } from "node:test";
import { schemaCli, startQueryEngine, startSchemaEngine } from "./engines.mjs";
import { postgresMissing, startPostgres } from "./postgres.mjs";

const SCHEMA = `datasource client {
  provider = "postgresql"
  url      = env("DATABASE_URL")
}

model User {
  id       String   @id
  spend    Float    @default(0)
  big      BigInt   @default(0)
  settings Json     @default("{}")
  tags     String[]
  made     DateTime @default(now())
}
`;
const CREATE_USERS = `CREATE TABLE "User" (
  "id" TEXT NOT NULL, "spend" DOUBLE PRECISION NOT NULL DEFAULT 0, "big" BIGINT NOT NULL DEFAULT 0,
  "settings" JSONB NOT NULL DEFAULT '{}', "tags" TEXT[],
  CONSTRAINT "User_pkey" PRIMARY KEY ("id"));`;
const ADD_MADE = `ALTER TABLE "User" ADD COLUMN "made" TIMESTAMP(3) NOT NULL DEFAULT CURRENT_TIMESTAMP;`;

describe("both engines on a real PostgreSQL", { skip: postgresMissing() }, () => {
  const folder = mkdtempSync(path.join(tmpdir(), "prisma-project-"));
  const schemaFile = path.join(folder, "schema.prisma");
  const migrationsDirectoryPath = path.join(folder, "migrations");
  /** @type {Awaited<ReturnType<typeof startPostgres>>} */
  let postgres;
  /** @type {ReturnType<typeof startSchemaEngine>} */
  let schemaEngine;
  /** @type {Awaited<ReturnType<typeof startQueryEngine>>} */
  let engine;

  /**
   * @param {string} name
   * @param {string} sql
   */
  function writeMigration(name, sql) {
    mkdirSync(path.join(migrationsDirectoryPath, name), { recursive: true });
    writeFileSync(path.join(migrationsDirectoryPath, name, "migration.sql"), sql);
  }

  before(async () => {
    writeFileSync(schemaFile, SCHEMA);
    writeMigration("1_users", CREATE_USERS);
    writeMigration("2_made", ADD_MADE);
    postgres = await startPostgres();
  });

  after(async () => {
    await schemaEngine?.stop();
    await engine?.stop();
    postgres?.stop();
    rmSync(folder, { recursive: true });
  });

  test("cli: a missing database is P1003, and can be created", () => {
    const datasource = ["--datasource", postgres.url];

    assert.throws(
      () => schemaCli([...datasource, "can-connect-to-database"]),
      (error) => /"error_code":"P1003"/.test(/** @type {any} */ (error).stderr),
    );
    assert.equal(schemaCli([...datasource, "create-database"]), "Database 'app' was successfully created.\n");
    assert.equal(schemaCli([...datasource, "can-connect-to-database"]), "Connection successful\n");
  });

  test("migrations apply once", async () => {
    schemaEngine = startSchemaEngine(schemaFile, postgres.url);

    const first = await schemaEngine.call("applyMigrations", { migrationsDirectoryPath });
    const second = await schemaEngine.call("applyMigrations", { migrationsDirectoryPath });
    assert.deepEqual(first.result, { appliedMigrationNames: ["1_users", "2_made"] });
    assert.deepEqual(second.result, { appliedMigrationNames: [] });
  });

  test("the migrated database equals the schema", async () => {
    const answer = await schemaEngine.call("diff", {
      from: { tag: "url", url: postgres.url },
      to: { tag: "schemaDatamodel", schema: schemaFile },
      script: true,
      exitCode: true,
    });

    assert.deepEqual(answer.result, { exitCode: 0 });
    assert.match(answer.printed, /empty migration/);
  });

  test("a failed migration blocks the next until it is resolved", async () => {
    const params = { migrationsDirectoryPath, migrationName: "3_broken" };
    writeMigration("3_broken", "SELECT nothing FROM nowhere;");

    const failed = (await schemaEngine.call("applyMigrations", params)).error;
    assert.equal(failed.code, 4466);
    assert.equal(failed.data.error_code, "P3018");
    assert.match(failed.data.message, /Migration name: 3_broken\n\nDatabase error code: 42P01/);
    const blocked = (await schemaEngine.call("applyMigrations", params)).error;
    assert.equal(blocked.data.error_code, "P3009");
    assert.match(blocked.data.message, /The `3_broken` migration started at .* UTC failed$/);
    const status = (await schemaEngine.call("diagnoseMigrationHistory", params)).result;
    assert.deepEqual(status.failedMigrationNames, ["3_broken"]);
    assert.deepEqual(status.history, {
      diagnostic: "databaseIsBehind",
      unappliedMigrationNames: ["3_broken"],
    });

    assert.deepEqual((await schemaEngine.call("markMigrationRolledBack", params)).result, {});
    assert.deepEqual((await schemaEngine.call("markMigrationApplied", params)).result, {});
    const again = (await schemaEngine.call("markMigrationApplied", params)).error;
    assert.equal(again.data.error_code, "P3008");
    const done = (await schemaEngine.call("diagnoseMigrationHistory", params)).result;
    assert.equal(done.history, null);
    assert.deepEqual(done.failedMigrationNames, []);
  });

  test("what only the real engine can do is refused", async () => {
    const { error } = await schemaEngine.call("reset");

    assert.equal(error.data.message, `schema-engine stand-in: "reset" needs Prisma's real schema engine`);
  });

  test("createOne and findMany keep JSON text, big integers and times", async () => {
    engine = await startQueryEngine(schemaFile, postgres.url);

    const created = await engine.query(`mutation { result: createOneUser(data: {
      id: "a", spend: 0.1, big: 9007199254740993, tags: ["x", "y"], made: "2026-01-02T03:04:05.678Z",
      settings: "{\\"list\\":[1,\\"z\\"]}" }) { id } }`);
    const found = await engine.query(`query { result: findManyUser(where: {
      settings: { path: ["list"], array_contains: "[1]" } }) { id spend big tags settings made } }`);
    assert.deepEqual(created, { data: { result: { id: "a" } } });
    const [user] = found.data.result;
    assert.deepEqual(JSON.parse(user.settings), { list: [1, "z"] });
    assert.deepEqual(
      { ...user, settings: undefined },
      {
        id: "a",
        spend: 0.1,
        big: "9007199254740993",
        tags: ["x", "y"],
        made: "2026-01-02T03:04:05.678Z",
        settings: undefined,
      },
    );
  });

  test("updateMany counts, and a duplicate is P2002", async () => {
    const updated = await engine.query(
      `mutation { result: updateManyUser(
        where: { id: "a" }, data: { spend: { increment: 0.5 } }) { count } }`,
    );
    const duplicate = await engine.query('mutation { result: createOneUser(data: { id: "a" }) { id } }');

    assert.deepEqual(updated, { data: { result: { count: 1 } } });
    assert.equal(duplicate.errors[0].user_facing_error.error_code, "P2002");
  });

  test("queryRaw answers in cells with exact numbers", async () => {
    const sql = `SELECT spend, tags, '{"n":12345678901234567890}'::jsonb AS j FROM "User" WHERE id = $1`;
    const args = `query: ${JSON.stringify(sql)}, parameters: ${JSON.stringify('["a"]')}`;

    const { text } = await engine.post("/", { query: `mutation { result: queryRaw(${args}) }` });
    assert.match(text, /12345678901234567890/);
    const [row] = JSON.parse(text).data.result;
    assert.deepEqual(row.spend, { prisma__type: "double", prisma__value: 0.6 });
    const tags = ["x", "y"].map((tag) => ({ prisma__type: "string", prisma__value: tag }));
    assert.deepEqual(row.tags, { prisma__type: "array", prisma__value: tags });
    assert.equal(row.j.prisma__type, "json");
  });

  test("transactions commit and roll back", async () => {
    for (const [ending, count] of [
      ["rollback", 1],
      ["commit", 2],
    ]) {
      const { id } = (await engine.post("/transaction/start", { timeout: 5000, max_wait: 2000 })).json;
      await engine.query('mutation { createOneUser(data: { id: "t" }) { id } }', id);
      await engine.post(`/transaction/${id}/${ending}`, {});

      assert.equal((await engine.query("{ findManyUser { id } }")).data.findManyUser.length, count);
    }
  });

  test("a batch answers in order, and one in a transaction changes all or nothing", async () => {
    const create = (/** @type {string} */ id) => ({
      query: `mutation { result: createOneUser(data: { id: "${id}" }) { id } }`,
    });

    const done = await engine.post("/", { batch: [create("b1"), create("b2")], transaction: true });
    const undone = await engine.post("/", { batch: [create("b3"), create("b1")], transaction: true });
    assert.deepEqual(done.json, {
      batchResult: [{ data: { result: { id: "b1" } } }, { data: { result: { id: "b2" } } }],
    });
    assert.match(JSON.stringify(undone.json), /P2002/);
    const left = await engine.query('{ result: findManyUser(where: { id: "b3" }) { id } }');
    assert.deepEqual(left, { data: { result: [] } });
  });

  test("mistakes in queries are P2009, unknown paths 404", async () => {
    const answer = await engine.post("/", { query: "{ findManyUser(" });

    assert.equal(answer.status, 200);
    assert.equal(answer.json.errors[0].user_facing_error.error_code, "P2009");
    assert.equal((await engine.post("/nowhere", {})).status, 404);
  });

  test("metrics count queries", async () => {
    const metrics = /** @type {any} */ (await (await fetch(`${engine.origin}/metrics?format=json`)).json());
    const text = await (await fetch(`${engine.origin}/metrics`)).text();

    const names = metrics.counters.map((/** @type {any} */ counter) => counter.key);
    assert.ok(names.includes("prisma_client_queries_total"));
    assert.match(text, /^# TYPE prisma_client_queries_total counter\nprisma_client_queries_total \d+$/m);
  });

  test("a signal stops the engine cleanly", async () => {
    assert.equal(await engine.stop(), 0);
    engine = /** @type {any} */ (undefined);
  });
});
