import { mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { prepareBackend } from "./backend.ts";

let root: string;
beforeEach(() => {
  root = mkdtempSync(`${tmpdir()}/cerberus-backend-`);
  for (const name of ["PULUMI_BACKEND_URL", "PULUMI_CONFIG_PASSPHRASE", "PULUMI_CONFIG_PASSPHRASE_FILE"])
    vi.stubEnv(name, undefined);
});
afterEach(() => vi.unstubAllEnvs());

const recorded = () =>
  JSON.parse(readFileSync(`${root}/.cerberus/env.json`, "utf8")) as Record<string, string>;

test("makes state and a passphrase that only its owner reads, and never a second one", () => {
  prepareBackend(root, { PATH_PREFIX: "/tools" });
  const file = `${root}/.cerberus/passphrase`;
  const first = readFileSync(file, "utf8");
  expect(first).toMatch(/^[0-9a-f]{64}\n$/);
  expect(statSync(file).mode & 0o777).toBe(0o600);
  expect(recorded()).toMatchObject({
    PULUMI_CONFIG_PASSPHRASE_FILE: file,
    PULUMI_BACKEND_URL: `file://${root}/.cerberus/state`,
  });
  prepareBackend(root, {});
  expect(readFileSync(file, "utf8")).toBe(first);
  expect(readFileSync(`${root}/.cerberus/env.sh`, "utf8")).not.toContain(first.trim());
});

test("what the user set wins and is not recorded", () => {
  vi.stubEnv("PULUMI_BACKEND_URL", "s3://team");
  vi.stubEnv("PULUMI_CONFIG_PASSPHRASE", "theirs");
  prepareBackend(root, {});
  expect(Object.keys(recorded())).toEqual(["NODE_COMPILE_CACHE"]);
  expect(() => statSync(`${root}/.cerberus/passphrase`)).toThrow();
});

test("a shell that once names another passphrase does not make this clone forget its own", () => {
  prepareBackend(root, {});
  const own = recorded();
  vi.stubEnv("PULUMI_BACKEND_URL", "s3://team");
  vi.stubEnv("PULUMI_CONFIG_PASSPHRASE", "theirs");
  prepareBackend(root, {});
  expect(recorded()).toEqual(own);
});

test("a lost passphrase is not replaced while stacks need it", () => {
  mkdirSync(`${root}/.cerberus/stacks`, { recursive: true });
  writeFileSync(`${root}/.cerberus/stacks/Pulumi.dev.yaml`, "");
  expect(() => prepareBackend(root, {})).toThrow(/passphrase is gone[\s\S]*restore/);
  rmSync(`${root}/.cerberus/stacks/Pulumi.dev.yaml`);
  expect(() => prepareBackend(root, {})).not.toThrow();
});
