import { describe, expect, test } from "vitest";
import type { GatewayInput } from "../../catalog/define.ts";
import { SettingsError } from "../errors.ts";
import { parseSettings } from "../parse.ts";

const demo = {
  name: "a",
  provider: "demo",
  answer: "x",
  price: { inputUsdPerToken: 0, outputUsdPerToken: 0 },
} as const;

function found(safety: GatewayInput["safety"], config: Record<string, unknown> = {}) {
  try {
    const { warnings } = parseSettings({
      stackName: "dev",
      layers: [{ profile: "dev", ...config }],
      secretKeys: new Set(),
      today: "2026-11-24",
      definitions: { value: { models: [demo], safety }, file: "test" },
    });
    return { refused: [], warned: warnings.map(({ path }) => path) };
  } catch (error) {
    if (!(error instanceof SettingsError)) throw error;
    return { refused: error.problems.map(({ path, found: text }) => [path, text] as const), warned: [] };
  }
}

describe("the safety guardrail", () => {
  test("is whole as it comes", () => {
    expect(found({}).refused).toEqual([]);
  });

  test.each<[string, GatewayInput["safety"], Record<string, unknown>, string, string]>([
    [
      "a misspelt category",
      { blockedContentTypes: ["harmfull"] },
      {},
      "safety.blockedContentTypes[0]",
      'did you mean "harmful"',
    ],
    [
      "one in a profile",
      { profiles: { strict: { blockedContentTypes: ["nothing_like_it"] } } },
      {},
      "safety.profiles.strict.blockedContentTypes[0]",
      "no category is called",
    ],
    [
      "approvals that nobody could give",
      { requireApprovalOverUsd: 1 },
      { approvals: { enabled: false } },
      "safety.requireApprovalOverUsd",
      "nobody could give one",
    ],
    ["approvals without a record", {}, { audit: { enabled: false } }, "audit.enabled", "not recorded"],
  ])("%s is refused", (_what, safety, config, path, text) => {
    const { refused } = found(safety, config);
    expect(refused.map(([at]) => at)).toContain(path);
    expect(refused.find(([at]) => at === path)?.[1]).toContain(text);
  });

  test("a category of one's own counts, and a model that is not deployed is only said", () => {
    const own = { categories: { internal: { keywords: ["project x"] } }, blockedContentTypes: ["internal"] };
    expect(found(own).refused).toEqual([]);
    expect(found({ approvalRules: [{ models: ["gpt-9"] }] }).warned).toContain(
      "safety.approvalRules[0].models",
    );
  });

  test("a rule without a condition is refused where it stands", () => {
    expect(found({ approvalRules: [{}] }).refused[0]?.[1]).toContain("names no condition");
  });
});
