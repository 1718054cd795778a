import { describe, expect, test } from "vitest";
import { fileChange } from "../testing.ts";

type Params = Record<string, unknown>;

const config = (params: Params): string =>
  JSON.stringify({
    model_list: [],
    guardrails: [{ guardrail_name: "g", litellm_params: { mode: "pre_call", ...params } }],
  });
const change = (before: Params, after: Params) => fileChange("config.yaml", config(before), config(after));

const words = (...rows: [string, string][]) => ({
  blocked_words: rows.map(([keyword, action]) => ({ keyword, action })),
});
const patterns = (...rows: [string, string][]) => ({
  patterns: rows.map(([pattern_name, action]) => ({ pattern_type: "prebuilt", pattern_name, action })),
});

describe("a guardrail that is loosened", () => {
  test.each<[string, Params, Params, [string, string]]>([
    [
      "runs later",
      { mode: ["pre_call", "post_call"] },
      { mode: "post_call" },
      ["high", "the guardrail g would no longer check prompts before they leave"],
    ],
    [
      "checks no answers",
      { mode: ["pre_call", "post_call"] },
      { mode: "pre_call" },
      ["high", "the guardrail g would no longer check answers"],
    ],
    [
      "runs on demand",
      { default_on: true },
      { default_on: false },
      ["high", "the guardrail g would no longer run on every request"],
    ],
    [
      "is of another kind",
      { guardrail: "presidio" },
      { guardrail: "hide-secrets" },
      ["high", "the guardrail g would be of another kind: hide-secrets"],
    ],
    [
      "masks what it blocked",
      patterns(["us_ssn", "BLOCK"]),
      patterns(["us_ssn", "MASK"]),
      ["medium", "the guardrail g would be looser on the pattern us_ssn: action MASK instead of BLOCK"],
    ],
    [
      "has fewer patterns",
      patterns(["us_ssn", "BLOCK"], ["email", "MASK"]),
      patterns(["email", "MASK"]),
      ["high", "the guardrail g would check less: without the pattern us_ssn"],
    ],
    [
      "has fewer words",
      words(["x", "BLOCK"]),
      words(),
      ["high", "the guardrail g would check less: without the word 1"],
    ],
    [
      "waits for worse",
      { categories: [{ category: "harm", severity_threshold: "low" }] },
      { categories: [{ category: "harm", severity_threshold: "high" }] },
      [
        "medium",
        "the guardrail g would be looser on the category harm: severity_threshold high instead of low",
      ],
    ],
    [
      "looks for fewer entities",
      { pii_entities_config: { PERSON: "MASK" } },
      { pii_entities_config: {} },
      ["high", "the guardrail g would no longer look for PERSON"],
    ],
    [
      "masks entities",
      { pii_entities_config: { PERSON: "BLOCK" } },
      { pii_entities_config: { PERSON: "MASK" } },
      ["medium", "the guardrail g would mask PERSON instead of blocking"],
    ],
    [
      "allows other tools",
      { default_action: "deny" },
      { default_action: "allow" },
      ["high", "the guardrail g would allow every tool that no rule names"],
    ],
    [
      "allows a tool",
      { rules: [{ id: "a", decision: "deny" }] },
      { rules: [{ id: "a", decision: "allow" }] },
      ["high", "the guardrail g would be looser on the rule a: decision allow instead of deny"],
    ],
    [
      "asks another server",
      { api_base: "http://a" },
      { api_base: "http://b" },
      ["medium", "the guardrail g would change its api base"],
    ],
  ])("%s", (_what, before, after, found) => {
    expect(change(before, after)).toContainEqual(found);
  });

  test("the words it blocks are not repeated", () => {
    expect(JSON.stringify(change(words(["unspeakable", "BLOCK"]), words()))).not.toContain("unspeakable");
  });
});

test.each<[string, Params, Params]>([
  ["a pattern that blocks now", patterns(["us_ssn", "MASK"]), patterns(["us_ssn", "BLOCK"])],
  ["one more word", words(), words(["x", "BLOCK"])],
  ["every request", { default_on: false }, { default_on: true }],
])("what is stricter is low: %s", (_what, before, after) => {
  expect(change(before, after).map(([risk]) => risk)).toEqual(["low"]);
});

describe("our own guardrail's safety mapping", () => {
  const safety = {
    max_budget_per_request: 10,
    max_tokens_per_request: 4000,
    blocked_content_types: ["harmful", "illegal"],
    categories: { internal: { keywords: ["a", "b"], patterns: ["c"] } },
    filter_output: true,
    inputs: { images: false, tools: true },
    require_approval_over: 5,
    approval_rules: [{ models: ["gpt-4o"] }],
    profiles: { strict: { max_tokens_per_request: 500 } },
  };
  const turn = (other: Params) => change({ safety }, { safety: { ...safety, ...other } });

  test.each<[string, Params, [string, string]]>([
    [
      "a dearer request",
      { max_budget_per_request: 20 },
      ["medium", "the most that one request may cost (the guardrail g) would rise from 10 to 20 USD"],
    ],
    [
      "no limit at all",
      { max_budget_per_request: null },
      ["high", "the most that one request may cost (the guardrail g) would go: it is 10 USD today"],
    ],
    [
      "longer answers",
      { max_tokens_per_request: 8000 },
      ["medium", "the output tokens of one request (the guardrail g) would rise from 4000 to 8000"],
    ],
    [
      "approvals from a higher cost",
      { require_approval_over: 9 },
      ["high", "the cost from which a request needs approval (the guardrail g) would rise from 5 to 9 USD"],
    ],
    [
      "no approvals",
      { require_approval_over: null },
      ["high", "the cost from which a request needs approval (the guardrail g) would go: it is 5 USD today"],
    ],
    [
      "a rule less",
      { approval_rules: [] },
      ["high", "the guardrail g would ask for approval by 1 rule(s) less or otherwise"],
    ],
    [
      "a content less",
      { blocked_content_types: ["illegal"] },
      ["high", "the guardrail g would no longer block harmful"],
    ],
    [
      "a keyword less",
      { categories: { internal: { keywords: ["a"], patterns: ["c"] } } },
      ["high", "the guardrail g would look for 1 keyword(s) or pattern(s) less in internal"],
    ],
    [
      "answers unfiltered",
      { filter_output: false },
      ["high", "the guardrail g would no longer filter answers"],
    ],
    [
      "images",
      { inputs: { images: true, tools: true } },
      ["medium", "the guardrail g would let images through"],
    ],
    [
      "a looser profile",
      { profiles: { strict: { max_tokens_per_request: 900 } } },
      [
        "medium",
        "the output tokens of one request (the guardrail g, profile strict) would rise from 500 to 900",
      ],
    ],
    [
      "a profile less",
      { profiles: {} },
      ["high", "the guardrail g would lose the profile strict: its keys would get the general limits"],
    ],
  ])("%s", (_what, other, found) => {
    expect(turn(other)).toEqual([found]);
  });
});
