import { describe, expect, test } from "vitest";
import type { GatewayInput } from "../../../infra/catalog/define.ts";
import { change, demo, fileChange } from "../testing.ts";

const openai = { name: "gpt", provider: "openai", model: "gpt-4o" } as const;
const price = { inputUsdPerToken: 0.001, outputUsdPerToken: 0.002 };
const only = (model: GatewayInput["models"][number]): GatewayInput => ({ models: [model] });

describe("a deployment that changes", () => {
  test.each<[string, GatewayInput, GatewayInput, [string, string][]]>([
    [
      "loses its own price where the map has one",
      only({ ...openai, price }),
      only(openai),
      [["medium", "the deployment gpt-openai would lose its own price, and be priced by LiteLLM's map"]],
    ],
    [
      "counts for less",
      only({ ...openai, price }),
      only({ ...openai, price: { ...price, outputUsdPerToken: 0.001 } }),
      [
        [
          "medium",
          "a token of the deployment gpt-openai would count for less: budgets last longer than before",
        ],
      ],
    ],
    [
      "is another model",
      only(openai),
      only({ ...openai, model: "gpt-4o-mini" }),
      [
        [
          "medium",
          "the deployment gpt-openai would be answered by openai/gpt-4o-mini instead of openai/gpt-4o",
        ],
      ],
    ],
    [
      "may take more",
      only({ ...openai, requestsPerMinute: 10 }),
      only({ ...openai, requestsPerMinute: 20 }),
      [["medium", "requests per minute of the deployment gpt-openai would rise from 10 to 20"]],
    ],
    [
      "has no budget any more",
      only({ ...openai, budget: { maxUsd: 5, period: "1d" } }),
      only(openai),
      [["high", "budget of the deployment gpt-openai would go: it is 5 USD today"]],
    ],
    [
      "has a budget that is renewed sooner",
      only({ ...openai, budget: { maxUsd: 5, period: "30d" } }),
      only({ ...openai, budget: { maxUsd: 5, period: "1d" } }),
      [["medium", "the budget of the deployment gpt-openai would be renewed every 1d instead of every 30d"]],
    ],
  ])("%s", (_what, before, after, found) => {
    expect(change(before, after)).toEqual(found);
  });

  test("loses its price altogether: nobody could call it", () => {
    const row = (more: string) =>
      `model_list:\n  - model_name: a\n    litellm_params: { model: openai/nobody-knows${more} }\n    model_info: { id: a }\n`;
    expect(fileChange("config.yaml", row(", input_cost_per_token: 1"), row(""))).toEqual([
      [
        "high",
        "the deployment a would lose its price: LiteLLM refuses its calls, and none would move a budget",
      ],
    ]);
  });

  test("sends prompts elsewhere", () => {
    const local = { name: "own", provider: "openai-compatible", model: "m", price } as const;
    expect(
      change(only({ ...local, apiBase: "http://a:1/v1" }), only({ ...local, apiBase: "http://b:1/v1" })),
    ).toEqual([["high", "prompts for the deployment own-openai-compatible would be sent to http://b:1/v1"]]);
  });
});

test("one of two deployments goes: the model stays", () => {
  const found = change({ models: [demo("a"), { ...openai, name: "a" }] }, only(demo("a")));
  expect(found).toEqual([
    ["medium", "the deployment a-openai would be removed; the rest of a takes its traffic"],
  ]);
});

describe("names", () => {
  const models = [demo("a"), demo("b"), demo("c")];

  test.each<[string, GatewayInput, GatewayInput, [string, string]]>([
    [
      "a fallback whose model goes",
      { models, fallbacks: { general: { a: ["b"] } } },
      { models: [demo("a"), demo("c")] },
      ["high", "a would have no fallbacks any more: b would not be deployed any more"],
    ],
    [
      "one of two fallbacks whose model goes",
      { models, fallbacks: { contextWindow: { a: ["b", "c"] } } },
      { models: [demo("a"), demo("c")], fallbacks: { contextWindow: { a: ["c"] } } },
      ["medium", "a would have fewer fallbacks for long prompts: b would not be deployed any more"],
    ],
    [
      "fallbacks that are taken away",
      { models, fallbacks: { contentPolicy: { a: ["b"] } } },
      { models },
      ["medium", "a would have no fallbacks for refused content any more"],
    ],
    [
      "an alias that goes",
      { models, aliases: { fast: "a" } },
      { models },
      ["high", "the name fast would go: its callers would get errors"],
    ],
    [
      "an alias that means another model",
      { models, aliases: { fast: "a" } },
      { models, aliases: { fast: "b" } },
      ["medium", "fast would mean b instead of a"],
    ],
  ])("%s", (_what, before, after, found) => {
    expect(change(before, after)).toContainEqual(found);
  });

  test("a fallback to a model that no row defines leads nowhere", () => {
    const config = (target: string) =>
      `model_list:\n  - { model_name: a, litellm_params: { model: x/a }, model_info: { id: a } }\n` +
      `  - { model_name: b, litellm_params: { model: x/b }, model_info: { id: b } }\n` +
      `router_settings: { fallbacks: [{ a: [${target}] }] }\n`;
    expect(fileChange("config.yaml", config("b"), config("z"))).toEqual([
      ["high", "fallbacks of a would lead nowhere: z is not deployed"],
    ]);
  });
});
