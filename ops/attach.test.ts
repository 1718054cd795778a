import { chmodSync, mkdirSync, mkdtempSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { attach, hasState } from "./attach.ts";

const stackFile = "encryptionsalt: v1:abc\nconfig:\n  cerberus-gateway:profile: dev\n";
let root: string;

beforeEach(() => {
  root = mkdtempSync(`${tmpdir()}/cerberus-attach-`);
  vi.stubEnv("PULUMI_BACKEND_URL", undefined);
  vi.stubEnv("CERBERUS_STACK_FILE", undefined);
  withPulumi('echo "$@" > said');
});
afterEach(() => vi.unstubAllEnvs());

/** Puts a `pulumi` that is a shell script where the project looks first. */
function withPulumi(script: string): void {
  const bin = `${root}/node_modules/.bin`;
  mkdirSync(bin, { recursive: true });
  writeFileSync(`${bin}/pulumi`, `#!/bin/sh\n${script}\n`);
  chmodSync(`${bin}/pulumi`, 0o755);
}

test("a fresh checkout gets its stack file, for its owner only, and the stack selected", async () => {
  vi.stubEnv("PULUMI_BACKEND_URL", "s3://team");
  vi.stubEnv("CERBERUS_STACK_FILE", stackFile);
  await attach(root, "dev");
  const file = `${root}/.cerberus/stacks/Pulumi.dev.yaml`;
  expect(readFileSync(file, "utf8")).toBe(stackFile);
  expect(statSync(file).mode & 0o777).toBe(0o600);
  expect(readFileSync(`${root}/said`, "utf8")).toBe("--non-interactive stack select dev\n");
  await expect(attach(root, "dev")).resolves.toBeUndefined();
});

test("a stack file that is there is never overwritten by another", async () => {
  vi.stubEnv("PULUMI_BACKEND_URL", "s3://team");
  vi.stubEnv("CERBERUS_STACK_FILE", stackFile);
  mkdirSync(`${root}/.cerberus/stacks`, { recursive: true });
  writeFileSync(`${root}/.cerberus/stacks/Pulumi.dev.yaml`, "config: {}\n");
  await expect(attach(root, "dev")).rejects.toThrow(/is there already/);
});

test("a stack that the backend does not know is said with the way to make one", async () => {
  withPulumi("echo \"error: no stack named 'dev' found\" >&2; exit 255");
  vi.stubEnv("PULUMI_BACKEND_URL", "s3://team");
  vi.stubEnv("CERBERUS_STACK_FILE", stackFile);
  await expect(attach(root, "dev")).rejects.toThrow(
    /can't be opened in s3:\/\/team: error: no stack named 'dev' found/,
  );
});

test("no backend at all is said; a fork's job, which has no secrets, has no state", async () => {
  await expect(attach(root, "dev")).rejects.toThrow(/no state backend[\s\S]*docs\/ci\.md/);
  vi.stubEnv("PULUMI_BACKEND_URL", "s3://team");
  vi.stubEnv("CERBERUS_STACK_FILE", "");
  expect(hasState(root)).toBe(false);
  vi.stubEnv("CERBERUS_STACK_FILE", stackFile);
  expect(hasState(root)).toBe(true);
});
