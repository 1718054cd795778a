import { chmodSync, mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { afterEach, expect, test, vi } from "vitest";
import { docker, dockerExec } from "./docker.ts";

afterEach(() => vi.unstubAllEnvs());

/** Puts a `docker` that is a shell script on the PATH. */
function withDocker(script: string): void {
  const folder = mkdtempSync(`${tmpdir()}/cerberus-docker-`);
  writeFileSync(`${folder}/docker`, `#!/bin/sh\n${script}\n`);
  chmodSync(`${folder}/docker`, 0o755);
  vi.stubEnv("PATH", `${folder}:/usr/bin:/bin`);
}

test("an engine elsewhere is named to the command, the default one is not", async () => {
  withDocker('echo "$@"');
  expect(await docker(["ps"], { host: "ssh://host" })).toBe("--host ssh://host ps\n");
  expect(await docker(["ps"], { host: "" })).toBe("ps\n");
});

test.each([
  ["permission denied while trying to connect to the Docker daemon socket", /group docker/],
  ["Cannot connect to the Docker daemon at unix:///var/run/docker.sock", /run \.\/setup\.sh/],
  ["error during connect: Get http://x", /does not answer/],
  ["no space left on device", /no space left on device/],
])("%s comes with its fix", async (said, fix) => {
  withDocker(`echo "${said}" >&2; exit 1`);
  await expect(docker(["ps"])).rejects.toThrow(fix);
});

test("no docker command at all is said", async () => {
  vi.stubEnv("PATH", "/nonexistent");
  await expect(docker(["ps"])).rejects.toThrow(/docker command was not found/);
  await expect(dockerExec("c1", ["true"])).rejects.toThrow(/docker command was not found/);
});

test("a command in a container gets its secrets on standard input, and is told by its exit code", async () => {
  withDocker('echo "$@"; cat; echo no >&2; exit 3');
  expect(await dockerExec("c1", ["psql", "-q"], { host: "ssh://host", input: "canary\n" })).toEqual({
    code: 3,
    stdout: "--host ssh://host exec --interactive c1 psql -q\ncanary\n",
    stderr: "no\n",
  });
  // One that does not read its input is no error.
  withDocker("exit 0");
  expect(await dockerExec("c1", ["true"], { input: "x".repeat(1_000_000) })).toMatchObject({ code: 0 });
});
