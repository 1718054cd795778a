import { describe, expect, test } from "vitest";
import { parse } from "yaml";
import { parseSettings } from "../settings/parse.ts";
import { hashFiles, renderFiles } from "./files.ts";
import { renderLitellmConfig } from "./litellm-config.ts";
import { renderPostgresConfig } from "./postgres-config.ts";
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
    expect(hashFiles(after.pluginServices)).toBe(hashFiles(before.pluginServices));
  });

  test("whoever runs our package has its digest", () => {
    const { plugins, pluginServices, litellm } = renderFiles(settings);
    expect(Object.keys(plugins)).toContain("audit/callback.py");
    for (const files of [pluginServices, litellm])
      expect(files["cerberus_gateway/DIGEST"]).toBe(`${hashFiles(plugins)}\n`);
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
    expect(JSON.parse(off.pluginServices["cerberus.json"] ?? "")).toMatchObject({
      audit: null,
      approvals: null,
    });
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

describe("a template", () => {
  test("keeps every byte but the places that are filled", () => {
    const text = "# head\na: null   # why\nlist:\n  - b: null\n\n# last\nc: 1\n";
    const filled = fillTemplate(text, [
      [["list", 0, "b"], { d: [1] }],
      [["a"], "x"],
    ]);
    expect(filled).toBe("# head\na: x   # why\nlist:\n  - b:\n      d:\n        - 1\n\n# last\nc: 1\n");
  });

  test("loses a place without a value, and what is said of it", () => {
    const text = "a: 1\n\n# of b\n# and more\nb: null\n# of c\nc: 2\n";
    expect(fillTemplate(text, [[["b"], undefined]])).toBe("a: 1\n\n# of c\nc: 2\n");
    expect(fillTemplate("# of a\na: null\n", [[["a"], undefined]])).toBe("");
  });

  test("without a place that is asked for is refused", () => {
    expect(() => fillTemplate("a: 1\n", [[["b"], 2]])).toThrow(/no b/);
    expect(() => fillTemplate("a: {}\n", [[["a"], 2]])).toThrow(/no a/);
  });
});

test("PostgreSQL accepts as many connections as the stack says", () => {
  const database = { connectionsPerReplica: 10, maxConnections: 77 };
  expect(renderPostgresConfig({ database })).toMatch(/^max_connections = 77$/m);
});

test("a prod stack keeps its limits, its retention and its closed doors", () => {
  const waivers = Object.fromEntries(
    ["packages-source", "CVE-2026-114612"].map((id) => [
      id,
      { reason: "test of what is rendered", expires: "2099-01-01" },
    ]),
  );
  const prod = parseSettings({
    stackName: "prod",
    layers: [
      { profile: "prod", images: { source: "packages", waivers }, providers: { OPENAI_API_KEY: canary } },
    ],
    secretKeys: new Set(["providers"]),
    today: "2026-11-24",
  });
  expect(parse(renderLitellmConfig(prod.settings))).toMatchObject({
    litellm_settings: { max_budget: expect.any(Number), turn_off_message_logging: true },
    router_settings: { optional_pre_call_checks: ["enforce_model_rate_limits"] },
    general_settings: {
      maximum_spend_logs_retention_period: expect.stringMatching(/^\d+d$/),
      background_health_checks: false,
      fail_closed_rate_limit_enforcement: true,
    },
  });
});

test("a file set's hash follows names and texts", () => {
  const hash = hashFiles({ a: "1", b: "2" });
  expect(hash).toMatch(/^[0-9a-f]{12}$/);
  expect(hashFiles({ b: "2", a: "1" })).toBe(hash);
  expect(hashFiles({ a: "12", b: "" })).not.toBe(hash);
});
