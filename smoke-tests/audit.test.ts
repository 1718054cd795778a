import { expect, test } from "vitest";
import { auditLines, linesOf } from "./audit-log.ts";
import { agentKey, call, chatBody, eventually, fresh, lookAt, model, stack } from "./gateway.ts";

const audited = test.skipIf(stack.auditLog === null);

audited(
  "a completion is on record when its answer arrives: who, what, how much, and no word of it",
  async () => {
    const prompt = fresh("canary of the smoke test");
    const response = await call("/v1/chat/completions", { key: agentKey, body: chatBody(prompt) });
    const answer = (await response.json()) as { usage: Record<string, number> };
    const [line] = await linesOf(response.headers.get("x-litellm-call-id"));
    expect(line, lookAt("audit")).toMatchObject({
      event_type: "chat_completion_success",
      data: {
        requested_model: model,
        key_alias: stack.agentKeyAlias,
        status: 200,
        usage: { total_tokens: answer.usage["total_tokens"] },
        guardrails: expect.arrayContaining([expect.objectContaining({ guardrail: "cerberus_safety" })]),
      },
    });
    expect(line?.data["cost_usd"]).toBeCloseTo(Number(response.headers.get("x-litellm-response-cost")), 12);
    expect(JSON.stringify(line)).not.toContain(prompt);
  },
);

audited("a stream is on record twice: when it begins, and with its cost when it ends", async () => {
  const body = chatBody(fresh("smoke audit stream"), { stream: true });
  const response = await call("/v1/chat/completions", { key: agentKey, body });
  await response.text();
  const id = response.headers.get("x-litellm-call-id");
  const lines = await eventually(
    () => linesOf(id),
    (found) => found.length > 1,
  );
  expect(
    lines.map(({ event_type }) => event_type),
    lookAt("audit"),
  ).toEqual(["chat_completion_started", "chat_completion_success"]);
  expect(lines[1]?.data["cost_usd"], "the cost of a stream").toBeGreaterThan(0);
});

audited("a refused key is on record, by a digest alone", async () => {
  const wrong = `sk-wrong-${Math.random().toString(36).slice(2)}`;
  const response = await call("/v1/chat/completions", { key: wrong, body: chatBody("smoke") });
  expect(response.status).toBe(401);
  const lines = await eventually(auditLines, (all) =>
    all.some(({ event_type }) => event_type === "auth_denied"),
  );
  expect(
    lines.some(({ event_type }) => event_type === "auth_denied"),
    lookAt("audit"),
  ).toBe(true);
  expect(JSON.stringify(lines)).not.toContain(wrong);
});
