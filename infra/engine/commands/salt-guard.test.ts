import { chmodSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { saltFingerprint } from "../../credentials/salt-guard.ts";

interface Inputs {
  readonly fingerprint: string;
  readonly saltKey: string;
  readonly containerName: string;
  readonly containerId: string;
  readonly dockerHost: string;
}

interface Provider {
  check(olds: Partial<Inputs>, news: Inputs): Promise<{ failures: { reason: string }[] }>;
  create(inputs: Inputs): Promise<{ id: string }>;
  diff(id: string, olds: Inputs, news: Inputs): Promise<{ changes: boolean }>;
  update(id: string, olds: Inputs, news: Inputs): Promise<{ outs: Inputs }>;
}

// As Pulumi loads it: a CommonJS module with a handler.
const { handler } = createRequire(import.meta.url)("./salt-guard.cjs") as {
  handler: () => Provider;
};
const provider = handler();

/** What Pulumi shows a provider in the place of a value that is yet to be made. */
const unknown = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(`${tmpdir()}/cerberus-salt-`);
  // Stands in for docker: keeps the one row that SQL on standard input writes, and gives it back.
  writeFileSync(
    `${folder}/docker`,
    `#!/bin/sh
sql=$(cat)
case "$sql" in
  *to_regclass*) [ -s ${folder}/row ] && echo t || echo f ;;
  *INSERT*) printf '%s' "$sql" | sed -n "s/.*VALUES (1, '\\([^']*\\)').*/\\1/p" > ${folder}/row ;;
  *) cat ${folder}/row ;;
esac
`,
  );
  chmodSync(`${folder}/docker`, 0o755);
  vi.stubEnv("PATH", `${folder}:${process.env["PATH"]}`);
});
afterEach(() => {
  vi.unstubAllEnvs();
  rmSync(folder, { recursive: true });
});

const inputs = (saltKey: string): Inputs => ({
  fingerprint: saltFingerprint(saltKey),
  saltKey,
  containerName: "dev-postgres",
  containerId: "c1",
  dockerHost: "",
});

const reasonOf = async (olds: Partial<Inputs>, news: Inputs): Promise<string | undefined> =>
  (await provider.check(olds, news)).failures[0]?.reason;

test("the first up writes a canary, which the same key opens ever after", async () => {
  await provider.create(inputs("sk-salt-canary"));
  await provider.create(inputs("sk-salt-canary"));
  await provider.update("id", inputs("sk-salt-canary"), { ...inputs("sk-salt-canary"), containerId: "c2" });
});

test("another key is refused against the database, with the way back and without the keys", async () => {
  await provider.create(inputs("sk-salt-canary"));
  const message = await provider.create(inputs("sk-salt-other")).then(
    () => "",
    (error: Error) => error.message,
  );
  expect(message).toMatch(
    /not the one this database's credentials are encrypted with[\s\S]*unseal --from FILE/,
  );
  expect(message).not.toContain("sk-salt-");
});

test("a changed or lost key is refused in the preview already", async () => {
  const olds = inputs("sk-salt-canary");
  expect(await reasonOf(olds, inputs("sk-salt-canary"))).toBeUndefined();
  expect(await reasonOf(olds, inputs("sk-salt-other"))).toMatch(/^the salt key changed; nothing was changed/);
  expect(await reasonOf(olds, { ...olds, fingerprint: unknown, saltKey: unknown })).toMatch(
    /^the salt key is lost/,
  );
});

test("a state that knows no key is refused beside a database that has one, and welcome beside none", async () => {
  const news = { ...inputs("sk-salt-canary"), fingerprint: unknown, saltKey: unknown };
  expect(await reasonOf({}, news)).toBeUndefined();
  await provider.create(inputs("sk-salt-canary"));
  expect(await reasonOf({}, news)).toMatch(/^the state knows no salt key/);
});

test("another container has its canary looked at again", async () => {
  const olds = inputs("sk-salt-canary");
  expect(await provider.diff("id", olds, olds)).toMatchObject({ changes: false });
  expect(await provider.diff("id", olds, { ...olds, containerId: "c2" })).toMatchObject({ changes: true });
});
