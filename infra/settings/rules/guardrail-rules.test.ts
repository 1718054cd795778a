import { describe, expect, test } from "vitest";
import type { GatewayInput } from "../../catalog/define.ts";
import { parse, refused, warned } from "./small-gateway.ts";

describe("guardrails", () => {
  const presidio = {
    name: "cerberus_safety",
    type: "presidio",
    mode: "during_call",
    analyzerUrl: "http://a:1",
    anonymizerUrl: "http://b:1",
    entities: { CREDIT_CARD: "MASK" },
  } as const;

  test("Presidio beside the call masks nothing, so it is moved before it, and that is said", () => {
    const { settings } = parse({ guardrails: [presidio] });
    expect(settings.guardrails).toMatchObject([{ name: "cerberus_safety_presidio", mode: "pre_call" }]);
    expect(warned({ guardrails: [presidio] })).toEqual([
      expect.stringContaining('beside it as "cerberus_safety_presidio"'),
      expect.stringContaining('"cerberus_safety" runs as pre_call instead'),
    ]);
    const other = { ...presidio, name: "pii", mode: ["pre_call", "post_call"] } as const;
    expect(warned({ guardrails: [{ ...other, mode: ["pre_call", "post_call"] }] })).toEqual([]);
  });

  test.each([
    [
      "a filter that masks beside the call",
      {
        name: "f",
        type: "content-filter",
        mode: "during_call",
        patterns: [{ prebuilt: "us_ssn", action: "MASK" }],
      },
      "guardrails[0].mode: during_call runs beside the model call",
    ],
    [
      "an unknown pattern",
      { name: "f", type: "content-filter", patterns: [{ prebuilt: "us_snn" }] },
      '"us_snn" (did you mean "us_ssn"?)',
    ],
    [
      "an unknown category",
      { name: "f", type: "content-filter", categories: [{ category: "harmful_violense" }] },
      '(did you mean "harmful_violence"?)',
    ],
    ["an unknown type", { name: "f", type: "other", guardrail: "lakera_v3" }, '(did you mean "lakera_v2"?)'],
  ] as [string, object, string][])("%s is refused", (_, guardrail, says) => {
    expect(refused({ guardrails: [guardrail] } as unknown as Partial<GatewayInput>)).toEqual([
      expect.stringContaining(says),
    ]);
  });

  test("a filter that blocks may run beside the call", () => {
    const words = [{ keyword: "secret", action: "BLOCK" as const }];
    expect(
      refused({
        guardrails: [{ name: "f", type: "content-filter", mode: "during_call", blockedWords: words }],
      }),
    ).toEqual([]);
  });

  test("one that a path asks for is defined", () => {
    const endpoint = { path: "/p", target: "http://p:1", usdPerRequest: 0, guardrails: ["wrods"] };
    const words = { name: "words", type: "content-filter" } as const;
    expect(refused({ guardrails: [words], passThroughEndpoints: [endpoint] })).toEqual([
      expect.stringContaining('no guardrail is called "wrods" (did you mean "words"?)'),
    ]);
  });
});

describe("a prod stack's guardrail", () => {
  const waiver = { reason: "test of the rule", expires: "2099-01-01" };
  const prod = { profile: "prod", images: { waivers: { "CVE-2026-114612": waiver } } };
  const guard = { name: "g", type: "generic-api", url: "http://g:1" } as const;

  test.each([
    ["none", [], true],
    ["one before the call", [guard], false],
    ["one that not every request has", [{ ...guard, defaultOn: false }], true],
    ["one after the call", [{ ...guard, mode: "post_call" }], true],
    ["one that lets pass what it can't check", [{ ...guard, whenUnreachable: "pass" }], true],
  ] as [string, GatewayInput["guardrails"], boolean][])("%s", (_, guardrails, isRefused) => {
    expect(refused({ guardrails, safety: { enabled: false } }, prod)).toEqual(
      isRefused ? [expect.stringContaining("the prod profile needs a guardrail")] : [],
    );
  });
});
