import { describe, expect, test } from "vitest";
import type { GatewayInput } from "../../catalog/define.ts";
import { models, parse, providers, refused, warned } from "./small-gateway.ts";

test("the gateway that the rows below break is whole", () => {
  expect(refused({})).toEqual([]);
  expect(warned({})).toEqual([]);
});

const any = { name: "openai/*", provider: "openai", model: "*" } as const;
const withAny = (more: object): Partial<GatewayInput> => ({ models: [...models, { ...any, ...more }] });

describe("wildcards", () => {
  test.each([
    ["needs a health model", withAny({}), "models[2].healthModel: is not set"],
    [
      "ends in * at both ends",
      { models: [...models, { ...any, model: "gpt-4o" }] },
      "models[2].name: is a wildcard",
    ],
    [
      "is no name of one model",
      { models: [...models, { ...any, name: "all" }] },
      'models[2].name: "all" is one name',
    ],
    [
      "has a priced health model",
      withAny({ healthModel: "gpt-99" }),
      "models.openai/any-openai.price: LiteLLM knows no price of openai/gpt-99",
    ],
    [
      "lends no model to a list alias",
      {
        ...withAny({ healthModel: "gpt-4o-mini" }),
        aliases: { both: ["gpt", "openai/gpt-4o"] },
      },
      'aliases.both: "openai/gpt-4o" stands behind a wildcard',
    ],
  ] as [string, Partial<GatewayInput>, string][])("%s", (_, gateway, says) => {
    expect(refused(gateway)).toEqual([expect.stringContaining(says)]);
  });

  test("what stands behind one may be fallen back to, aliased and given to agents", () => {
    const gateway = {
      ...withAny({ healthModel: "gpt-4o-mini" }),
      aliases: { nano: "openai/gpt-4.1-nano" },
      fallbacks: { general: { claude: ["openai/gpt-4o"] } },
    };
    const { settings } = parse(gateway, { agent: { model: "openai/gpt-4o" } });
    expect(settings.aliases).toEqual({ nano: "openai/gpt-4.1-nano" });
    expect(settings.fallbacks.general).toEqual({ claude: ["openai/gpt-4o"] });
    expect(refused({ fallbacks: { general: { claude: ["openai/gpt-4o"] } } })).toHaveLength(1);
  });

  test("without health checks and without a price, a warning says that unpriced models are refused", () => {
    expect(warned(withAny({ healthCheck: false }))).toEqual([
      expect.stringContaining("calls of models that it has none for are refused"),
    ]);
    const price = { inputUsdPerToken: 0, outputUsdPerToken: 0 };
    expect(warned(withAny({ healthCheck: false, price }))).toEqual([]);
  });

  test("agents get a model with a name of its own unless told", () => {
    const { settings } = parse({ models: [{ ...any, healthModel: "gpt-4o" }, ...models] });
    expect(settings.agent.model).toBe("gpt");
  });
});

describe("budgets of providers", () => {
  const spend = { maxUsd: 10, period: "1d" };

  test("name a provider that some model has, by the name it has there", () => {
    expect(refused({ providerBudgets: { anthropc: spend } })).toEqual([
      'providerBudgets.anthropc: no model has the provider "anthropc" (did you mean "anthropic"?); there are: openai, anthropic',
    ]);
  });

  test("are left out where the stack has no model of it", () => {
    const { settings } = parse(
      { providerBudgets: { openai: spend, anthropic: spend } },
      { providers: { OPENAI_API_KEY: "sk-test-openai" } },
    );
    expect(settings.providerBudgets).toEqual({ openai: spend });
  });

  test("go by LiteLLM's name of the provider", () => {
    const vertex = {
      name: "gemini",
      provider: "vertex",
      model: "gemini-2.5-flash",
      project: "p",
      location: "x",
    } as const;
    const { settings } = parse(
      { models: [vertex], providerBudgets: { vertex: spend } },
      { providers: { VERTEX_CREDENTIALS: "{}" } },
    );
    expect(settings.providerBudgets).toEqual({ vertex_ai: spend });
  });
});

describe("secrets", () => {
  test.each([
    ["of a callback", { callbacks: [{ type: "langsmith" }] }, "LANGSMITH_API_KEY", "callbacks[0]"],
    [
      "of a callback that sends headers",
      { callbacks: [{ type: "generic-api", url: "http://c:1", authenticated: true }] },
      "GENERIC_LOGGER_HEADERS",
      "callbacks[0]",
    ],
    [
      "of a tool server",
      { mcpServers: { t: { url: "http://t:1", auth: "bearer_token", tokenVariable: "TOOLS_TOKEN" } } },
      "TOOLS_TOKEN",
      "mcpServers[t]",
    ],
    [
      "of a pass-through path",
      {
        passThroughEndpoints: [
          { path: "/p", target: "http://p:1", usdPerRequest: 0, headers: { A: { variable: "P_TOKEN" } } },
        ],
      },
      "P_TOKEN",
      "passThroughEndpoints[0]",
    ],
    [
      "in LiteLLM's own form, in a class's arguments",
      { guardrails: [{ name: "g", type: "custom", class: "g.G", params: { key: "os.environ/G_KEY" } }] },
      "G_KEY",
      "guardrails[0]",
    ],
  ] as [string, Partial<GatewayInput>, string, string][])("%s must be supplied", (_, gateway, name, who) => {
    expect(refused(gateway)).toEqual([expect.stringContaining(`providers.${name}: is not set`)]);
    expect(refused(gateway)[0]).toContain(`${who} needs it`);
    expect(refused(gateway, { providers: { ...providers, [name]: "sk-test-supplied" } })).toEqual([]);
  });

  test("OpenAI's moderation needs OpenAI's key", () => {
    const gateway: Partial<GatewayInput> = { guardrails: [{ name: "m", type: "openai-moderation" }] };
    expect(refused(gateway, { providers: { ANTHROPIC_API_KEY: "sk-test-anthropic" } })).toEqual([
      expect.stringContaining("providers.OPENAI_API_KEY: is not set"),
    ]);
  });

  test("the gateway's own can't be handed to a class", () => {
    const params = { key: "os.environ/LITELLM_MASTER_KEY" };
    expect(refused({ guardrails: [{ name: "g", type: "custom", class: "g.G", params }] })).toEqual([
      expect.stringContaining("providers.LITELLM_MASTER_KEY: is not set"),
    ]);
  });
});

describe("what is named is there once", () => {
  test.each([
    ["callbacks", "type", { type: "datadog", site: "datadoghq.eu" }],
    ["prompts", "id", { id: "greet", content: "Hello" }],
    ["searchTools", "name", { name: "web", provider: "searxng", apiBase: "http://s:1" }],
    ["passThroughEndpoints", "path", { path: "/p", target: "http://p:1", usdPerRequest: 0 }],
  ])("%s by %s", (section, key, row) => {
    const says = `${section}[1].${key}: "${String((row as Record<string, unknown>)[key])}" is taken`;
    expect(refused({ [section]: [row, row] })).toContain(says);
  });
});

describe("images built from packages", () => {
  const packages = { images: { source: "packages" } };

  test.each([
    ["otel", { callbacks: [{ type: "otel", endpoint: "http://c:4318" }] }, "opentelemetry-exporter-otlp"],
    ["hide-secrets", { guardrails: [{ name: "h", type: "hide-secrets" }] }, "detect-secrets"],
  ] as [string, Partial<GatewayInput>, string][])("lack what %s needs", (_, gateway, needs) => {
    expect(refused(gateway)).toEqual([]);
    expect(refused(gateway, packages)).toEqual([
      expect.stringContaining(`needs the Python package ${needs}`),
    ]);
  });
});

describe("connections to PostgreSQL", () => {
  test.each([
    { replicas: 8, database: { connectionsPerReplica: 10, maxConnections: 90 }, fit: true },
    { replicas: 8, database: { connectionsPerReplica: 10, maxConnections: 89 }, fit: false },
    { replicas: 2, database: { connectionsPerReplica: 60 }, fit: false },
  ])(
    "$replicas replicas of $database.connectionsPerReplica, of $database.maxConnections",
    ({ fit, ...config }) => {
      expect(refused({}, config)).toEqual(
        fit ? [] : [expect.stringContaining("database.maxConnections: is ")],
      );
    },
  );
});
