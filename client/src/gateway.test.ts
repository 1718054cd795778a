import { describe, expect, test } from "vitest";
import { LiteLLMAdapter } from "./adapter.ts";
import type { ModelRow } from "./cost.ts";
import type { ErrorKind } from "./errors.ts";
import { AgentSession } from "./session.ts";
import { bodyOf, serve } from "./testing.ts";

// Approvals, prices and sessions, against a server that answers as the gateway does.

const price = { input_cost_per_token: 0.001, output_cost_per_token: 0.01 };
const rows: ModelRow[] = [
  { model_name: "m", litellm_params: { max_tokens: 100 }, model_info: price },
  {
    model_name: "m",
    litellm_params: { max_tokens: 50 },
    model_info: { ...price, output_cost_per_token: 0.04 },
  },
  { model_name: "free", model_info: {} },
];
const hi = { model: "m", messages: [{ role: "user", content: "hi" }] } as const;

interface Gateway {
  /** Answers to completions, in this order; the last one again and again. */
  readonly completions?: readonly {
    readonly status?: number;
    readonly body?: object;
    readonly costUsd?: number;
  }[];
}

async function gateway({ completions = [] }: Gateway) {
  const calls: { path: string; approval: string | undefined }[] = [];
  const done = {
    choices: [{ index: 0, finish_reason: "stop", message: { role: "assistant", content: "ok" } }],
  };
  let at = 0;
  const server = await serve(async (request, response) => {
    await bodyOf(request);
    const path = request.url ?? "";
    const approval = request.headers["x-cerberus-approval-id"];
    calls.push({ path, approval: approval === undefined ? undefined : String(approval) });
    const free: Record<string, object> = {
      "/model/info": { data: rows },
      "/utils/token_counter": { total_tokens: 10 },
      "/key/info": {
        info: {
          spend: 30,
          max_budget: 50,
          budget_duration: "30d",
          budget_reset_at: "2026-12-01T00:00:00Z",
          rpm_limit: 60,
          models: ["m"],
        },
      },
    };
    if (free[path] !== undefined) return response.end(JSON.stringify(free[path]));
    const { status = 200, body = done, costUsd } = completions[Math.min(at++, completions.length - 1)] ?? {};
    if (costUsd !== undefined) response.setHeader("x-litellm-response-cost", costUsd);
    response.writeHead(status).end(JSON.stringify(body));
  });
  const completionsSeen = () => calls.filter(({ path }) => path === "/v1/chat/completions");
  return Object.assign(server, { calls, completionsSeen });
}

const required = (state: "pending" | "approved", expiresInMs = 60_000) => ({
  status: 403,
  body: {
    error: {
      ...{ type: "cerberus_refusal", code: "approval_required", message: "wait", approval_id: "apr_1" },
      ...{
        approval_status: state,
        estimate_usd: 7,
        expires_at: new Date(Date.now() + expiresInMs).toISOString(),
      },
    },
  },
});
const refused = (code: string) => ({
  status: 403,
  body: { error: { type: "cerberus_refusal", code, message: "no" } },
});
const adapterOf = (baseUrl: string, rest: object = {}) =>
  new LiteLLMAdapter({ baseUrl, apiKey: "sk-x", timeoutMs: 5_000, ...rest });
const kindOf = (work: Promise<unknown>): Promise<ErrorKind | undefined> =>
  work.then(
    () => undefined,
    (error: { kind?: ErrorKind }) => error.kind,
  );

describe("an approval", () => {
  test("is asked for once and waited for; then the same request goes again with its id", async () => {
    await using server = await gateway({
      completions: [required("pending"), required("pending"), required("approved"), {}],
    });
    const asked: unknown[] = [];
    const onApprovalRequired = (error: { approvalId?: string; estimateUsd?: number }) => {
      asked.push([error.approvalId, error.estimateUsd]);
      return "proceed" as const;
    };
    const answer = await adapterOf(server.url, { onApprovalRequired }).completeChat(hi);
    expect(answer.choices[0]?.message.content).toBe("ok");
    expect(asked).toEqual([["apr_1", 7]]);
    expect(server.completionsSeen().map(({ approval }) => approval)).toEqual([
      undefined,
      "apr_1",
      "apr_1",
      "apr_1",
    ]);
  }, 15_000);

  test.each([
    ["without anybody to ask", {}, [required("pending")], "approval-required", 1],
    [
      "that nobody waits for",
      { onApprovalRequired: () => "stop" },
      [required("pending")],
      "approval-required",
      1,
    ],
    [
      "that is denied",
      { onApprovalRequired: () => "proceed" },
      [required("approved"), refused("approval_denied")],
      "approval-refused",
      2,
    ],
    [
      "that has lapsed",
      { onApprovalRequired: () => "proceed" },
      [required("pending", -1_000)],
      "approval-required",
      1,
    ],
  ])("%s ends the call", async (_what, options, completions, kind, count) => {
    await using server = await gateway({ completions });
    expect(await kindOf(adapterOf(server.url, options).completeChat(hi))).toBe(kind);
    expect(server.completionsSeen()).toHaveLength(count);
  });

  test("that the caller has already goes with the first request", async () => {
    await using server = await gateway({});
    await adapterOf(server.url).completeChat(hi, { approvalId: "apr_2" });
    expect(server.completionsSeen()).toMatchObject([{ approval: "apr_2" }]);
  });

  test("is no longer waited for once the caller ends the call", async () => {
    await using server = await gateway({ completions: [required("pending")] });
    const ending = new AbortController();
    const adapter = adapterOf(server.url, { onApprovalRequired: () => "proceed" });
    setTimeout(() => ending.abort(), 100);
    expect(await kindOf(adapter.completeChat(hi, { signal: ending.signal }))).toBe("aborted");
  });

  test.each([
    ["proceed", undefined, 1],
    ["stop", "approval-required", 0],
  ])("of this client's own rules: %s", async (decision, kind, count) => {
    await using server = await gateway({});
    let asked = 0;
    const onApprovalRequired = (error: { approvalId?: string }) => {
      asked += 1;
      expect(error.approvalId).toBeUndefined();
      return decision;
    };
    const safety = { requireApprovalOverUsd: 1 };
    expect(await kindOf(adapterOf(server.url, { safety, onApprovalRequired }).completeChat(hi))).toBe(kind);
    expect([asked, server.completionsSeen().length]).toEqual([1, count]);
  });
});

describe("money", () => {
  test("an estimate is that of the dearest deployment", async () => {
    await using server = await gateway({});
    const found = await adapterOf(server.url).getCostEstimate({ ...hi, n: 2 });
    expect(found).toMatchObject({
      inputTokens: 10,
      outputTokens: 200,
      estimatedCostUsd: 10 * 0.001 + 100 * 0.04,
    });
  });

  test.each([
    [{ max_tokens: 7 }, 7],
    [{ max_completion_tokens: 7, n: 3 }, 21],
  ])("%j bounds the output", async (more, outputTokens) => {
    await using server = await gateway({});
    expect(await adapterOf(server.url).getCostEstimate({ ...hi, ...more })).toMatchObject({ outputTokens });
  });

  test("the worst case is the gateway's: 1000 tokens, every byte, 8 a part; unknown without a limit of output", async () => {
    await using server = await gateway({});
    const adapter = adapterOf(server.url);
    // {model, messages: [{role, content}], max_tokens}: texts m, user and hi; 5 keys of 33 bytes, 4 more for each; 6 parts and 1 number.
    const input = 1_000 + (1 + 4 + 2) + (5 + 8 + 4 + 7 + 10 + 5 * 4) + 8 * 7;
    const { worstCaseUsd } = await adapter.getCostEstimate({ ...hi, max_tokens: 10 });
    expect(worstCaseUsd).toBeCloseTo(input * 0.001 + 10 * 0.04, 9);
    expect((await adapter.getCostEstimate(hi)).worstCaseUsd).toBeUndefined();
  });

  test.each([
    ["nope", "not-found"],
    ["free", "limit"],
  ])("the model %s has no estimate", async (model, kind) => {
    await using server = await gateway({});
    expect(await kindOf(adapterOf(server.url).getCostEstimate({ ...hi, model }))).toBe(kind);
  });

  test("a request that may cost too much does not leave", async () => {
    await using server = await gateway({});
    const adapter = adapterOf(server.url, {
      safety: { maxBudgetPerRequestUsd: 5, maxTokensPerRequest: 1_000 },
    });
    expect(await kindOf(adapter.completeChat(hi))).toBe("limit");
    expect(await kindOf(adapter.completeChat({ ...hi, max_tokens: 20 }))).toBeUndefined();
    expect(server.completionsSeen()).toHaveLength(1);
    // Prices are read once for both.
    expect(server.calls.filter(({ path }) => path === "/model/info")).toHaveLength(1);
  });

  test("the key's budget", async () => {
    await using server = await gateway({});
    const adapter = adapterOf(server.url);
    expect(await adapter.checkBudgetLimit(20)).toEqual({
      withinBudget: true,
      spentUsd: 30,
      remainingBudgetUsd: 20,
    });
    expect((await adapter.checkBudgetLimit(20.01)).withinBudget).toBe(false);
    expect((await adapter.getUsageStats()).budgetResetsAt).toEqual(new Date("2026-12-01T00:00:00Z"));
  });
});

describe("a session", () => {
  const limits = { model: "m", priceLimitUsd: 10, maxIterations: 3 };
  const turn = { messages: hi.messages, max_tokens: 100 };

  test("counts what a turn really cost", async () => {
    await using server = await gateway({ completions: [{ costUsd: 0.5 }] });
    const session = new AgentSession(adapterOf(server.url), limits);
    await session.completeChat(turn);
    expect([session.spentUsd, session.iterations]).toEqual([0.5, 1]);
  });

  test("ends with its turns", async () => {
    await using server = await gateway({ completions: [{ costUsd: 0 }] });
    const session = new AgentSession(adapterOf(server.url), { ...limits, maxIterations: 1 });
    await session.completeChat(turn);
    await expect(session.completeChat(turn)).rejects.toMatchObject({
      kind: "limit",
      code: "iteration_limit",
    });
  });

  test("ends with its money, also where turns run at once", async () => {
    await using server = await gateway({ completions: [{ costUsd: 4 }] });
    const session = new AgentSession(adapterOf(server.url), limits);
    // Each may cost 4.01 USD: two of three fit into 10.
    const outcomes = await Promise.allSettled([
      session.completeChat(turn),
      session.completeChat(turn),
      session.completeChat(turn),
    ]);
    const refusals = outcomes.flatMap((outcome) => (outcome.status === "rejected" ? [outcome.reason] : []));
    expect(refusals).toMatchObject([{ kind: "limit", code: "price_limit" }]);
    expect(session.spentUsd).toBe(8);
  });

  test.each([
    [500, 4.01],
    [400, 0],
  ])("counts a turn that failed with %i as %s USD", async (status, spent) => {
    await using server = await gateway({ completions: [{ status, body: {} }] });
    const session = new AgentSession(adapterOf(server.url), limits);
    await expect(session.completeChat(turn)).rejects.toThrow();
    expect(session.spentUsd).toBeCloseTo(spent, 9);
  });
});
