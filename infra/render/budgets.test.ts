import { expect, test } from "vitest";
import { parseSettings } from "../settings/parse.ts";
import { renderBudgets } from "./budgets.ts";
import { hashFiles, renderFiles } from "./files.ts";

const settingsWith = (budget: object, definitions: object = {}) =>
  parseSettings({
    stackName: "dev",
    definitions: { file: "gateway.yaml", value: { models, ...definitions } },
    layers: [
      { profile: "dev", budget, providers: { OPENAI_API_KEY: "sk-test-openai", VERTEX_CREDENTIALS: "{}" } },
    ],
    secretKeys: new Set(["providers"]),
    today: "2026-11-24",
  }).settings;

const models = [
  { name: "gpt-4o-mini", provider: "openai", model: "gpt-4o-mini" },
  { name: "gemini", provider: "vertex", model: "gemini-2.5-flash", project: "p", location: "x" },
];

test("the gateway's budget comes first, then providers by LiteLLM's name of them", () => {
  const providerBudgets = { vertex: { maxUsd: 5, period: "1d" }, openai: { maxUsd: 2, period: "30d" } };
  expect(JSON.parse(renderBudgets(settingsWith({ maxUsd: 9 }, { providerBudgets })))).toEqual({
    budgets: [
      { name: "gateway", provider: null, max_usd: 9, period: "30d" },
      { name: "provider-openai", provider: "openai", max_usd: 2, period: "30d" },
      { name: "provider-vertex_ai", provider: "vertex_ai", max_usd: 5, period: "1d" },
    ],
    request_timeout_seconds: 600,
  });
});

test("another budget restarts no service beside LiteLLM", () => {
  const [one, two] = [renderFiles(settingsWith({ maxUsd: 1 })), renderFiles(settingsWith({ maxUsd: 2 }))];
  expect(hashFiles(one.pluginServices)).toBe(hashFiles(two.pluginServices));
  expect(hashFiles(one.litellm)).not.toBe(hashFiles(two.litellm));
});
