import { describe, expect, test } from "vitest";
import { parse } from "yaml";
import { parseSettings } from "../settings/parse.ts";
import { hashFiles, renderFiles } from "./files.ts";
import { renderLitellmConfig } from "./litellm-config.ts";
import { renderPrometheusConfig } from "./prometheus-config.ts";
import { fillTemplate } from "./yaml.ts";

const canary = "sk-canary-in-rendered-file";
const { settings } = parseSettings({
  stackName: "dev",
  layers: [
    {
      profile: "dev",
      providers: {
        OPENAI_API_KEY: canary,
        ANTHROPIC_API_KEY: canary,
        DEEPSEEK_API_KEY: canary,
        OLLAMA_API_BASE: "http://o:1",
      },
    },
  ],
  secretKeys: new Set(["providers"]),
  today: "2026-11-24",
});

describe("config.yaml", () => {
  const text = renderLitellmConfig(settings);
  const config = parse(text) as {
    model_list: { model_name: string; litellm_params: Record<string, unknown> }[];
    litellm_settings: Record<string, unknown>;
    router_settings: { fallbacks: unknown };
    general_settings: Record<string, unknown>;
  };

  test("has one row per deployment, keys by name only", () => {
    expect(config.model_list.map((row) => row.model_name)).toEqual([
      "gpt-4o-mini",
      "claude-sonnet-4-6",
      "deepseek-v4-flash",
      "llama3.2",
      "cerberus-demo",
    ]);
    expect(config.model_list[0]?.litellm_params["api_key"]).toBe("os.environ/OPENAI_API_KEY");
  });

  test("a free model carries its price of zero: without one LiteLLM refuses it", () => {
    expect(config.model_list[3]?.litellm_params).toMatchObject({
      input_cost_per_token: 0,
      output_cost_per_token: 0,
    });
  });

  test("the budget stands where LiteLLM reads it", () => {
    expect(config.litellm_settings).toMatchObject({ max_budget: 1000, budget_duration: "30d" });
    expect(config.general_settings).not.toHaveProperty("max_budget");
  });

  test("every placeholder is filled and every comment kept", () => {
    expect(text).not.toMatch(/: null$/m);
    expect(text).toContain("# Spend of the whole gateway");
  });

  test("is the same, byte for byte, each time", () => {
    expect(renderLitellmConfig(settings)).toBe(text);
  });
});

describe("our own guardrail and its settings", () => {
  test("the guardrail comes first, on every request, with every limit by the name that the plugin reads", () => {
    const config = parse(renderLitellmConfig(settings)) as {
      guardrails: { guardrail_name: string; litellm_params: Record<string, unknown> }[];
      litellm_settings: { callbacks: string[] };
    };
    expect(config.guardrails[0]).toMatchObject({
      guardrail_name: "cerberus_safety",
      litellm_params: { default_on: true, mode: ["pre_call", "post_call"] },
    });
    expect(Object.keys(config.guardrails[0]?.litellm_params["safety"] as object).sort()).toEqual([
      "approval_rules",
      "blocked_content_types",
      "categories",
      "filter_output",
      "inputs",
      "look_back_chars",
      "max_budget_per_request",
      "max_tokens_per_request",
      "profiles",
      "require_approval_over",
    ]);
    expect(config.litellm_settings.callbacks).toContain("cerberus_gateway.audit.callback.audit_callback");
  });

  test("a changed model changes nothing for the services beside LiteLLM", () => {
    const before = renderFiles(settings);
    const after = renderFiles({ ...settings, cacheTtlSeconds: settings.cacheTtlSeconds + 1 });
    expect(hashFiles(after.litellm)).not.toBe(hashFiles(before.litellm));
    expect(hashFiles(after.plugins)).toBe(hashFiles(before.plugins));
  });

  test("what is switched off is not there", () => {
    const off = renderFiles({
      ...settings,
      safety: { ...settings.safety, enabled: false },
      audit: { ...settings.audit, enabled: false },
      approvals: { ...settings.approvals, enabled: false },
    });
    // Budgets can't be switched off.
    const named = (off.litellm["config.yaml"] ?? "").match(/cerberus_gateway\.[a-z.]+/g);
    expect(named).toEqual(["cerberus_gateway.budgets.callback.budget"]);
    expect(JSON.parse(off.plugins["cerberus.json"] ?? "")).toMatchObject({ audit: null, approvals: null });
  });
});

test("no rendered file holds a secret", () => {
  expect(JSON.stringify(renderFiles(settings))).not.toContain(canary);
});

test("Prometheus reads every replica by name", () => {
  const config = parse(renderPrometheusConfig({ ...settings, replicas: 3 })) as {
    scrape_configs: { static_configs: unknown }[];
  };
  expect(config.scrape_configs[2]?.static_configs).toEqual([
    { targets: ["litellm-1:4000", "litellm-2:4000", "litellm-3:4000"] },
  ]);
  expect(config.scrape_configs[3]?.static_configs).toEqual([{ targets: ["audit:4701"] }]);
});

test("a path that the template lacks is refused", () => {
  expect(() => fillTemplate("a: 1\n", [[["b"], 2]])).toThrow(/no b/);
});

test("a file set's hash follows names and texts", () => {
  const hash = hashFiles({ a: "1", b: "2" });
  expect(hash).toMatch(/^[0-9a-f]{12}$/);
  expect(hashFiles({ b: "2", a: "1" })).toBe(hash);
  expect(hashFiles({ a: "12", b: "" })).not.toBe(hash);
});
