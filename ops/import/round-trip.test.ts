import { expect, test } from "vitest";
import { parse } from "yaml";
import { ghostKeys } from "../../infra/litellm/ghost-keys.ts";
import { renderLitellmConfig } from "../../infra/render/litellm-config.ts";
import { parseDefinitions } from "../../infra/settings/definitions-file.ts";
import { parseSettings } from "../../infra/settings/parse.ts";
import { placeholderProviders } from "../placeholders.ts";
import { importSetup } from "./run.ts";
import { fixture, importTexts, today, withModel } from "./testing.ts";

interface Rendered {
  model_list: {
    model_name: string;
    litellm_params: Record<string, unknown>;
    model_info: Record<string, unknown>;
  }[];
  router_settings: Record<string, unknown>;
  litellm_settings: Record<string, unknown>;
  guardrails: { guardrail_name: string; litellm_params: Record<string, unknown> }[];
}

/** What LiteLLM is given in the end for definitions that were imported. */
function render(gateway: string | undefined): Rendered {
  const definitions = parseDefinitions(gateway ?? "", "gateway.yaml");
  const { settings } = parseSettings({
    stackName: "dev",
    layers: [{ profile: "dev", demoModel: true, providers: placeholderProviders(definitions.value) }],
    secretKeys: new Set(["providers"]),
    today,
    definitions,
  });
  const config = parse(renderLitellmConfig(settings)) as Rendered;
  expect(ghostKeys(config)).toEqual([]);
  return config;
}

const rows = ({ model_list: list }: Rendered) =>
  list.map(({ model_name: name, litellm_params: { model } }) => `${name} = ${String(model)}`);

test("a company's set-up: every model, alias, fallback, limit and guardrail is there again", () => {
  const { gateway, settings, addresses } = importSetup([fixture("company.yaml")], "/", today);
  const config = render(gateway);

  expect(rows(config)).toEqual([
    "gpt-4o = openai/gpt-4o",
    "gpt-4o = azure/gpt4o-eu",
    "gpt-4o-mini = openai/gpt-4o-mini",
    "claude = anthropic/claude-sonnet-4-6",
    "bedrock-nova = bedrock/amazon.nova-lite-v1:0",
    "vertex-pro = vertex_ai/gemini-2.5-pro",
    "gemini = gemini/gemini-2.5-flash",
    "grok = xai/grok-4",
    "local-llama = ollama_chat/llama3.2",
    "qwen = hosted_vllm/qwen3",
    "embedding = openai/text-embedding-3-small",
  ]);
  expect(config.model_list[0]?.litellm_params).toMatchObject({
    api_key: "os.environ/OPENAI_API_KEY",
    rpm: 500,
    tpm: 200_000,
    timeout: 300,
  });
  expect(config.model_list[1]).toMatchObject({
    litellm_params: { api_version: "2025-04-01-preview", order: 2 },
    model_info: { base_model: "azure/gpt-4o" },
  });
  expect(config.model_list[7]?.litellm_params).toMatchObject({
    api_key: "os.environ/XAI_API_KEY",
    temperature: 0.2,
    input_cost_per_token: 0.000_003,
  });
  expect(config.model_list[9]?.litellm_params).toMatchObject({ api_base: "http://vllm:8000/v1" });
  expect(config.router_settings).toMatchObject({
    routing_strategy: "usage-based-routing-v2",
    num_retries: 2,
    allowed_fails: 5,
    cooldown_time: 30,
    enable_pre_call_checks: true,
    model_group_alias: { fast: "gpt-4o-mini", quick: "gpt-4o-mini" },
    fallbacks: [{ "gpt-4o": ["claude", "gemini"] }, { fast: ["local-llama"] }],
    context_window_fallbacks: [{ "gpt-4o-mini": ["gpt-4o"] }],
    content_policy_fallbacks: [{ claude: ["gpt-4o"] }],
  });
  const [words, ...others] = config.guardrails.filter(
    ({ guardrail_name: name }) => name !== "cerberus_safety",
  );
  expect(others.map(({ guardrail_name: name }) => name)).toEqual(["tools"]);
  expect(words?.litellm_params).toMatchObject({
    guardrail: "litellm_content_filter",
    default_on: true,
  });
  expect(settings).toEqual({ requestTimeoutSeconds: 600, cacheTtlSeconds: 600 });
  expect(addresses).toEqual({
    AZURE_API_BASE: "https://company-eu.openai.azure.com/",
    OLLAMA_API_BASE: "http://ollama:11434",
  });
});

test("the seed's own snippets: what they meant comes out, and what was wrong is said", () => {
  const result = importSetup([fixture("seed.yaml")], "/", today);
  const config = render(result.gateway);

  expect(rows(config)).toEqual(["gpt-4o = openai/gpt-4o", "gpt-4 = openai/gpt-4o"]);
  expect(config.router_settings["routing_strategy"]).toBe("least-busy");
  expect(result.settings).toEqual({ "budget.maxUsd": 1000, "budget.period": "30d", cacheTtlSeconds: 3600 });
  expect(config.guardrails).toMatchObject([
    { guardrail_name: "cerberus_safety", litellm_params: { default_on: true, safety: {} } },
    {
      guardrail_name: "cerberus_safety-presidio",
      litellm_params: { guardrail: "presidio", mode: "pre_call", default_on: true },
    },
  ]);
  expect(new Set(result.findings.map(({ rule }) => rule))).toEqual(
    new Set([
      "ghost-key",
      "list-alias",
      "mask-too-late",
      "guardrail-off",
      "renamed",
      "no-presidio",
      "no-entities",
      "no-price",
      "dangling-name",
    ]),
  );
  expect(result.gateway).toContain("# - name: claude-3-5-sonnet");
});

test("a neglected one still gives what our parser takes", () => {
  const { gateway, counts } = importSetup([fixture("neglected.yaml")], "/", today);

  expect(new Set(render(gateway).model_list.map(({ model_name: name }) => name)).size).toBe(counts.models);
});

test("a compose file leads to its configuration, and gives its addresses", () => {
  const { gateway, files, settings } = importSetup([fixture("compose/docker-compose.yml")], "/", today);

  expect(files.map((file) => file.split("/").at(-1))).toEqual(["config.yaml", "docker-compose.yml"]);
  expect(rows(render(gateway))).toEqual(["gpt-4o-mini = openai/gpt-4o-mini", "local = ollama_chat/llama3.2"]);
  expect(settings).toEqual({ replicas: 4 });
});

test("JSON is taken as well, includes are followed, and default fallbacks are written out", () => {
  const config = {
    include: ["more.yaml"],
    model_list: [
      { model_name: "a", litellm_params: { model: "openai/gpt-4o", api_key: "os.environ/OPENAI_API_KEY" } },
    ],
    router_settings: {
      default_fallbacks: ["gpt"],
      routing_groups: [{ group_name: "all", models: ["a", "gpt"] }],
    },
  };
  const result = importTexts({ "config.json": JSON.stringify(config, null, 2), "more.yaml": withModel("") });

  expect(render(result.gateway).router_settings["fallbacks"]).toEqual([{ a: ["gpt"] }]);
  expect(rows(render(result.gateway))).toEqual([
    "a = openai/gpt-4o",
    "gpt = openai/gpt-4o",
    "all = openai/gpt-4o",
    "all = openai/gpt-4o",
  ]);
});

test("what is clean is imported without a word", () => {
  const { findings, gateway } = importTexts({
    "config.yaml": withModel("litellm_settings: { drop_params: true }\n"),
  });

  expect(findings).toEqual([]);
  expect(gateway).not.toContain("Set aside");
});
