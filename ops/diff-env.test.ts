import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { expect, test } from "vitest";
import { differences } from "./diff-env.ts";

const root = mkdtempSync(`${tmpdir()}/cerberus-diff-`);

test("profiles differ in what their table says, and nowhere else", () => {
  expect(differences(root, "dev", "dev")).toEqual([]);
  expect(differences(root, "dev", "prod")).toEqual([
    { setting: "audit.retentionDays", left: 190, right: 365 },
    { setting: "demoModel", left: true, right: false },
    { setting: "profile", left: "dev", right: "prod" },
    { setting: "prometheusRetentionDays", left: 15, right: 90 },
    { setting: "replicas", left: 1, right: 2 },
  ]);
});

test("a committed stack file counts, and a broken one is said", () => {
  writeFileSync(
    `${root}/Pulumi.blue.yaml`,
    "config:\n  cerberus-gateway:profile: dev\n  cerberus-gateway:replicas: 4\n",
  );
  expect(differences(root, "dev", "blue")).toEqual([{ setting: "replicas", left: 1, right: 4 }]);
  writeFileSync(
    `${root}/Pulumi.red.yaml`,
    "config:\n  cerberus-gateway:profile: dev\n  cerberus-gateway:replcas: 4\n",
  );
  expect(() => differences(root, "dev", "red")).toThrow(/did you mean "replicas"/);
});
