import { existsSync, readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import type { Verification } from "../../audit/verify.ts";
import { projectRoot } from "../../paths.ts";
import { type Configuration, readConfiguration } from "../configuration.ts";
import { evaluate } from "./evaluate.ts";
import { frameworks } from "./frameworks.ts";
import { type Measure, type MeasureId, measures } from "./measures.ts";

const intact = { intact: true, checkpoints: 3, stack: "prod" } as Verification;
const whole = readConfiguration(`${projectRoot}/tests/audit-log/config`);

type Edit = (copy: Configuration) => void;
function edited(edit: Edit): Configuration {
  const copy = structuredClone(whole);
  edit(copy);
  return copy;
}
const safety = (c: Configuration) =>
  c.config.guardrails.find((g) => g.guardrail_name === "cerberus_safety")?.litellm_params;

/** Whether a measure is on. */
function isOn(id: MeasureId, configuration: Configuration, verification = intact): boolean {
  return measures[id].isOn({ configuration, verification });
}

describe("each measure follows what the stack runs with", () => {
  test.each<[MeasureId, Edit]>([
    ["safety", (c) => void Object.assign(safety(c) ?? {}, { default_on: false })],
    ["blockedContent", (c) => void Object.assign(safety(c)?.safety ?? {}, { blocked_content_types: [] })],
    ["filteredOutput", (c) => void Object.assign(safety(c)?.safety ?? {}, { filter_output: false })],
    ["costCap", (c) => void Object.assign(safety(c)?.safety ?? {}, { max_budget_per_request: null })],
    ["tokenCap", (c) => void Object.assign(safety(c)?.safety ?? {}, { max_tokens_per_request: null })],
    ["approval", (c) => void Object.assign(c.cerberus, { approvals: null })],
    ["fourEyes", (c) => void Object.assign(c.cerberus.approvals ?? {}, { four_eyes: false })],
    [
      "personalData",
      (c) => void Object.assign(c.config.guardrails[0]?.litellm_params ?? {}, { mode: "during_call" }),
    ],
    ["noPromptsKept", (c) => void Object.assign(c.cerberus.audit ?? {}, { content: "masked" })],
    ["secretsByName", (c) => void Object.assign(c.config.general_settings, { master_key: "sk-in-the-open" })],
    ["cacheApart", (c) => void Object.assign(c.config.litellm_settings, { cache_params: {} })],
    ["modelsAsCode", (c) => void Object.assign(c.config.general_settings, { store_model_in_db: true })],
    ["pinnedImage", (c) => void Object.assign(c.cerberus, { image: "litellm:latest" })],
    ["gatewayBudget", (c) => void Object.assign(c.config.litellm_settings, { max_budget: null })],
    [
      "pricedModels",
      (c) =>
        void Object.assign(c.config.litellm_settings, { block_requests_for_models_without_pricing: false }),
    ],
    [
      "failClosed",
      (c) => void Object.assign(c.config.general_settings, { fail_closed_rate_limit_enforcement: false }),
    ],
    ["timeLimit", (c) => void Object.assign(c.config.litellm_settings, { request_timeout: null })],
    [
      "fallbackRights",
      (c) => void Object.assign(c.config.general_settings, { enforce_fallback_model_access: false }),
    ],
    ["metrics", (c) => void Object.assign(c.config.litellm_settings, { callbacks: [] })],
    ["auditOn", (c) => void Object.assign(c.cerberus, { audit: null })],
    ["auditFirst", (c) => void Object.assign(c.cerberus.audit ?? {}, { when_unavailable: "allow" })],
  ])("%s is on, and off where the setting is", (id, edit) => {
    expect(isOn(id, whole)).toBe(true);
    expect(isOn(id, edited(edit))).toBe(false);
  });

  test.each<[MeasureId, Edit]>([
    ["toolRules", (c) => void Object.assign(safety(c)?.safety ?? {}, { approval_rules: [{ tools: true }] })],
    ["toolRules", (c) => void Object.assign(safety(c)?.safety ?? {}, { inputs: { tools: false } })],
    [
      "secretsInPrompts",
      (c) => void Object.assign(c.config.guardrails[0]?.litellm_params ?? {}, { guardrail: "hide-secrets" }),
    ],
    ["sixMonths", (c) => void Object.assign(c.cerberus.writer ?? {}, { retention_days: 184 })],
  ])("%s is off, and on where the setting is", (id, edit) => {
    expect(isOn(id, whole)).toBe(false);
    expect(isOn(id, edited(edit))).toBe(true);
  });

  test("the log decides what the log shows", () => {
    expect(isOn("auditIntact", whole, { ...intact, intact: false })).toBe(false);
    expect(isOn("auditSigned", whole, { ...intact, checkpoints: 0 })).toBe(false);
  });
});

test("a control is on, partly on, off, outside, or not known", () => {
  const stateOf = (id: string, configuration: Configuration | null) =>
    evaluate({ configuration, verification: intact }).find((control) => control.id === id)?.state;

  expect(stateOf("LLM10", whole)).toBe("on");
  expect(stateOf("LLM03", whole)).toBe("partly");
  expect(
    stateOf(
      "LLM10",
      edited((c) => void Object.assign(safety(c)?.safety ?? {}, { filter_output: false })),
    ),
  ).toBe("off");
  expect(stateOf("LLM07", whole)).toBe("outside");
  expect(stateOf("LLM10", null)).toBe("unknown");
});

test("from a log alone, what the log shows is still judged", () => {
  const control = evaluate({ configuration: null, verification: intact }).find(({ id }) => id === "CC7.3");

  expect(control?.measures.map(({ name, on }) => [name, on])).toEqual([
    ["Audit log", null],
    ["Signed record", true],
    ["Record verified", true],
    ["No record, no service", null],
  ]);
});

test("ten risks, each with a number of its own, and every measure is used", () => {
  const ids = frameworks[0]?.controls.map(({ id }) => id);
  const used = new Set(frameworks.flatMap(({ controls }) => controls.flatMap((control) => control.measures)));

  expect(ids).toEqual(["01", "02", "03", "04", "05", "06", "07", "08", "09", "10"].map((n) => `LLM${n}`));
  expect([...used].sort()).toEqual(Object.keys(measures).sort());
});

test("every proof is a command that there is, or a test that there is", () => {
  const { scripts } = JSON.parse(readFileSync(`${projectRoot}/package.json`, "utf8")) as {
    scripts: Record<string, string>;
  };
  for (const { proof } of Object.values<Measure>(measures)) {
    const command = /^npm run (\S+) -- /.exec(proof)?.[1];
    if (command !== undefined) expect(scripts, proof).toHaveProperty(command);
    else {
      const [file = "", name = ""] = proof.split(": ");
      expect(existsSync(`${projectRoot}/${file}`), proof).toBe(true);
      expect(readFileSync(`${projectRoot}/${file}`, "utf8"), proof).toContain(`"${name}"`);
    }
  }
});
