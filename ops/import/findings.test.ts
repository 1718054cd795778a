import { describe, expect, test } from "vitest";
import { importSetup } from "./run.ts";
import { fixture, importTexts, today, told, withModel } from "./testing.ts";

describe("each defect of a configuration has its place and its rule", () => {
  test.each<[string, string, string]>([
    [
      "a setting in the wrong section",
      "general_settings:\n  max_budget: 5\n",
      "5:3: general_settings.max_budget [ghost-key]",
    ],
    [
      "a misspelt setting",
      "litellm_settings:\n  drop_param: true\n",
      "5:3: litellm_settings.drop_param [ghost-key]",
    ],
    [
      "a likely slip",
      "  - model_name: b\n    litellm_params: { model: openai/gpt-4o, api_bsae: x }\n",
      "5:45: model_list[1].litellm_params.api_bsae [likely-slip]",
    ],
    [
      "an unknown strategy",
      "router_settings:\n  routing_strategy: least-bussy\n",
      "5:3: router_settings.routing_strategy [unknown-strategy]",
    ],
    [
      "a wildcard that nothing cheap probes",
      '  - model_name: "openai/*"\n    litellm_params: { model: "openai/*", api_key: os.environ/OPENAI_API_KEY }\n',
      "4:5: model_list[1].model_name [no-health-model]",
    ],
    [
      "a list alias",
      "router_settings:\n  model_group_alias: { x: [gpt] }\n",
      "5:24: router_settings.model_group_alias.x [list-alias]",
    ],
    [
      "a fallback to nothing",
      "router_settings:\n  fallbacks: [{ gpt: [gpd] }]\n",
      "5:17: router_settings.fallbacks[0].gpt [dangling-name]",
    ],
    [
      "a fallback to itself",
      "router_settings:\n  fallbacks: [{ gpt: [gpt] }]\n",
      "5:17: router_settings.fallbacks[0].gpt [leads-to-itself]",
    ],
    [
      "an alias like a model",
      "router_settings:\n  model_group_alias: { gpt: gpt }\n",
      "5:24: router_settings.model_group_alias.gpt [shadowed-alias]",
    ],
    [
      "aliases in a circle",
      "router_settings:\n  model_group_alias: { a: b, b: a }\n",
      "5:24: router_settings.model_group_alias.a [not-accepted]",
    ],
    [
      "a model without a provider",
      "  - model_name: b\n    litellm_params: { model: mine }\n",
      "5:23: model_list[1].litellm_params.model [no-provider]",
    ],
    [
      "a model without a price",
      "  - model_name: b\n    litellm_params: { model: groq/nobody-knows }\n",
      "4:5: model_list[1] [no-price]",
    ],
    [
      "a retired model",
      "  - model_name: b\n    litellm_params: { model: vertex_ai/gemini-2.5-pro, vertex_project: p, vertex_location: l }\n",
      "4:5: model_list[1] [retired-model]",
    ],
    [
      "an embedding without a mode",
      "  - model_name: b\n    litellm_params: { model: openai/text-embedding-3-small }\n",
      "4:5: model_list[1] [mode-missing]",
    ],
    [
      "Ollama without an address",
      "  - model_name: b\n    litellm_params: { model: ollama/x }\n",
      "4:5: model_list[1] [no-address]",
    ],
    [
      "the container itself",
      "  - model_name: b\n    litellm_params: { model: ollama/x, api_base: 'http://localhost:1' }\n",
      "5:40: model_list[1].litellm_params.api_base [localhost-address]",
    ],
    [
      "an address nobody gives",
      "  - model_name: b\n    litellm_params: { model: ollama/x, api_base: os.environ/O }\n",
      "5:40: model_list[1].litellm_params.api_base [unknown-address]",
    ],
    [
      "a wildcard",
      "  - model_name: '*'\n    litellm_params: { model: openai/* }\n",
      "4:5: model_list[1] [not-accepted]",
    ],
    [
      "a weak master key",
      "general_settings:\n  master_key: sk-1234\n",
      "5:3: general_settings.master_key [weak-master-key]",
    ],
    [
      "masking too late",
      "guardrails:\n  - guardrail_name: g\n    litellm_params: { guardrail: presidio, mode: during_call, default_on: true }\n",
      "6:44: guardrails[0].litellm_params.mode [mask-too-late]",
    ],
    [
      "a guardrail that runs for nobody",
      "guardrails:\n  - guardrail_name: g\n    litellm_params: { guardrail: hide-secrets, mode: pre_call }\n",
      "6:5: guardrails[0].litellm_params.default_on [guardrail-off]",
    ],
    [
      "what has no place here",
      "litellm_settings:\n  success_callback: [langfuse]\n",
      "5:3: litellm_settings.success_callback [not-carried-over]",
    ],
    [
      "what is always the same here",
      "general_settings:\n  store_model_in_db: true\n",
      "5:3: general_settings.store_model_in_db [always]",
    ],
    [
      "what is beyond our bounds",
      "litellm_settings:\n  request_timeout: 6000\n",
      "5:3: litellm_settings.request_timeout [bounded]",
    ],
  ])("%s", (_what, more, found) => {
    expect(told(importTexts({ "config.yaml": withModel(more) }))).toContain(found);
  });

  test("a slip of the pen is told with what was meant", () => {
    const { findings } = importTexts({
      "config.yaml": withModel(
        "router_settings:\n  routing_strategy: least-bussy\n  fallbacks: [{ gtp: [x] }]\n",
      ),
    });
    expect(findings.map(({ found }) => found).join("\n")).toMatch(/"least-busy"[\s\S]*did you mean "gpt"/);
  });
});

test("a guardrail that looks for what nobody finds is set aside", () => {
  const result = importTexts({
    "config.yaml": withModel(
      "guardrails:\n  - guardrail_name: g\n    litellm_params: { guardrail: presidio, mode: pre_call, default_on: true, pii_entities_config: { CREDIT_CRD: MASK } }\n",
    ),
  });
  expect(told(result)).toContain("5:5: guardrails[0] [not-accepted]");
  expect(result.gateway).toContain("#   type: presidio");
});

describe("keys", () => {
  const models = (...params: string[]) =>
    `model_list:\n${params.map((text, i) => `  - { model_name: m${i}, litellm_params: { model: openai/gpt-4o, ${text} } }\n`).join("")}`;

  test("the same literal key gets one variable, another one its own", () => {
    const { variables } = importTexts({
      "config.yaml": models(
        "api_key: sk-one-0123456789",
        "api_key: sk-two-0123456789",
        "api_key: sk-one-0123456789",
      ),
    });
    expect(Object.keys(variables)).toEqual(["OPENAI_API_KEY", "OPENAI_2_API_KEY"]);
  });

  test("a variable with another kind of name gets one of ours", () => {
    const result = importTexts({
      "config.yaml": models("api_key: os.environ/OPENAI_KEY_EU"),
      ".env": "OPENAI_KEY_EU=x\n",
    });
    expect(result.variables).toEqual({ OPENAI_EU_API_KEY: "OPENAI_KEY_EU" });
    expect(result.gateway).toContain("apiKeyVariable: OPENAI_EU_API_KEY");
  });
});

describe("a compose file", () => {
  const rules = importSetup([fixture("compose/docker-compose.yml")], "/", today).findings.map(
    ({ rule, path }) => `${rule} ${path.split(": ")[1]}`,
  );

  test.each([
    "moving-tag services.litellm.image",
    "open-port services.litellm.ports[0]",
    "open-port services.prometheus.ports[0]",
    "default-password services.litellm.environment.DATABASE_URL",
    "default-password services.db.environment[0]",
    "literal-secret services.litellm.environment.ANTHROPIC_API_KEY",
    "weak-master-key services.litellm.environment.LITELLM_MASTER_KEY",
    "engine-socket services.litellm.volumes[1]",
    "many-workers services.litellm.command",
    "debug-log services.litellm.command",
    "no-redis services.litellm",
    "paid-probe services.litellm.healthcheck",
    "no-limits services.litellm",
  ])("%s", (found) => {
    expect(rules).toContain(found);
  });

  test("a port on loopback and a pinned image are fine", () => {
    expect(rules).not.toContain("open-port services.db.ports[0]");
    const { findings } = importTexts({
      "docker-compose.yml": `services:
  proxy:
    image: ghcr.io/berriai/litellm-non_root:v1.108.12@sha256:${"0".repeat(64)}
    command: --config=/app/config.yaml
    volumes: ["./:/app"]
    ports: ["127.0.0.1:4100:4000"]
    mem_limit: 2g
    healthcheck: { test: curl -f http://localhost:4000/health/liveliness }
    environment: { REDIS_HOST: redis }
`,
      "config.yaml": withModel(""),
    });
    expect(findings).toEqual([]);
  });

  test("a configuration that can't be found is told, a secret on a command line as well", () => {
    const compose = (more: string) => `services:\n  litellm:\n    image: x/litellm:v1.108.12\n${more}`;
    const rules = (more: string) =>
      importTexts({ "compose.yaml": compose(more) }).findings.map(({ rule }) => rule);
    expect(rules("")).toContain("no-config");
    expect(rules("    command: --config /app/c.yaml\n    volumes: ['data:/app']\n")).toContain("no-config");
    expect(rules("  redis: { image: redis, command: redis-server --requirepass canary-1 }\n")).toContain(
      "literal-secret",
    );
  });

  test("a denied release is told with its advisory", () => {
    const { findings } = importTexts({
      "compose.yaml": "services:\n  litellm:\n    image: ghcr.io/berriai/litellm:v1.82.7\n",
    });
    expect(findings.map(({ rule, found }) => `${rule} ${found}`).join("\n")).toMatch(
      /denied-release .*credentials \(PYSEC-2026-2\)/,
    );
  });
});

test("what can't be a period never reaches a command that people copy", () => {
  const { settings, findings } = importTexts({
    "config.yaml": withModel("litellm_settings: { budget_duration: '30d; rm -rf ~' }\n"),
  });
  expect(settings).toEqual({});
  expect(findings.map(({ rule }) => rule)).toEqual(["not-carried-over"]);
});

describe("a .env file", () => {
  const text = [
    'OPENAI_API_KEY="sk-canary-0123456789"',
    "OPENAI_API_KEY=again",
    "ANTROPIC_API_KEY=x",
    "  this is nothing",
    'GROQ_API_KEY="open',
    "export LITELLM_MASTER_KEY=sk-1234",
    "SOMETHING_ELSE=1",
    "DATABASE_URL=postgresql://litellm:litellm@db/litellm",
  ].join("\n");

  test("every line that is broken, unknown, doubled or unsafe is told", () => {
    const result = importTexts({ ".env": text });
    expect(told(result)).toEqual([
      "2:1: OPENAI_API_KEY [duplicate-variable]",
      "3:1: ANTROPIC_API_KEY [unknown-variable]",
      "4:3 [malformed-line]",
      "5:1: GROQ_API_KEY [malformed-line]",
      "6:8: LITELLM_MASTER_KEY [weak-master-key]",
      "7:1: SOMETHING_ELSE [not-carried-over]",
      "8:1: DATABASE_URL [default-password]",
      "6:8: LITELLM_MASTER_KEY [no-salt-key]",
    ]);
    expect(result.findings[1]?.found).toContain('did you mean "ANTHROPIC_API_KEY"');
    expect(result.gateway).toBeUndefined();
    expect(Object.keys(result.variables)).toEqual(["OPENAI_API_KEY"]);
  });

  test("a salt key of its own and a long master key are fine", () => {
    const long = "sk-0123456789abcdef0123456789abcdef";
    expect(
      importTexts({ ".env": `LITELLM_MASTER_KEY=${long}\nLITELLM_SALT_KEY=${long}x\n` }).findings,
    ).toEqual([]);
  });
});
