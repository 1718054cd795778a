import { chmodSync, mkdirSync, mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { afterEach, expect, test, vi } from "vitest";
import { pulumi, pulumiEnv } from "./pulumi.ts";

afterEach(() => vi.unstubAllEnvs());

/** A project whose `pulumi` is a shell script. */
function projectWith(script: string): string {
  const root = mkdtempSync(`${tmpdir()}/cerberus-pulumi-`);
  mkdirSync(`${root}/bin`);
  mkdirSync(`${root}/.cerberus`);
  writeFileSync(`${root}/bin/pulumi`, `#!/bin/sh\n${script}\n`);
  chmodSync(`${root}/bin/pulumi`, 0o755);
  writeFileSync(
    `${root}/.cerberus/env.json`,
    JSON.stringify({
      PATH_PREFIX: `${root}/bin`,
      PULUMI_BACKEND_URL: "file:///recorded",
      PULUMI_CONFIG_PASSPHRASE_FILE: "/p",
    }),
  );
  return root;
}

test("the user's own backend and passphrase win over what set-up recorded", () => {
  const root = projectWith("true");
  vi.stubEnv("PULUMI_BACKEND_URL", undefined);
  vi.stubEnv("PULUMI_CONFIG_PASSPHRASE", undefined);
  expect(pulumiEnv(root)).toMatchObject({
    PULUMI_BACKEND_URL: "file:///recorded",
    PULUMI_CONFIG_PASSPHRASE_FILE: "/p",
  });
  vi.stubEnv("PULUMI_BACKEND_URL", "s3://team");
  vi.stubEnv("PULUMI_CONFIG_PASSPHRASE", "theirs");
  const env = pulumiEnv(root);
  expect(env["PULUMI_BACKEND_URL"]).toBe("s3://team");
  expect(env["PULUMI_CONFIG_PASSPHRASE_FILE"]).toBeUndefined();
});

test("input travels on standard input, and output comes back", async () => {
  expect(
    await pulumi({ root: projectWith('cat; echo " args: $*"'), args: ["version"], input: "secret" }),
  ).toBe("secret args: --non-interactive version\n");
});

test.each([
  ["error: incorrect passphrase", /restore \.cerberus\/passphrase/],
  ["error: the stack is currently locked by 1 lock(s)", /pulumi cancel/],
  ["error: Cannot connect to the Docker daemon at unix:///x", /start the Docker engine/],
  ["error: Bind for 127.0.0.1:4000 failed: port is already allocated", /ports\.gateway/],
  ["error: something else", /run the same command again/],
])("%s comes with its fix", async (said, fix) => {
  await expect(pulumi({ root: projectWith(`echo "${said}" >&2; exit 255`), args: ["up"] })).rejects.toThrow(
    fix,
  );
});

test("what stands below an error of ours is told too", async () => {
  const said =
    "    error: 1 problem:\n      - gateway.yaml:4:63: tool: is none\n          fix: correct it\n\nResources:\n    1 errored";
  const root = projectWith(`cat <<'END'\n${said}\nEND\nexit 1`);
  await expect(pulumi({ root, args: ["up"] })).rejects.toThrow(
    "code 1:\n  error: 1 problem:\n    - gateway.yaml:4:63: tool: is none\n        fix: correct it\n  1 errored\n  fix:",
  );
});

test("the errors of a JSON report are told as on a terminal", async () => {
  const message = 'error: 1 problem:\n  - replcas: unknown (did you mean "replicas"?)\n';
  const report = JSON.stringify({ steps: [], diagnostics: [{ severity: "error", message }] }, null, 2);
  const root = projectWith(`cat <<'END'\n${report}\nEND\nexit 255`);
  await expect(pulumi({ root, args: ["preview", "--json"] })).rejects.toThrow(
    'pulumi preview ended with code 255:\n  error: 1 problem:\n  - replcas: unknown (did you mean "replicas"?)\n  fix:',
  );
});
