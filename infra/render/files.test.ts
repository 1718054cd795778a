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

test("no rendered file holds a secret", () => {
  expect(JSON.stringify(renderFiles(settings))).not.toContain(canary);
});

test("Prometheus reads every replica by name", () => {
  const config = parse(renderPrometheusConfig({ replicas: 3 })) as {
    scrape_configs: { static_configs: unknown }[];
  };
  expect(config.scrape_configs[2]?.static_configs).toEqual([
    { targets: ["litellm-1:4000", "litellm-2:4000", "litellm-3:4000"] },
  ]);
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
