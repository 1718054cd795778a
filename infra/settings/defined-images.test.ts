import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { expect, test } from "vitest";
import { definedImages } from "./defined-images.ts";
import { SettingsError } from "./errors.ts";

const usual = ["litellm", "postgres", "redis", "haproxy", "prometheus"];

function rootWith(text: string): string {
  const root = mkdtempSync(`${tmpdir()}/cerberus-defined-`);
  writeFileSync(`${root}/gateway.yaml`, text);
  return root;
}

test("a clone's definitions say which images it needs", () => {
  const presidio = "models: []\nguardrails:\n  - {name: pii, type: presidio, entities: {URL: MASK}}\n";
  expect(definedImages(rootWith(presidio))).toEqual([...usual, "presidio-analyzer", "presidio-anonymizer"]);
  expect(definedImages(rootWith("models: []\n"))).toEqual(usual);
  expect(definedImages(mkdtempSync(`${tmpdir()}/cerberus-defined-`))).toEqual(usual);
});

test("broken definitions need the usual ones, and a file that is no YAML is said at once", () => {
  expect(definedImages(rootWith("models: 5\n"))).toEqual(usual);
  expect(() => definedImages(rootWith("a: [\n"))).toThrow(SettingsError);
});
