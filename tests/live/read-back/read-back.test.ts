import { beforeAll, describe, expect, test } from "vitest";
import { callbackNames } from "../../../infra/render/callbacks.ts";
import { guardrailRow } from "../../../infra/render/guardrails.ts";
import { renderLitellmConfig } from "../../../infra/render/litellm-config.ts";
import { routerSettings } from "../../../infra/render/router-settings.ts";
import { safetyRow } from "../../../infra/render/safety.ts";
import { readyImages } from "../ready-images.ts";
import { cases } from "./cases.ts";
import { loadAll, type ReadBack } from "./loader.ts";

// What LiteLLM's own loader makes of our files: LiteLLM starts with settings it never reads, so only its word counts.

let loaded: ReadonlyMap<string, ReadBack | Error>;

beforeAll(async () => {
  await readyImages("litellm", "redis");
  loaded = await loadAll(
    new Map(Object.entries(cases).map(([name, settings]) => [name, renderLitellmConfig(settings)])),
  );
});

describe.each(Object.entries(cases))("%s", (name, settings) => {
  const read = (): ReadBack => {
    const found = loaded.get(name);
    if (found === undefined) throw new Error(`LiteLLM said nothing of ${name}`);
    if (found instanceof Error) throw found;
    return found;
  };

  test("every deployment is there, as declared, with its key", () => {
    const { aliases, deployments } = settings;
    const rows = read().deployments.filter((row) => !(String(row["name"]) in aliases));
    expect(rows.map(({ id }) => id).sort()).toEqual(deployments.map(({ id }) => id).sort());
    for (const { id, name: group, litellmModel, definition } of deployments) {
      const row = rows.find((candidate) => candidate["id"] === id);
      expect(row, id).toMatchObject({ name: group, model: litellmModel });
      expect(row?.["rpm"], id).toBe(definition.requestsPerMinute);
      expect(row?.["tpm"], id).toBe(definition.tokensPerMinute);
      expect(row?.["weight"], id).toBe(definition.weight);
      expect(row?.["order"], id).toBe(definition.order);
      expect(row?.["max_budget"], id).toBe(definition.budget?.maxUsd);
      expect(row?.["tags"], id).toEqual(definition.tags);
      expect(row?.["access_groups"], id).toEqual(definition.accessGroups);
      expect(row?.["base_model"], id).toBe(definition.baseModel);
      expect(row?.["disable_background_health_check"], id).toBe(definition.healthCheck ? undefined : true);
      const health = row?.["health_check_model"] as string | undefined;
      expect(health?.split("/")[1], id).toBe(definition.healthModel);
      if (definition.provider === "azure") expect(row?.["api_version"], id).toBe(definition.apiVersion);
      expect(row?.["input_cost_per_token"], id).toBe(definition.price?.inputUsdPerToken);
      expect(row?.["max_tokens"], id).toBe(
        definition.mode === "chat" ? definition.defaultMaxTokens : undefined,
      );
    }
  });

  test("aliases, fallbacks, retries and routing are the router's own", () => {
    const {
      provider_budget_config: _,
      optional_pre_call_checks,
      retry_policy,
      ...same
    } = routerSettings(settings);
    expect(read()).toMatchObject({
      ...same,
      retry_policy: retry_policy ?? {},
      enforces_rate_limits: optional_pre_call_checks !== undefined,
    });
  });

  test("budgets of providers are kept", () => {
    const budgets = Object.entries(settings.providerBudgets).map(([provider, { maxUsd, period }]) => [
      provider,
      { max_budget: maxUsd, budget_duration: period },
    ]);
    const some = budgets.length > 0 || settings.deployments.some(({ definition }) => definition.budget);
    expect(read()).toMatchObject({ provider_budgets: Object.fromEntries(budgets), limits_budgets: some });
  });

  test("every guardrail is active, in its mode", () => {
    const rows = [safetyRow(settings.safety), ...settings.guardrails.map(guardrailRow)];
    const declared = rows.map((row) => {
      const { guardrail_name, litellm_params } = row as {
        guardrail_name: string;
        litellm_params: { guardrail: string; mode: unknown; default_on: boolean };
      };
      const { guardrail, mode, default_on } = litellm_params;
      return { name: guardrail_name, type: guardrail, mode, default_on };
    });
    expect(read().guardrails).toEqual(declared);
  });

  test("the budget and the closed doors are set", () => {
    const { budget } = settings;
    expect(read()).toMatchObject({
      max_budget: budget.maxUsd,
      budget_duration: budget.period,
      block_unpriced: true,
      fail_closed: true,
    });
  });

  test("the cache keeps what it should, as long as it should", () => {
    const { cache, cacheTtlSeconds } = settings;
    expect(read()["cache"]).toMatchObject({
      type: "RedisCache",
      mode: cache.mode,
      ttl: cacheTtlSeconds,
      ...(cache.callTypes ? { call_types: cache.callTypes } : {}),
    });
  });

  test("callbacks are told, of what they should be", () => {
    const { callbacks } = settings;
    expect(read()["callbacks"]).toContain("prometheus");
    for (const [list, events] of [
      ["callbacks", "all"],
      ["success_callback", "success"],
      ["failure_callback", "failure"],
    ] as const) {
      expect(read()[list]).toEqual(expect.arrayContaining(callbackNames(callbacks, events)));
    }
  });

  test("health checks, tool servers, pass-through paths, prompts and searches are there", () => {
    const { healthChecks, mcpServers, passThroughEndpoints, prompts, searchTools } = settings;
    expect(read()).toMatchObject({
      background_health_checks: healthChecks.enabled,
      health_check_interval: healthChecks.intervalSeconds,
      mcp_servers: Object.fromEntries(
        Object.entries(mcpServers).map(([server, { url, auth, tokenVariable }]) => [
          server,
          { url, auth, token: tokenVariable !== undefined },
        ]),
      ),
      pass_through: passThroughEndpoints.map(({ path }) => path),
      prompts: prompts.map(({ id }) => id),
      search_tools: searchTools.map(({ name: tool }) => tool),
    });
  });
});
