import { describe, expect, test } from "vitest";
import type { GatewayInput } from "../../catalog/define.ts";
import { SettingsError } from "../errors.ts";
import { parseSettings } from "../parse.ts";

const demo = {
  name: "demo",
  provider: "demo",
  answer: "x",
  price: { inputUsdPerToken: 0, outputUsdPerToken: 0 },
} as const;

function refusals(access: GatewayInput["access"], providers: Record<string, string> = {}): string[] {
  try {
    parseSettings({
      stackName: "dev",
      layers: [{ profile: "dev", providers }],
      secretKeys: new Set(["providers"]),
      today: "2026-11-24",
      definitions: { value: { models: [demo], access }, file: "gateway.yaml" },
    });
    return [];
  } catch (error) {
    if (!(error instanceof SettingsError)) throw error;
    return error.problems.map(({ path, found }) => `${path}: ${found}`);
  }
}

const budget = { maxUsd: 1, period: "1d" };

describe("access", () => {
  test.each<[string, GatewayInput["access"], string]>([
    [
      "a slip in a model's name",
      { keys: { app: { models: ["dmeo"] } } },
      'access.keys.app.models[0]: no model is called "dmeo" (did you mean "demo"?)',
    ],
    [
      "a slip in a team's name",
      { teams: { research: {} }, keys: { app: { team: "reserch" } } },
      'did you mean "research"',
    ],
    [
      "a budget that is not defined",
      { teams: { a: { budgetId: "small" } } },
      'access.teams.a.budgetId: no budget is called "small"; none is defined',
    ],
    [
      "a profile that is not defined",
      { keys: { app: { safetyProfile: "strict" } } },
      "no safety profile is called",
    ],
    [
      "an id that LiteLLM would show to nobody",
      { teams: { "My Team": {} } },
      "must be small letters, digits and -",
    ],
    [
      "an alias that another key has by its id",
      { keys: { a: { alias: "b" }, b: {} } },
      'access.keys.b.alias: "b" is the alias of keys.a already',
    ],
    ["the agent key's alias", { keys: { "cerberus-agent": {} } }, "the agent key of the stack already"],
    [
      "one address of two users",
      { users: { a: { email: "x@y.de" }, b: { email: "X@y.de" } } },
      "is the email of users.a already",
    ],
    [
      "two kinds of budget at once",
      { budgets: { s: budget }, keys: { a: { budget, budgetId: "s" } } },
      "budget and budgetId are both given",
    ],
    [
      "a day that has passed",
      { keys: { a: { expires: "2026-11-23" } } },
      "2026-11-23 is in the past (today is 2026-11-24, UTC)",
    ],
    [
      "an overlap with nothing",
      { keys: { a: { overlap: "2026-12-01" } } },
      "generation 1 has none before it",
    ],
    ["a personal key of nobody", { keys: { a: { kind: "personal" } } }, "a personal key is a user's"],
    [
      "a service key of somebody",
      { users: { u: {} }, keys: { a: { user: "u" } } },
      "a service key is nobody's",
    ],
    [
      "a key of one who only looks",
      { users: { u: { role: "internal_user_viewer" } }, keys: { a: { kind: "personal", user: "u" } } },
      "looks and never calls a model",
    ],
    ["a role that needs a licence", { users: { u: { role: "org_admin" as never } } }, "access.users.u.role"],
    [
      "metadata that LiteLLM obeys",
      { keys: { a: { metadata: { disable_global_guardrails: true } } } },
      "for a setting, not for a note",
    ],
    [
      "a mark of ours in metadata",
      { teams: { a: { metadata: { cerberus_owner: "me" } } } },
      "for a setting, not for a note",
    ],
    [
      "more than the upper bound",
      { upperBounds: { rpm: 60 }, keys: { a: { rpm: 61 } } },
      "61 is above the upper bound of 60",
    ],
    [
      "more requests at once than the upper bound",
      { upperBounds: { parallel: 5 }, keys: { a: { parallel: 6 } } },
      "6 is above the upper bound of 5",
    ],
    [
      "an agent key above the upper bound",
      { upperBounds: { maxBudgetUsd: 10 } },
      "agent.maxBudgetUsd: 50 is above the upper bound",
    ],
    [
      "a licensed feature",
      { keys: { a: { tags: ["x"] } } },
      "access.keys.a.tags: tags are a feature of LiteLLM Enterprise",
    ],
    ["an organisation", { teams: { a: { organization: "o" } } }, "this stack has no LITELLM_LICENSE"],
  ])("%s is refused", (_what, access, says) => {
    expect(refusals(access).join("\n")).toContain(says);
  });

  test("everything wrong is said at once", () => {
    const keys = { a: { models: ["x"], team: "y", budgetId: "z" }, b: { user: "w" } };
    expect(refusals({ keys })).toHaveLength(5);
  });

  test("what fits together is taken", () => {
    expect(
      refusals({
        budgets: { small: budget },
        teams: { research: { models: ["demo"], budgetId: "small" } },
        users: { ann: { teams: ["research"] } },
        keys: { app: { team: "research", models: ["demo"] }, ann: { kind: "personal", user: "ann" } },
      }),
    ).toEqual([]);
  });

  test("with a licence, licensed features are taken", () => {
    expect(refusals({ keys: { a: { tags: ["x"] } } }, { LITELLM_LICENSE: "a-licence-text" })).toEqual([]);
  });
});
