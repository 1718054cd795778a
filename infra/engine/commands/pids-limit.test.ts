import { chmodSync, mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { afterEach, expect, test, vi } from "vitest";

interface Provider {
  create(inputs: object): Promise<{ id: string; outs: object }>;
  read(id: string, props: object): Promise<{ id?: string; props?: { limit: number } }>;
  diff(id: string, olds: object, news: object): Promise<{ changes: boolean; replaces: string[] }>;
}

const load = createRequire(import.meta.url);
const provider = (load("./pids-limit.cjs") as { handler: () => Provider }).handler();
const inputs = { containerId: "0123456789abcdef", limit: 64, dockerHost: "tcp://engine.test:2376" };
const dockerTls = { ca: "CA", cert: "CERT", key: "KEY" };

afterEach(() => vi.unstubAllEnvs());

/** Puts a `docker` that is a shell script on the PATH. */
function withDocker(script: string): string {
  const folder = mkdtempSync(`${tmpdir()}/cerberus-pids-`);
  writeFileSync(`${folder}/docker`, `#!/bin/sh\ncd ${folder}\n${script}\n`);
  chmodSync(`${folder}/docker`, 0o755);
  vi.stubEnv("PATH", `${folder}:/usr/bin:/bin`);
  return folder;
}

test("goes to the stack's engine with its certificates, which are files only while the command runs", async () => {
  const folder = withDocker(
    'echo "$@" > said; echo "$DOCKER_TLS_VERIFY $DOCKER_CERT_PATH" > env; cat "$DOCKER_CERT_PATH"/*.pem > pems; stat -c %a "$DOCKER_CERT_PATH/key.pem" > mode',
  );
  await provider.create({ ...inputs, dockerTls });
  const read = (file: string) => readFileSync(`${folder}/${file}`, "utf8").trim();
  expect(read("said")).toBe("--host tcp://engine.test:2376 update --pids-limit 64 0123456789abcdef");
  expect(read("pems")).toBe("CACERTKEY");
  expect(read("mode")).toBe("600");
  const [verify, place = ""] = read("env").split(" ");
  expect(verify).toBe("1");
  expect(() => readFileSync(`${place}/key.pem`)).toThrow(/ENOENT/);
});

test("a container that is gone took its limit along; an engine that does not answer says nothing of it", async () => {
  withDocker('echo "Error: No such object: x" >&2; exit 1');
  expect(await provider.read("id", inputs)).toEqual({});
  withDocker('echo "connection refused" >&2; exit 1');
  await expect(provider.read("id", inputs)).rejects.toThrow("connection refused");
});

test("another engine or container is another limit; renewed certificates are kept", async () => {
  const moved = await provider.diff("id", inputs, { ...inputs, dockerHost: "ssh://other" });
  expect(moved).toEqual({ changes: true, replaces: ["containerId"] });
  const renewed = await provider.diff(
    "id",
    { ...inputs, dockerTls },
    { ...inputs, dockerTls: { ...dockerTls, key: "NEW" } },
  );
  expect(renewed).toEqual({ changes: true, replaces: [] });
  expect(await provider.diff("id", inputs, { ...inputs })).toEqual({ changes: false, replaces: [] });
});
