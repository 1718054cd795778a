import { describe, expect, test } from "vitest";
import { litellmRelease } from "../images/catalog.ts";
import { callbackFacts } from "../settings/callbacks.ts";
import { providerFacts } from "../settings/providers.ts";
import { knownKeys } from "./ghost-keys.ts";
import { failureSwitches } from "./guardrail-failures.ts";
import { knownValues } from "./known-values.ts";

// What we believe of LiteLLM, held against each release that a stack may run.

describe.each(Object.values(litellmRelease))("LiteLLM %s", (release) => {
  const values = knownValues(release);
  const { sections, passedOn } = knownKeys(release);

  test("has every callback by the name we give it", () => {
    for (const { name } of Object.values(callbackFacts)) expect(values.callbacks).toContain(name);
  });

  test("has every provider by the prefix we give it", () => {
    for (const { prefix } of Object.values(providerFacts)) expect(values.providers).toContain(prefix);
  });

  test.each(Object.entries(failureSwitches))("reads what tells %s to refuse or to pass", (type, switches) => {
    const params = "guardrails[].litellm_params";
    expect(values.guardrailTypes).toContain(type);
    for (const name of Object.keys(switches))
      expect([...(sections[params] ?? []), ...(passedOn[params] ?? [])]).toContain(name);
  });
});
