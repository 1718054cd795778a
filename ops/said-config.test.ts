import { mkdirSync, mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { expect, test } from "vitest";
import { saidEngine } from "./said-config.ts";

test("the engine is what both stack files say, part by part, the clone's own winning", () => {
  const root = mkdtempSync(`${tmpdir()}/cerberus-said-`);
  expect(saidEngine(root, "dev")).toEqual({});
  writeFileSync(
    `${root}/Pulumi.dev.yaml`,
    "config:\n  cerberus-gateway:engine: { host: 'tcp://a:1', tls: { folder: ~/certs } }\n",
  );
  expect(saidEngine(root, "dev")).toEqual({ host: "tcp://a:1", tls: { folder: "~/certs" } });
  mkdirSync(`${root}/.cerberus/stacks`, { recursive: true });
  writeFileSync(
    `${root}/.cerberus/stacks/Pulumi.dev.yaml`,
    "config:\n  cerberus-gateway:engine: { host: 'tcp://b:1', tls: { key: { secure: x } } }\n",
  );
  expect(saidEngine(root, "dev")).toEqual({
    host: "tcp://b:1",
    tls: { folder: "~/certs", key: { secure: "x" } },
  });
});
