import { describe, expect, test } from "vitest";
import { renderAccess } from "../render/access.ts";
import { SettingsError } from "./errors.ts";
import { parseSettings } from "./parse.ts";
import { keyGenerations } from "./rotated-keys.ts";

const demo = {
  name: "demo",
  provider: "demo",
  answer: "x",
  price: { inputUsdPerToken: 0, outputUsdPerToken: 0 },
};

const parsed = (keys: object, rotated: unknown) =>
  parseSettings({
    stackName: "dev",
    layers: [{ profile: "dev", rotation: { keys: rotated } }],
    secretKeys: new Set(),
    today: "2026-11-24",
    definitions: { value: { models: [demo], access: { keys } }, file: "gateway.yaml" },
  }).settings;

const refusals = (keys: object, rotated: unknown): string[] => {
  try {
    parsed(keys, rotated);
    return [];
  } catch (error) {
    if (!(error instanceof SettingsError)) throw error;
    return error.problems.map(({ path, found, fix }) => `${path}: ${found} -> ${fix}`);
  }
};

const day = "2026-12-02";
const later = "2026-12-24";

test.each([
  ["no rotation leaves the definition", { generation: 2, overlap: day }, undefined, 2, day],
  ["a rotation takes its place", {}, { generation: 2, overlap: day }, 2, day],
  ["a rotation without an overlap ends the former value", {}, { generation: 2 }, 2, null],
  [
    "a higher definition wins, with its own overlap",
    { generation: 3 },
    { generation: 2, overlap: day },
    3,
    null,
  ],
  [
    "of two alike the stack's own counts",
    { generation: 2, overlap: later },
    { generation: 2, overlap: day },
    2,
    day,
  ],
  ["an adopted key gets its first value", { generation: 0 }, { generation: 1, overlap: day }, 1, day],
])("%s", (_what, key, own, generation, overlap) => {
  const settings = parsed({ app: key }, own === undefined ? {} : { app: own });

  expect(keyGenerations(settings)["app"]).toEqual({ generation, overlap });
});

test("the agent key is of the first generation, until it is rotated", () => {
  expect(keyGenerations(parsed({}, {}))).toEqual({ agent: { generation: 1, overlap: null } });
  const rotated = parsed({}, { agent: { generation: 2, overlap: day } });
  expect(keyGenerations(rotated)).toEqual({ agent: { generation: 2, overlap: day } });
});

test("the value that an adopted key had stands beside the new one, with an end", () => {
  const { keys } = renderAccess(parsed({ app: { generation: 0 } }, { app: { generation: 1, overlap: day } }));

  expect(keys["app"]).toMatchObject({ key_alias: "app", expires: null });
  expect(keys["app@0"]).toMatchObject({ key_alias: "app (generation 0)", expires: day });
});

describe("refused", () => {
  test.each([
    [
      "a key that is not defined",
      { ap: { generation: 2 } },
      /^rotation\.keys\.ap: no key is called "ap" \(did you mean "app"\?\); there are: agent, app -> pulumi config rm --path 'rotation\.keys\["ap"\]'/,
    ],
    [
      "an overlap with nothing before it",
      { app: { generation: 1, overlap: day } },
      /^rotation\.keys\.app\.overlap: generation 1 has none before it/,
    ],
    [
      "the same of the agent key",
      { agent: { generation: 1, overlap: day } },
      /^rotation\.keys\.agent\.overlap: generation 1 has none before it/,
    ],
    ["an unknown setting", { app: { generation: 2, overlapp: day } }, /did you mean "overlap"/],
    ["no generation", { app: { overlap: day } }, /^rotation\.keys\.app\.generation: /],
    ["a day that is none", { app: { generation: 2, overlap: "soon" } }, /must be a day, YYYY-MM-DD/],
  ])("%s", (_what, rotated, says) => {
    expect(refusals({ app: {} }, rotated)).toEqual([expect.stringMatching(says)]);
  });

  test("a definition that takes the agent key's word", () => {
    expect(refusals({ agent: {} }, {})).toEqual([
      expect.stringMatching(
        /^access\.keys\.agent: "agent" is what npm run rotate calls the agent key of the stack/,
      ),
    ]);
  });
});
