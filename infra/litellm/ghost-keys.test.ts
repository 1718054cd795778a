import { describe, expect, test } from "vitest";
import { parse } from "yaml";
import { everything, everyVariable, providersOnly } from "../../tests/corpus/everything.ts";
import { gateway } from "../catalog/gateway.ts";
import { litellmRelease } from "../images/catalog.ts";
import { renderLitellmConfig } from "../render/litellm-config.ts";
import type { Problem } from "../settings/errors.ts";
import { parseSettings } from "../settings/parse.ts";
import { ghostKeys, type KnownKeys, knownKeys, refuseGhostKeys } from "./ghost-keys.ts";

const release = knownKeys().litellm;
const told = (config: unknown): string[] =>
  ghostKeys(config).map(({ path, found }: Problem) => `${path}: ${found}`);

const row = { model_name: "gpt", litellm_params: { model: "openai/gpt-4o-mini" } };

describe("a key in the wrong section is told with the section that reads it", () => {
  test.each([
    ["general_settings", { cache: { type: "redis" } }, "general_settings.cache", "litellm_settings"],
    ["general_settings", { max_budget: 100 }, "general_settings.max_budget", "litellm_settings"],
    ["general_settings", { budget_duration: "30d" }, "general_settings.budget_duration", "litellm_settings"],
    [
      "general_settings",
      { routing_strategy: "least-busy" },
      "general_settings.routing_strategy",
      "router_settings",
    ],
    ["litellm_settings", { master_key: "sk-x" }, "litellm_settings.master_key", "general_settings"],
    [
      "router_settings",
      { health_check_interval: 60 },
      "router_settings.health_check_interval",
      "general_settings",
    ],
    ["general_settings", { guardrails: [] }, "general_settings.guardrails", "the file's top level"],
  ])("%s %j", (section, value, path, reader) => {
    const [problem, ...others] = ghostKeys({ [section]: value });

    expect(others).toEqual([]);
    expect(problem).toMatchObject({
      path,
      found: expect.stringContaining(`LiteLLM ${release} never reads it here; it is read in `),
      fix: expect.stringContaining(reader),
    });
    expect(problem).not.toHaveProperty("warning");
  });

  test("jwt settings at the top level belong under general_settings", () => {
    expect(told({ enable_jwt_auth: true })).toEqual([
      `enable_jwt_auth: LiteLLM ${release} never reads it here; it is read in general_settings`,
    ]);
  });
});

describe("a misspelling is told with the key that was meant", () => {
  test.each([
    [{ modl_list: [] }, "modl_list", "model_list"],
    [{ general_settings: { master_kee: "x" } }, "general_settings.master_kee", "master_key"],
    [{ litellm_settings: { drop_param: true } }, "litellm_settings.drop_param", "drop_params"],
    [{ router_settings: { num_retrys: 2 } }, "router_settings.num_retrys", "num_retries"],
    [{ litellm_settings: { cache_params: { hst: "r" } } }, "litellm_settings.cache_params.hst", "host"],
    [
      { general_settings: { coordination_redis: { pasword: "x" } } },
      "general_settings.coordination_redis.pasword",
      "password",
    ],
    [
      { model_list: [{ model_name: "gpt", litellm_params: { modl: "openai/x" } }] },
      "model_list[0].litellm_params.modl",
      "model",
    ],
    [{ model_list: [row, { ...row, litellm_parms: {} }] }, "model_list[1].litellm_parms", "litellm_params"],
    [
      { model_list: [{ ...row, model_info: { base_modle: "x" } }] },
      "model_list[0].model_info.base_modle",
      "base_model",
    ],
    [
      {
        guardrails: [{ guardrail_name: "pii", litellm_params: { guardrail: "presidio", defualt_on: true } }],
      },
      "guardrails[0].litellm_params.defualt_on",
      "default_on",
    ],
    [
      { router_settings: { model_group_retry_policy: { gpt: { RateLimitErrorRetry: 1 } } } },
      "router_settings.model_group_retry_policy.gpt.RateLimitErrorRetry",
      "RateLimitErrorRetries",
    ],
  ])("%j", (config, path, meant) => {
    expect(ghostKeys(config)).toMatchObject([
      {
        path,
        found: expect.stringContaining(`(did you mean "${meant}"?)`),
        fix: expect.stringContaining("spelling"),
      },
    ]);
  });

  test("where LiteLLM hands other keys on, it is a warning", () => {
    expect(
      ghostKeys({ model_list: [{ ...row, litellm_params: { model: "a/b", api_bse: "http://o" } }] }),
    ).toEqual([
      {
        path: "model_list[0].litellm_params.api_bse",
        found: `LiteLLM ${release} never reads it here and hands it on as it stands (did you mean "api_base"?)`,
        fix: "correct its spelling, or remove it",
        warning: true,
      },
    ]);
  });
});

test("names of Object's own are names like any other; one with an underscore may hold anchors", () => {
  const config: unknown = JSON.parse(
    '{"__proto__": {"a": 1}, "constructor": {"b": 1}, "general_settings": {"toString": 1}}',
  );

  expect(ghostKeys(config).map(({ path }) => path)).toEqual(["constructor", "general_settings.toString"]);
});

test("every ghost is told, and no value is repeated", () => {
  const problems = ghostKeys({
    general_settings: { cache: "sk-canary", nonsense: "sk-canary" },
    extra: "sk-canary",
  });

  expect(problems.map(({ path }) => path)).toEqual([
    "general_settings.cache",
    "general_settings.nonsense",
    "extra",
  ]);
  expect(JSON.stringify(problems)).not.toContain("sk-canary");
});

describe("nothing is said of", () => {
  test.each([
    ["an empty file", null],
    ["a text", "model_list"],
    [
      "empty sections",
      { general_settings: null, litellm_settings: null, router_settings: null, model_list: null },
    ],
    ["blocks that hold anchors", { "x-defaults": { a: 1 }, ".rows": [], _shared: {} }],
    [
      "environment variables and callback settings",
      { environment_variables: { A: 1 }, callback_settings: { otel: { x: 1 } } },
    ],
    [
      "a provider's own parameters",
      {
        model_list: [
          {
            ...row,
            litellm_params: {
              model: "hosted_vllm/x",
              temperature: 0,
              top_k: 5,
              min_p: 0.1,
              top_a: 0.1,
              repetition_penalty: 1.1,
              chat_template_kwargs: { thinking: false },
              extra_headers: { a: "b" },
              aws_region_name: "eu-central-1",
              vertex_project: "p",
              thinking: { type: "enabled", budget_tokens: 1024 },
              reasoning_effort: "low",
            },
            model_info: {
              mode: "chat",
              access_groups: ["a"],
              health_check_model: "x",
              owner: "team",
              cost_centre: 7,
            },
          },
        ],
      },
    ],
    [
      "a custom guardrail's parameters",
      {
        guardrails: [
          { guardrail_name: "mine", litellm_params: { guardrail: "mine.Guard", mod: 1, limit: 2 } },
        ],
      },
    ],
    [
      "arguments of the Redis client",
      {
        litellm_settings: {
          cache: true,
          cache_params: { type: "redis", socket_timeout: 5, ssl_cert_reqs: "none" },
        },
      },
    ],
    [
      "keys that are read by a name in a constant, a helper or a model",
      {
        general_settings: {
          encryption_algorithm: "aes-256-gcm",
          database_statement_timeout: 5,
          max_file_downloads_per_minute: 1,
          disable_agents_for_internal_users: true,
          mcp_trusted_proxy_ranges: [],
          pass_through_endpoints: [{ path: "/v1/rerank", target: "http://o", forward_headers: true }],
          search_tools: [
            { search_tool_name: "a", litellm_params: { search_provider: "tavily", anything: 1 } },
          ],
        },
      },
    ],
  ])("%s", (_, config) => {
    expect(told(config)).toEqual([]);
  });

  const definitions = [
    ["the catalogue", gateway, providersOnly],
    ["everything there is to define", everything, everyVariable],
  ] as const;
  const cases = Object.values(litellmRelease).flatMap((version) =>
    definitions.map((definition) => [version, ...definition] as const),
  );
  test.each(cases)(
    "to LiteLLM %s, of the configuration that this project renders for %s",
    (version, _, value, providers) => {
      const { settings } = parseSettings({
        stackName: "dev",
        layers: [{ profile: "dev", providers }],
        secretKeys: new Set(["providers"]),
        today: "2026-11-24",
        definitions: { value, file: "test" },
      });
      const found = ghostKeys(parse(renderLitellmConfig(settings)), knownKeys(version));
      expect(found).toEqual([]);
    },
  );
});

test("a section that names no keys at all is the user's own", () => {
  const known: KnownKeys = { litellm: "1", sections: { top_level: ["mine"] }, open: [], passedOn: {} };

  expect(ghostKeys({ mine: { any: { thing: 1 } }, other: 1 }, known)).toMatchObject([{ path: "other" }]);
});

test("a rendered file with such a key is refused, one with a likely slip is usable all the same", () => {
  expect(() => refuseGhostKeys("dev", "general_settings:\n  max_budget: 1\n")).toThrow(
    /config\.yaml: general_settings\.max_budget[\s\S]*litellm_settings/,
  );
  const slip = "model_list:\n  - model_name: a\n    litellm_params: { model: openai/a, api_bsae: x }\n";
  expect(refuseGhostKeys("dev", slip)).toMatchObject([{ warning: true }]);
});
