import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { afterEach, beforeEach, expect, test, vi } from "vitest";

interface Inputs {
  readonly what: string;
  readonly containerId: string;
  readonly command: readonly string[];
  readonly stdin: string;
  readonly dockerHost: string;
}

interface Provider {
  create(inputs: Inputs): Promise<{ id: string }>;
  diff(id: string, olds: Inputs, news: Inputs): Promise<{ changes: boolean; replaces: string[] }>;
  update(id: string, olds: Inputs, news: Inputs): Promise<{ outs: Inputs }>;
}

// As Pulumi loads it: a CommonJS module with a handler.
const { handler } = createRequire(import.meta.url)("./container-command.cjs") as {
  handler: () => Provider;
};
const provider = handler();

const inputs: Inputs = {
  what: "admit the password",
  containerId: "c1",
  command: ["psql", "-q"],
  stdin: "canary-stdin",
  dockerHost: "ssh://box",
};

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(`${tmpdir()}/cerberus-command-`);
  docker(`echo "$*" >> ${folder}/argv; cat >> ${folder}/stdin`);
  vi.stubEnv("PATH", `${folder}:${process.env["PATH"]}`);
});
afterEach(() => {
  vi.unstubAllEnvs();
  rmSync(folder, { recursive: true });
});

/** Puts a script in docker's place. */
function docker(script: string): void {
  writeFileSync(`${folder}/docker`, `#!/bin/sh\n${script}\n`);
  chmodSync(`${folder}/docker`, 0o755);
}

test("the command runs in the container; what is secret travels on standard input only", async () => {
  await provider.create(inputs);
  expect(readFileSync(`${folder}/argv`, "utf8")).toBe("--host ssh://box exec --interactive c1 psql -q\n");
  expect(readFileSync(`${folder}/stdin`, "utf8")).toBe("canary-stdin");
});

test("another text or another container runs it again, in place; another way there does not", async () => {
  for (const change of [{ stdin: "other" }, { containerId: "c2" }]) {
    expect(await provider.diff("id", inputs, { ...inputs, ...change })).toEqual({
      changes: true,
      replaces: [],
    });
    await provider.update("id", inputs, { ...inputs, ...change });
  }
  await provider.update("id", inputs, { ...inputs, dockerHost: "ssh://elsewhere" });
  expect(readFileSync(`${folder}/argv`, "utf8").trim().split("\n")).toHaveLength(2);
  expect(await provider.diff("id", inputs, inputs)).toMatchObject({ changes: false });
});

test("a failure says what could not be done, why, and that it may be repeated, without the text", async () => {
  docker("cat >/dev/null; echo 'psql: it is down' >&2; exit 2");
  const message = await provider.create(inputs).then(
    () => "",
    (error: Error) => error.message,
  );
  expect(message).toMatch(/could not admit the password: psql: it is down[\s\S]*run pulumi up again/);
  expect(message).not.toContain("canary");
});
