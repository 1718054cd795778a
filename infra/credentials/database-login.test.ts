import { expect, test } from "vitest";
import { loginRole, loginSql, retireSql, scramVerifier } from "./database-login.ts";

test("the first generation logs in as the owner, each later one as a role of its own", () => {
  expect([1, 2, 12].map(loginRole)).toEqual(["litellm", "litellm_g2", "litellm_g12"]);
});

test("the verifier is PostgreSQL's own for this password and salt, and the same on every run", () => {
  // Checked with a real login on PostgreSQL 15: tests/live/rotation.suite.ts.
  expect(scramVerifier("canary")).toMatch(
    /^SCRAM-SHA-256\$4096:[A-Za-z0-9+/]{22}==\$[A-Za-z0-9+/]{43}=:[A-Za-z0-9+/]{43}=$/,
  );
  expect(scramVerifier("canary")).toBe(scramVerifier("canary"));
  expect(scramVerifier("canary")).not.toBe(scramVerifier("canary2"));
});

test("no statement holds the password", () => {
  expect(loginSql(2, "canary-password")).not.toContain("canary-password");
});

test("a later login works as the owner, and can be made twice", () => {
  const sql = loginSql(2, "p");
  expect(sql).toContain("IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'litellm_g2')");
  expect(sql).toContain("ALTER ROLE litellm_g2 SET role TO 'litellm'");
});

test("retiring spares the generation in use, and takes the owner's password only when another login is there", () => {
  expect(retireSql(3)).toContain("rolname <> 'litellm_g3'");
  expect(retireSql(3)).toContain("ALTER ROLE litellm PASSWORD NULL");
  expect(retireSql(1)).not.toContain("PASSWORD NULL");
});
