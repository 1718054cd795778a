import { describe, expect, test } from "vitest";
import { imageNames, imagesOf } from "../../images/catalog.ts";
import { SettingsError } from "../errors.ts";
import { parseSettings } from "../parse.ts";

const both = { analyzerUrl: "http://analyzer:3000", anonymizerUrl: "http://anonymizer:3000" };
const demo = {
  name: "a",
  provider: "demo",
  answer: "x",
  price: { inputUsdPerToken: 0, outputUsdPerToken: 0 },
};

function parse(guardrail: object, source = "packages") {
  const row = { name: "pii", type: "presidio", entities: { CREDIT_CARD: "MASK" }, ...guardrail };
  return parseSettings({
    stackName: "dev",
    layers: [{ profile: "dev", images: { source } }],
    secretKeys: new Set(),
    today: "2026-11-24",
    definitions: { value: { models: [demo], guardrails: [row] }, file: "gateway.yaml" },
  }).settings;
}

function refusal(guardrail: object, source?: string) {
  try {
    parse(guardrail, source);
  } catch (error) {
    if (error instanceof SettingsError) return error.problems;
    throw error;
  }
  return [];
}

describe("a presidio guardrail", () => {
  test.each<[string, object, string, string]>([
    [
      "an analyzer alone",
      { analyzerUrl: both.analyzerUrl },
      "anonymizerUrl",
      "is missing, and analyzerUrl is set",
    ],
    [
      "an anonymizer alone",
      { anonymizerUrl: both.anonymizerUrl },
      "analyzerUrl",
      "is missing, and anonymizerUrl",
    ],
    ["no entity", { entities: {} }, "entities", "must name at least one entity"],
    ["another language, of the stack's own", { language: "de" }, "language", "knows en only"],
    ["answers alone", { mode: "post_call" }, "mode", "would pass as it is while presidio is away"],
    [
      "a misspelt entity",
      { entities: { CREDIT_CARDS: "MASK" } },
      "entities.CREDIT_CARDS",
      'did you mean "CREDIT_CARD"',
    ],
    ["an open door", { whenUnreachable: "pass" }, "whenUnreachable", "refuse"],
  ])("%s is refused", (_what, guardrail, path, text) => {
    expect(refusal(guardrail).map((problem) => [problem.path, problem.found])).toEqual([
      [`guardrails[0].${path}`, expect.stringContaining(text)],
    ]);
  });

  test.each(["PERSON", "LOCATION", "NRP"])("%s is refused by name where no language model is", (entity) => {
    const [problem] = refusal({ entities: { [entity]: "MASK", EMAIL_ADDRESS: "MASK" } });
    expect(problem).toMatchObject({
      path: `guardrails[0].entities.${entity}`,
      found: expect.stringMatching(/needs a language model.*it finds: CREDIT_CARD, .*EMAIL_ADDRESS/),
      fix: expect.stringContaining("registry image source"),
    });
    expect(refusal({ entities: { [entity]: "MASK" } }, "registry")).toEqual([]);
    expect(refusal({ ...both, entities: { [entity]: "MASK" } })).toEqual([]);
  });

  test("may refuse beside the model call, and mask where it also runs before it, or in logs", () => {
    expect(refusal({ mode: "during_call", entities: { CREDIT_CARD: "BLOCK" } })).toEqual([]);
    for (const mode of [["pre_call", "during_call"], ["post_call", "pre_call"], "logging_only"])
      expect(refusal({ mode }), String(mode)).toEqual([]);
  });

  test("another presidio may know any language and entity", () => {
    expect(refusal({ ...both, language: "de", entities: { DE_TAX_ID: "BLOCK" } })).toEqual([]);
  });

  test("brings its two images only where the stack runs it itself", () => {
    const usual = ["litellm", "postgres", "redis", "haproxy", "prometheus"];
    expect(imagesOf(parse({}))).toEqual([...usual, "presidio-analyzer", "presidio-anonymizer"]);
    expect(imagesOf(parse({}))).toEqual(imageNames);
    expect(imagesOf(parse(both))).toEqual(usual);
    expect(imagesOf({ guardrails: [] })).toEqual(usual);
  });
});
