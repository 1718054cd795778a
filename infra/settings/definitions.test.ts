import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { expect, test } from "vitest";
import { SettingsError } from "./errors.ts";
import { parseSettings, type RawSettings } from "./parse.ts";
import { readPulumiConfig, readStackDocument } from "./stack-file.ts";

// A stack may say what its gateway offers itself, in its committed file or by `pulumi config`.

const demo =
  "{ name: here, provider: demo, answer: hello, price: { inputUsdPerToken: 0, outputUsdPerToken: 0 } }";
const stackFile = (gateway: string): string =>
  `config:\n  cerberus-gateway:profile: dev\n  cerberus-gateway:gateway:\n${gateway}`;

function parse(text: string, rest: Partial<RawSettings> = {}, config: Record<string, string> = {}) {
  const root = mkdtempSync(`${tmpdir()}/cerberus-stack-`);
  writeFileSync(`${root}/Pulumi.dev.yaml`, text);
  const { values, locate } = readStackDocument(root, "dev");
  return parseSettings({
    stackName: "dev",
    layers: [values, readPulumiConfig(config)],
    ...(locate ? { locate } : {}),
    secretKeys: new Set(),
    today: "2026-11-24",
    ...rest,
  }).settings;
}

function problemsOf(...args: Parameters<typeof parse>) {
  try {
    parse(...args);
  } catch (error) {
    if (error instanceof SettingsError) return error.problems;
    throw error;
  }
  return [];
}

test("the stack file's gateway takes the place of the catalogue", () => {
  const settings = parse(stackFile(`    models: [${demo}]\n`));
  expect(settings.deployments.map(({ name }) => name)).toEqual(["here"]);
});

test("so does one set by pulumi config, key by key over the file's", () => {
  const settings = parse(
    stackFile(`    models: [${demo}]\n    aliases: { fast: here }\n`),
    {},
    {
      "cerberus-gateway:gateway": '{"aliases":{"quick":"here"}}',
    },
  );
  expect(settings.aliases).toEqual({ fast: "here", quick: "here" });
});

test("its problems have line and column in the stack file", () => {
  const text = stackFile(`    models:\n      - ${demo}\n    aliases:\n      fast: hree\n    routng: {}\n`);
  expect(problemsOf(text)).toMatchObject([
    { path: "Pulumi.dev.yaml:8:5: gateway.routng", found: expect.stringContaining('"routing"') },
  ]);
  const [problem] = problemsOf(text.replace("    routng: {}\n", ""));
  expect(problem?.path).toBe("Pulumi.dev.yaml:7:7: gateway.aliases.fast");
  expect(problem?.fix).toContain("Pulumi.dev.yaml");
});

test("what only pulumi config says has its path, and the command that mends it", () => {
  const config = { "cerberus-gateway:gateway": '{"models":[{"name":"a","provider":"opnai"}]}' };
  expect(problemsOf("config:\n  profile: dev\n", {}, config)).toMatchObject([
    {
      path: "gateway.models[0].provider",
      found: expect.stringContaining('did you mean "openai"'),
      fix: expect.stringContaining("pulumi config set --path 'gateway.models[0].provider'"),
    },
  ]);
});

test("two places at once are refused", () => {
  const definitions = { value: { models: [] }, file: "gateway.yaml" };
  expect(problemsOf(stackFile(`    models: [${demo}]\n`), { definitions })).toMatchObject([
    { path: "gateway", found: expect.stringContaining("and so has gateway.yaml") },
  ]);
});
