import { describe, expect, test } from "vitest";
import { fileChange, meaning, step } from "../testing.ts";

const container = (
  name: string,
  before: Record<string, unknown> | undefined,
  after: Record<string, unknown> | undefined,
  op = "replace",
) =>
  step(`${name}-container`, "Container", {
    op,
    before: before && { name: `dev-${name}`, ...before },
    after: after && { name: `dev-${name}`, ...after },
  });
const same = (name: string, change: Record<string, unknown>, to: Record<string, unknown>) =>
  meaning(container(name, change, to, "update"));

describe("containers", () => {
  test("how long an outage may be is said in seconds", () => {
    const run = { healthcheck: { startPeriod: "2m0s" }, destroyGraceSeconds: 620 };
    expect(meaning(container("litellm-1", run, run))).toEqual([
      [
        "medium",
        "dev-litellm-1 would restart: requests fail until it is healthy again, which may take up to 120 s; " +
          "before that, up to 620 s in which running requests end",
      ],
    ]);
  });

  test("what a service's outage means is said", () => {
    const texts = ["frontdoor", "postgres", "redis-coordination", "audit"].map(
      (name) => meaning(container(name, {}, {}))[0],
    );
    expect(texts.map((found) => found?.[0])).toEqual(["medium", "medium", "medium", "medium"]);
    expect(texts[0]?.[1]).toContain("no request gets in");
    expect(meaning(container("prometheus", {}, {}))).toEqual([["low", "dev-prometheus would restart"]]);
  });

  test.each<[string, Record<string, unknown>, Record<string, unknown>, [string, string]]>([
    [
      "a port beyond this machine",
      { ports: [{ internal: 4000, external: 4000, ip: "127.0.0.1" }] },
      { ports: [{ internal: 4000, external: 4000, ip: "0.0.0.0" }] },
      ["high", "dev-x would be published beyond this machine, on 0.0.0.0:4000"],
    ],
    [
      "a port on every address",
      { ports: [] },
      { ports: [{ internal: 1, external: 1 }] },
      ["high", "dev-x would be published beyond this machine, on every address:1"],
    ],
    [
      "another port",
      { ports: [{ internal: 4000, external: 4000, ip: "127.0.0.1" }] },
      { ports: [{ internal: 4000, external: 4100, ip: "127.0.0.1" }] },
      ["medium", "dev-x would be found at port 4100 instead of 4000: clients must follow"],
    ],
    [
      "less memory",
      { memory: 2048 },
      { memory: 512 },
      ["medium", "dev-x would have 512 instead of 2048 MiB of memory"],
    ],
    ["more cores", { cpus: "1.0" }, { cpus: "2.0" }, ["low", "dev-x would have 2 instead of 1 cores"]],
    [
      "a writable root",
      { readOnly: true },
      { readOnly: false },
      ["high", "dev-x could write to its own files"],
    ],
    [
      "capabilities",
      { capabilities: { drops: ["ALL"] } },
      {},
      ["high", "dev-x would keep capabilities of root"],
    ],
    [
      "the host's network",
      {},
      { networkMode: "host" },
      ["high", "dev-x would run in the host's own network"],
    ],
  ])("%s", (_what, before, after, found) => {
    expect(same("x", before, after)).toEqual([found]);
  });

  test("one replica of two is left alone", () => {
    const found = meaning(
      container("litellm-1", {}, {}, "same"),
      container("litellm-2", {}, undefined, "delete"),
    );
    expect(found).toEqual([
      ["medium", "1 instead of 2 LiteLLM replicas would run: no other one serves while it restarts"],
      ["medium", "dev-litellm-2 would be removed"],
    ]);
  });
});

describe("images", () => {
  const images = (before: string, after: string) =>
    meaning(container("litellm-1", { image: before }, { image: after }, "update"));

  test("a release with known holes is high, with its advisories", () => {
    const found = images("x/litellm:v1.108.12", "x/litellm:v1.82.7");
    expect(found.filter(([risk]) => risk === "high").map(([, text]) => text)).toEqual(
      expect.arrayContaining([
        "LiteLLM 1.82.7 has a known hole: the package on PyPI steals credentials (PYSEC-2026-2)",
        "LiteLLM would go back from 1.108.12 to 1.82.7: the database's schema may be too new for it",
      ]),
    );
  });

  test("one that mends holes says which", () => {
    const found = images("x/litellm:v1.83.14", "x/litellm:v1.108.12");
    expect(found).toContainEqual(["low", "LiteLLM 1.108.12 mends CVE-2026-49468"]);
    expect(
      found.some(([risk, text]) => risk === "medium" && text.includes("no release is known to mend it")),
    ).toBe(true);
  });
});

describe("keys", () => {
  const key = { alias: "team-a", models: ["a"], maxBudgetUsd: 5, budgetPeriod: "30d", requestsPerMinute: 60 };
  const turn = (op: string, before: object | undefined, after: object | undefined) =>
    meaning(step("k", "x", { op, type: "pulumi-nodejs:dynamic:Resource", before, after } as never));

  test("one that goes is revoked", () => {
    expect(turn("delete", key, undefined)).toEqual([
      ["high", "the key team-a would be revoked: whoever uses it gets errors"],
    ]);
  });

  test.each([
    [
      { models: ["b"] },
      [
        ["high", "the key team-a would lose a"],
        ["low", "the key team-a could call b"],
      ],
    ],
    [
      { requestsPerMinute: 90 },
      [["medium", "the key team-a's rate limit would rise from 60 to 90 per minute"]],
    ],
    [{ maxBudgetUsd: undefined }, [["high", "the key team-a's budget would go: it is 5 USD today"]]],
    [
      { budgetPeriod: "1d" },
      [["medium", "the key team-a's budget would be renewed every 1d instead of every 30d"]],
    ],
  ])("%j", (other, found) => {
    expect(turn("update", key, { ...key, ...other })).toEqual(found);
  });
});

describe("doors of the whole gateway", () => {
  const audit = {
    audit: { content: "digest", when_unavailable: "refuse" },
    approvals: { four_eyes: true },
    writer: { retention_days: 180 },
  };

  test.each<[string, object, [string, string]]>([
    ["no audit", { audit: null }, ["high", "requests would no longer be audited"]],
    [
      "stored prompts",
      { audit: { ...audit.audit, content: "masked" } },
      ["high", "prompts and answers would start being stored in the audit log, with personal data masked"],
    ],
    [
      "requests without a line",
      { audit: { ...audit.audit, when_unavailable: "allow" } },
      ["high", "requests would pass without an audit line when the audit log is away"],
    ],
    ["no approvals", { approvals: null }, ["high", "no request would need approval any more"]],
    ["two eyes", { approvals: { four_eyes: false } }, ["high", "people could approve their own requests"]],
    [
      "a shorter memory",
      { writer: { retention_days: 30 } },
      ["high", "audit lines would be kept for 30 instead of 180 days: older ones go"],
    ],
  ])("%s", (_what, other, found) => {
    expect(
      fileChange("cerberus.json", JSON.stringify(audit), JSON.stringify({ ...audit, ...other })),
    ).toEqual([found]);
  });

  test.each<[string, object, object, [string, string]]>([
    [
      "prompts in the database",
      {},
      { general_settings: { store_prompts_in_spend_logs: true } },
      ["high", "prompts and answers would be stored in the database"],
    ],
    [
      "another callback",
      { litellm_settings: { callbacks: ["prometheus"] } },
      { litellm_settings: { callbacks: ["prometheus", "langfuse"] } },
      ["high", "every call would also be reported to langfuse"],
    ],
    [
      "a budget that is renewed sooner",
      { litellm_settings: { budget_duration: "30d" } },
      { litellm_settings: { budget_duration: "7d" } },
      ["medium", "the gateway's budget would be renewed every 7d instead of every 30d"],
    ],
    [
      "no budget",
      { litellm_settings: { max_budget: 9 } },
      { litellm_settings: {} },
      ["high", "the gateway's budget would go: it is 9 USD today"],
    ],
  ])("%s", (_what, before, after, found) => {
    expect(fileChange("config.yaml", JSON.stringify(before), JSON.stringify(after))).toEqual([found]);
  });
});
