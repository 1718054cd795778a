import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { expect, test } from "vitest";
import { UserError } from "./errors.ts";
import { readPulumiConfig, readStackFile } from "./stack-file.ts";

const folderWith = (text: string): string => {
  const folder = mkdtempSync(`${tmpdir()}/cerberus-stack-`);
  writeFileSync(`${folder}/Pulumi.dev.yaml`, text);
  return folder;
};

test("own settings are read, other namespaces and absent files are not", () => {
  const folder = folderWith(
    "config:\n  cerberus-gateway:replicas: 2\n  docker:host: unix:///x\n  demoModel: false\n",
  );
  expect(readStackFile(folder, "dev")).toEqual({ replicas: 2, demoModel: false });
  expect(readStackFile(folder, "none")).toEqual({});
});

test("broken YAML and a config that is no map are the user's to mend", () => {
  expect(() => readStackFile(folderWith("config: [1"), "dev")).toThrow(UserError);
  expect(() => readStackFile(folderWith("config: 7"), "dev")).toThrow(/must be a map/);
  expect(() => readStackFile(folderWith("config:\n  a: 1\n  a: 2\n"), "dev")).toThrow(UserError);
});

test("what Pulumi hands over as text gets its type back, and texts stay texts", () => {
  expect(
    readPulumiConfig({
      "cerberus-gateway:replicas": "2",
      "cerberus-gateway:profile": "prod",
      "cerberus-gateway:demoModel": "true",
      "cerberus-gateway:ports": '{"gateway":4100}',
      "cerberus-gateway:agent": "{broken",
      "docker:host": "x",
    }),
  ).toEqual({ replicas: 2, profile: "prod", demoModel: true, ports: { gateway: 4100 }, agent: "{broken" });
});
