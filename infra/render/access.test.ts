import { describe, expect, test } from "vitest";
import { parse } from "yaml";
import type { GatewayInput } from "../catalog/define.ts";
import { parseSettings } from "../settings/parse.ts";
import { renderAccess } from "./access.ts";
import { renderLitellmConfig } from "./litellm-config.ts";

const demo = {
  name: "demo",
  provider: "demo",
  answer: "x",
  price: { inputUsdPerToken: 0, outputUsdPerToken: 0 },
} as const;

const settings = (access: GatewayInput["access"]) =>
  parseSettings({
    stackName: "dev",
    layers: [{ profile: "dev" }],
    secretKeys: new Set(),
    today: "2026-11-24",
    definitions: { value: { models: [demo], access }, file: "test" },
  }).settings;
const rows = (access: GatewayInput["access"]) => renderAccess(settings(access));

describe("what LiteLLM is to have", () => {
  test("every object carries the stack's mark: in metadata, or in the id of its budget", () => {
    const { budgets, teams, users, customers, keys } = rows({
      budgets: { small: { maxUsd: 1, period: "1d" } },
      teams: { t: {} },
      users: { u: {} },
      customers: { c: {}, d: { budget: { maxUsd: 2, period: "1d" } } },
      keys: { k: {} },
    });
    for (const row of [teams["t"], users["u"], keys["k"]])
      expect(row?.["metadata"]).toMatchObject({ cerberus_owner: "cerberus-gateway/dev" });
    const ids = [...Object.keys(budgets), customers["c"]?.["budget_id"], customers["d"]?.["budget_id"]];
    for (const id of ids) expect(id).toMatch(/^cerberus-gateway\/dev\//);
    expect(budgets[String(customers["d"]?.["budget_id"])]).toMatchObject({ max_budget: 2 });
  });

  test("a named budget is its object's own; what the object says wins", () => {
    const { keys } = rows({
      budgets: { small: { maxUsd: 1, period: "1d", rpm: 10, parallel: 2 } },
      keys: { k: { budgetId: "small", rpm: 5 } },
    });
    expect(keys["k"]).toMatchObject({
      max_budget: 1,
      budget_duration: "1d",
      rpm_limit: 5,
      tpm_limit: null,
      max_parallel_requests: 2,
    });
  });

  test("a raised generation with an overlap is two keys, the former with an end and an alias of its own", () => {
    const { keys } = rows({ keys: { k: { generation: 3, overlap: "2026-12-24", expires: "2027-01-01" } } });
    expect(Object.keys(keys)).toEqual(["k", "k@2"]);
    expect(keys["k"]).toMatchObject({ key_alias: "k", expires: "2027-01-01" });
    expect(keys["k@2"]).toMatchObject({ key_alias: "k (generation 2)", expires: "2026-12-24" });
    expect(keys["k@2"]?.["metadata"]).toMatchObject({ cerberus_id: "k", cerberus_generation: 2 });
  });

  test("what the guardrail and the approvals read from metadata is there", () => {
    const { keys } = rows({
      keys: { k: { approver: true, deniedModels: ["o3*"], deniedRoutes: ["/v1/images*"] } },
    });
    expect(keys["k"]?.["metadata"]).toMatchObject({
      cerberus_approver: true,
      cerberus_denied_models: ["o3*"],
      cerberus_denied_routes: ["/v1/images*"],
    });
  });

  test("upper bounds and defaults are said where LiteLLM would fill them in", () => {
    const access = {
      upperBounds: { maxBudgetUsd: 60, rpm: 600 },
      defaults: { user: { maxUsd: 3, period: "30d" }, customer: "free" },
      budgets: { free: { maxUsd: 1, period: "1d" } },
      users: { u: {} },
      customers: { c: {} },
      keys: { k: {} },
    };
    const { users, customers, keys } = rows(access);
    expect(keys["k"]).toMatchObject({ max_budget: 60, rpm_limit: 600 });
    expect(users["u"]).toMatchObject({ max_budget: 3, budget_duration: "30d" });
    expect(customers["c"]).toMatchObject({ budget_id: "cerberus-gateway/dev/free" });
    const { litellm_settings: rendered } = parse(renderLitellmConfig(settings(access))) as Record<
      string,
      object
    >;
    expect(rendered).toMatchObject({
      upperbound_key_generate_params: { max_budget: 60, rpm_limit: 600 },
      default_internal_user_params: { max_budget: 3, budget_duration: "30d" },
      max_end_user_budget_id: "cerberus-gateway/dev/free",
    });
  });

  test("who may make keys goes to LiteLLM by its own names", () => {
    const restricted = settings({
      keyMaking: {
        personal: { roles: ["proxy_admin"] },
        team: { memberRoles: ["admin"], required: ["max_budget"] },
      },
    });
    const { litellm_settings: rendered } = parse(renderLitellmConfig(restricted)) as Record<string, object>;
    expect(rendered).toMatchObject({
      key_generation_settings: {
        personal_key_generation: { allowed_user_roles: ["proxy_admin"] },
        team_key_generation: { allowed_team_member_roles: ["admin"], required_params: ["max_budget"] },
      },
    });
  });

  test("without them, LiteLLM's configuration says nothing of it", () => {
    const { litellm_settings: rendered } = parse(renderLitellmConfig(settings({}))) as Record<string, object>;
    for (const key of [
      "upperbound_key_generate_params",
      "key_generation_settings",
      "default_internal_user_params",
      "max_end_user_budget_id",
    ])
      expect(rendered).not.toHaveProperty(key);
  });
});
