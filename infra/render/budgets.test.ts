import { expect, test } from "vitest";
import { parseSettings } from "../settings/parse.ts";
import { renderBudgets } from "./budgets.ts";
import { hashFiles, renderFiles } from "./files.ts";

const settingsWith = (budget: object) =>
  parseSettings({
    stackName: "dev",
    layers: [{ profile: "dev", budget }],
    secretKeys: new Set(),
    today: "2026-11-24",
  }).settings;

test("the gateway's budget comes first, then providers by LiteLLM's name of them", () => {
  const providers = { vertex: { maxUsd: 5, period: "1d" }, openai: { maxUsd: 2 } };
  expect(JSON.parse(renderBudgets(settingsWith({ maxUsd: 9, providers })))).toEqual({
    budgets: [
      { name: "gateway", provider: null, max_usd: 9, period: "30d" },
      { name: "provider-openai", provider: "openai", max_usd: 2, period: "30d" },
      { name: "provider-vertex", provider: "vertex_ai", max_usd: 5, period: "1d" },
    ],
    request_timeout_seconds: 600,
  });
});

test("another budget restarts no service beside LiteLLM", () => {
  const [one, two] = [renderFiles(settingsWith({ maxUsd: 1 })), renderFiles(settingsWith({ maxUsd: 2 }))];
  expect(hashFiles(one.plugins)).toBe(hashFiles(two.plugins));
  expect(hashFiles(one.litellm)).not.toBe(hashFiles(two.litellm));
});

test("a provider that doesn't exist is refused", () => {
  expect(() => settingsWith({ providers: { opanai: { maxUsd: 1 } } })).toThrow(/budget\.providers/);
});
