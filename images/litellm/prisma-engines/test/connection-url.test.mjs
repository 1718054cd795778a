import assert from "node:assert/strict";
import { cpus } from "node:os";
import { test } from "node:test";
import { parseConnectionUrl } from "../lib/connection-url.mjs";

test("a bare URL gets Prisma's defaults", () => {
  assert.deepEqual(parseConnectionUrl("postgresql://me:p%40ss@db/my%20base"), {
    poolConfig: {
      user: "me",
      password: "p@ss",
      host: "db",
      port: 5432,
      database: "my base",
      max: cpus().length * 2 + 1,
      connectionTimeoutMillis: 10_000,
      idleTimeoutMillis: 300_000,
      maxLifetimeSeconds: 0,
      options: undefined,
      application_name: undefined,
      keepAlive: true,
    },
    schema: "public",
    address: "db:5432",
  });
});

for (const { query, settings } of [
  { query: "connection_limit=3", settings: { max: 3 } },
  { query: "pool_timeout=0", settings: { connectionTimeoutMillis: 0 } },
  { query: "pool_timeout=soon", settings: { connectionTimeoutMillis: 10_000 } },
  { query: "socket_timeout=7", settings: { query_timeout: 7000 } },
  {
    query: "max_idle_connection_lifetime=1&max_connection_lifetime=5",
    settings: { idleTimeoutMillis: 1000, maxLifetimeSeconds: 5 },
  },
  {
    query: "options=-c%20a%3Db&application_name=app",
    settings: { options: "-c a=b", application_name: "app" },
  },
  { query: "host=/run/postgresql", settings: { host: "/run/postgresql" } },
  { query: "sslmode=require", settings: { ssl: { rejectUnauthorized: false } } },
  { query: "sslmode=require&sslaccept=strict", settings: { ssl: { rejectUnauthorized: true } } },
  { query: "sslmode=verify-full", settings: { ssl: { rejectUnauthorized: true } } },
]) {
  test(`understands ${query}`, () => {
    const { poolConfig } = parseConnectionUrl(`postgresql://u@h/d?${query}`);

    assert.deepEqual({ ...poolConfig, ...settings }, poolConfig);
  });
}

for (const mode of ["disable", "prefer", "allow"]) {
  test(`sslmode=${mode} means no TLS`, () => {
    assert.equal("ssl" in parseConnectionUrl(`postgresql://u@h/d?sslmode=${mode}`).poolConfig, false);
  });
}

test("schema and an IPv6 host", () => {
  const { schema, address, poolConfig } = parseConnectionUrl("postgresql://u@[::1]:6000/d?schema=tenant");

  assert.equal(schema, "tenant");
  assert.equal(address, "::1:6000");
  assert.equal(poolConfig.host, "::1");
});
