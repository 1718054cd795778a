import { expect, test } from "vitest";
import { isWildcard, nameMatcher } from "../infra/settings/schema/definitions/names.ts";
import { agentKey, call, chatBody, fresh, lookAt, stack } from "./gateway.ts";

interface Completion {
  readonly choices: readonly { readonly message: { readonly content: string } }[];
  readonly usage: { readonly total_tokens: number };
}

test("/v1/models lists the declared models, and no other but what stands behind their wildcards", async () => {
  const response = await call("/v1/models", { key: agentKey });
  expect(response.status, lookAt("litellm-1")).toBe(200);
  const { data } = (await response.json()) as { data: { id: string }[] };
  const listed = data.map(({ id }) => id);
  const isDeclared = nameMatcher(stack.models);
  expect(listed.filter((id) => !isDeclared(id))).toEqual([]);
  const named = stack.models.filter((name) => !isWildcard(name));
  expect(
    named.filter((name) => !listed.includes(name)),
    "compare what the stack's definitions say",
  ).toEqual([]);
});

test("a chat completion answers, with usage", async () => {
  const response = await call("/v1/chat/completions", { key: agentKey, body: chatBody(fresh("smoke")) });
  const text = await response.text();
  expect(response.status, `${text} (${lookAt("litellm-1")})`).toBe(200);
  const completion = JSON.parse(text) as Completion;
  expect(completion.choices[0]?.message.content).not.toBe("");
  expect(completion.usage.total_tokens).toBeGreaterThan(0);
});

test("a streamed completion arrives in pieces and ends", async () => {
  const body = chatBody(fresh("smoke stream"), { stream: true });
  const response = await call("/v1/chat/completions", { key: agentKey, body });
  expect(response.status, lookAt("litellm-1")).toBe(200);
  expect(response.headers.get("content-type")).toContain("text/event-stream");
  const events = (await response.text()).split("\n\n").filter((event) => event.startsWith("data: "));
  expect(events.length, lookAt("frontdoor")).toBeGreaterThan(2);
  expect(events.at(-1)).toBe("data: [DONE]");
});

test("a wrong key is refused", async () => {
  const response = await call("/v1/chat/completions", { key: "sk-wrong", body: chatBody("smoke") });
  expect(response.status).toBe(401);
});

test("no key is refused, and so is the way to the metrics", async () => {
  expect((await call("/v1/models")).status).toBe(401);
  expect((await call("/metrics/")).status).toBe(404);
});

test("the agent key may not administer", async () => {
  const response = await call("/key/generate", { key: agentKey, body: {} });
  expect([401, 403]).toContain(response.status);
});
