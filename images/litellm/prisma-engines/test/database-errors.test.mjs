import assert from "node:assert/strict";
import { test } from "node:test";
import { parseConnectionUrl } from "../lib/connection-url.mjs";
import { translateEngineError } from "../lib/database-errors.mjs";
import { ErrorRegistry } from "../lib/error-registry.mjs";

const connection = parseConnectionUrl("postgresql://me@db:5433/base?connection_limit=4&pool_timeout=2");
const unreachable =
  "Can't reach database server at `db:5433`\n\n" +
  "Please make sure your database server is running at `db:5433`.";

/**
 * @param {unknown} cause
 * @param {number} totalCount
 */
function translate(cause, totalCount = 0) {
  const registry = new ErrorRegistry();
  const id = registry.add(cause);
  const error = { error: "x", user_facing_error: { error_code: "P2036", message: "x", meta: { id } } };
  return translateEngineError(error, { connection, registry, pool: { totalCount } });
}

for (const { name, cause, code, says } of [
  {
    name: "a refused connection",
    cause: new Error("connect ECONNREFUSED"),
    code: "P1001",
    says: unreachable,
  },
  { name: "an unknown failure", cause: undefined, code: "P1001", says: unreachable },
  {
    name: "a wrong password",
    cause: Object.assign(new Error("no"), { code: "28P01" }),
    code: "P1000",
    says:
      "Authentication failed against database server at `db`, " +
      "the provided database credentials for `me` are not valid.",
  },
  {
    name: "a terminated connection",
    cause: new Error("Connection terminated unexpectedly"),
    code: "P1017",
    says: "Server has closed the connection.",
  },
]) {
  test(`${name} is ${code}`, () => {
    const { user_facing_error: facing } = translate(cause);

    assert.equal(facing.error_code, code);
    assert.equal(facing.message, says);
    assert.equal(facing.is_panic, false);
  });
}

test("a connect timeout is a full pool only if the pool is full", () => {
  const cause = new Error("timeout exceeded when trying to connect");

  assert.equal(translate(cause, 3).user_facing_error.error_code, "P1001");
  const { user_facing_error: facing } = translate(cause, 4);
  assert.equal(facing.error_code, "P2024");
  assert.deepEqual(facing.meta, { connection_limit: 4, timeout: 2 });
  assert.match(facing.message, /\(Current connection pool timeout: 2, connection limit: 4\)$/);
});

test("other errors pass, with meta as an object", () => {
  const context = { connection, registry: new ErrorRegistry(), pool: { totalCount: 0 } };
  const known = { error: "x", user_facing_error: { error_code: "P2002", message: "m", meta: null } };

  assert.deepEqual(translateEngineError({ error: "y" }, context), { error: "y" });
  assert.deepEqual(translateEngineError(known, context).user_facing_error.meta, {});
});

test("the registry hands an error out once and forgets the oldest", () => {
  const registry = new ErrorRegistry();
  const first = registry.add("first");
  const second = registry.add("second");

  assert.equal(registry.take(second), "second");
  assert.equal(registry.take(second), undefined);
  for (let count = 0; count < 1000; count++) registry.add("later");
  assert.equal(registry.take(first), undefined);
});
