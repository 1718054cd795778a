import { describe, expect, test } from "vitest";
import type { GatewayInput } from "../../infra/catalog/define.ts";
import type { Risk } from "./consequence.ts";
import { consequences } from "./consequences.ts";
import { renderedChanges } from "./rendered-diff.ts";
import { asMarkdown, asText, hasChanges, makeReport } from "./report.ts";
import { readSteps, type Step } from "./steps.ts";
import { demo, meaning, step, uploads, writer } from "./testing.ts";

const guard: NonNullable<GatewayInput["guardrails"]>[number] = {
  name: "words",
  type: "content-filter",
  blockedWords: [{ keyword: "x", action: "BLOCK" }],
};
const base: GatewayInput = {
  models: [demo("a"), demo("b")],
  fallbacks: { general: { a: ["b"] } },
  guardrails: [guard],
};

describe("definitions", () => {
  const change = (definitions: GatewayInput, config?: Record<string, unknown>) =>
    meaning(writer(uploads(base), uploads(definitions, config)));

  test("nothing changed means nothing", () => {
    expect(change(base)).toEqual([]);
  });

  test.each<[string, GatewayInput, Risk, string]>([
    ["a removed guardrail", { ...base, guardrails: [] }, "high", "the guardrail words would be removed"],
    [
      "a weakened one",
      { ...base, guardrails: [{ ...guard, defaultOn: false }] },
      "high",
      "would no longer run on every request",
    ],
    [
      "a changed one",
      { ...base, guardrails: [{ ...guard, mode: "post_call" }] },
      "high",
      "would no longer check prompts before they leave",
    ],
    [
      "a removed model",
      { ...base, models: [demo("a")], fallbacks: {} },
      "high",
      "the deployment b-demo would be removed",
    ],
    ["a fallback that goes", { ...base, fallbacks: {} }, "medium", "a would have no fallbacks any more"],
    [
      "a new model",
      { ...base, models: [...base.models, demo("c")] },
      "low",
      "the deployment c-demo would be added",
    ],
  ])("%s", (_what, definitions, risk, text) => {
    const found = change(definitions);
    expect(
      found.some(([r, t]) => r === risk && t.includes(text)),
      JSON.stringify(found),
    ).toBe(true);
  });

  test("a model in between moves no other", () => {
    const found = change({ ...base, models: [demo("a"), demo("aa"), demo("b")] });
    expect(found).toEqual([["low", "the deployment aa-demo would be added"]]);
  });

  test("budgets that rise weigh more than those that fall", () => {
    expect(change(base, { budget: { maxUsd: 5000 } })).toEqual([
      ["medium", "the gateway's budget would rise from 1000 to 5000 USD"],
    ]);
    expect(change(base, { budget: { maxUsd: 5 } })).toEqual([
      ["low", "the gateway's budget would fall from 1000 to 5 USD"],
    ]);
  });

  test("a door that opens is said, whatever opened it", () => {
    const open = uploads(base).map(({ file, content }) => ({
      file,
      content: content.replace("turn_off_message_logging: true", "turn_off_message_logging: false"),
    }));
    expect(meaning(writer(uploads(base), open))).toEqual([
      ["high", "prompts and answers would be written to logs"],
    ]);
  });
});

describe("resources", () => {
  test("a data volume that goes is data loss, before everything else", () => {
    const found = meaning(
      step("litellm-1-container", "Container", { before: { name: "dev-litellm-1" } }),
      step("postgres-data", "Volume", { op: "delete", before: { name: "dev-postgres-data" } }),
    );
    expect(found[0]).toEqual(["data loss", "the volume dev-postgres-data and all its data would be removed"]);
  });

  test("protection that ends is said", () => {
    const found = meaning(step("postgres-data", "Volume", { op: "update", wasProtected: true }));
    expect(found).toEqual([["high", "postgres-data would no longer be protected from being destroyed"]]);
  });

  test("one of two replicas restarts without an outage, a lone one does not", () => {
    const replica = (n: number, op: string) =>
      step(`litellm-${n}-container`, "Container", { op, before: { name: `dev-litellm-${n}` } });
    expect(meaning(replica(1, "replace"), replica(2, "replace")).map(([risk]) => risk)).toEqual([
      "low",
      "low",
    ]);
    expect(meaning(replica(1, "replace")).map(([risk]) => risk)).toEqual(["medium"]);
  });

  test("an agent key that loses a model is high, one that may spend more medium", () => {
    const key = {
      alias: "cerberus-agent",
      models: ["a", "b"],
      maxBudgetUsd: 50,
      requestsPerMinute: 60,
      key: "[secret]",
    };
    const found = meaning(
      step("agent-key", "Resource", {
        op: "update",
        type: "pulumi-nodejs:dynamic:Resource",
        before: key,
        after: { ...key, models: ["a"], maxBudgetUsd: 90 },
      }),
    );
    expect(found).toEqual([
      ["high", "the agent key would lose b"],
      ["medium", "the agent key's budget would rise from 50 to 90 USD"],
    ]);
  });
});

describe("another value of the agent key", () => {
  const key = { alias: "cerberus-agent", models: ["a"], key: "[secret]" };
  const second = { ...key, generation: 2 };
  const day = "2026-12-02";
  const changes = (before: object, after: object) =>
    meaning(
      step("agent-key", "Resource", {
        op: "update",
        type: "pulumi-nodejs:dynamic:Resource",
        before: { ...before },
        after: { ...after },
      }),
    );

  test.each([
    [
      "with an overlap, in a state of before there were generations",
      key,
      { ...second, formerUntil: day },
      ["medium", `the agent key gets a new value; the former one stays valid up to ${day}`],
    ],
    [
      "at once",
      { ...key, generation: 1 },
      second,
      [
        "high",
        "the agent key gets a new value; the former one ends at once: whoever uses it needs the new one",
      ],
    ],
    [
      "whose overlap ends",
      { ...second, formerUntil: day },
      second,
      ["medium", "the agent key's former value would end"],
    ],
  ])("%s", (_what, before, after, says) => {
    expect(changes(before, after)).toEqual([says]);
  });
});

describe("report", () => {
  const urn =
    "urn:pulumi:dev::cerberus-gateway::cerberus:gateway:Stack$docker:index/volume:Volume::postgres-data";

  test("Pulumi's own JSON is read, anything else is said", () => {
    const [only] = readSteps(
      JSON.stringify({ steps: [{ op: "delete", urn, oldState: { inputs: { name: "v" }, protect: true } }] }),
    );
    expect(only).toMatchObject({
      op: "delete",
      type: "docker:index/volume:Volume",
      name: "postgres-data",
      wasProtected: true,
    });
    expect(() => readSteps("no JSON")).toThrow(/no JSON/);
    expect(() => readSteps('{"steps": 7}')).toThrow(/another shape/);
  });

  test("our own code that changes is one line, whoever has its digest", () => {
    const holder = (service: string): Step => {
      const digest = (content: string) => ({
        uploads: [{ file: "/files/cerberus_gateway/DIGEST", content }],
      });
      return step(`${service}-config-writer`, "Container", { before: digest("a"), after: digest("b") });
    };
    expect(renderedChanges([holder("litellm"), holder("audit")])).toEqual([
      { file: "plugins/cerberus_gateway", path: [] },
    ]);
  });

  test("text and Markdown say the same, and a comment can be found again", () => {
    const steps = [writer(uploads(base), uploads({ ...base, guardrails: [] }))];
    const files = renderedChanges(steps);
    const report = makeReport("dev", steps, consequences(steps, files), files);
    expect(hasChanges(report)).toBe(true);
    for (const text of [asText(report), asMarkdown(report)]) {
      expect(text).toContain("the guardrail words would be removed");
      expect(text).toContain("litellm/config.yaml: guardrails.words");
    }
    expect(asMarkdown(report).split("\n")[0]).toBe("<!-- cerberus-preview:dev -->");
    expect(hasChanges(makeReport("dev", [step("x", "Volume", { op: "same" })], [], []))).toBe(false);
  });
});
