import { describe, expect, test } from "vitest";
import { fileChange } from "../testing.ts";

const config = (rest: Record<string, unknown>): string => JSON.stringify({ model_list: [], ...rest });
const paths = (...rows: [string, string][]) => ({
  general_settings: { pass_through_endpoints: rows.map(([path, target]) => ({ path, target })) },
});
const server = (rest: object) => ({ mcp_servers: { files: { url: "http://f:1", ...rest } } });
const budget = (usd: number) => ({
  router_settings: { provider_budget_config: { openai: { budget_limit: usd, time_period: "1d" } } },
});

describe("doors beside the models", () => {
  test.each<[string, Record<string, unknown>, Record<string, unknown>, string, string]>([
    [
      "a path that comes",
      {},
      paths(["/p", "http://a:1"]),
      "medium",
      "/p would pass requests on to http://a:1",
    ],
    ["a path that goes", paths(["/p", "http://a:1"]), {}, "medium", "/p would no longer be there"],
    [
      "a path that leads elsewhere",
      paths(["/p", "http://a:1"]),
      paths(["/p", "http://b:1"]),
      "high",
      "/p would pass requests, and its secrets, on to http://b:1 instead",
    ],
    ["tools that come", {}, server({}), "medium", "callers would reach tools of files: http://f:1"],
    ["tools that go", server({}), {}, "medium", "callers would lose the tools of files"],
    [
      "tools for all",
      server({}),
      server({ allow_all_keys: true }),
      "high",
      "every key would reach the tools of files",
    ],
    [
      "more tools",
      server({ allowed_tools: ["read"] }),
      server({ allowed_tools: ["read", "write"] }),
      "medium",
      "callers would reach more tools of files: write",
    ],
    [
      "every tool",
      server({ allowed_tools: ["read"] }),
      server({}),
      "high",
      "callers would reach every tool of files",
    ],
    [
      "a provider's budget that rises",
      budget(5),
      budget(9),
      "medium",
      "the budget of the provider openai would rise from 5 to 9 USD",
    ],
    ["one that goes", budget(5), {}, "high", "the budget of the provider openai would go: it is 5 USD today"],
    [
      "limits that are advice",
      { router_settings: { optional_pre_call_checks: ["enforce_model_rate_limits"] } },
      {},
      "high",
      "rate limits of deployments would be advice to the routing, and no longer be enforced",
    ],
    [
      "health checks that cost",
      { general_settings: { background_health_checks: false } },
      { general_settings: { background_health_checks: true } },
      "medium",
      "health checks would call every model, and pay for it, around the clock",
    ],
    [
      "no cache",
      { litellm_settings: { cache: true } },
      { litellm_settings: { cache: false } },
      "medium",
      "no answer would be cached: the same request is paid for each time",
    ],
  ])("%s", (_what, before, after, risk, text) => {
    expect(fileChange("config.yaml", config(before), config(after))).toContainEqual([risk, text]);
  });

  test("a guardrail that passes what it can't check", () => {
    const rows = (unreachable_fallback: string) =>
      config({
        guardrails: [
          {
            guardrail_name: "g",
            litellm_params: { guardrail: "generic_guardrail_api", mode: "pre_call", unreachable_fallback },
          },
        ],
      });
    expect(fileChange("config.yaml", rows("fail_closed"), rows("fail_open"))).toContainEqual([
      "high",
      "the guardrail g would let requests pass unchecked while its service fails",
    ]);
  });
});
