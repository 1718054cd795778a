import type { AddressInfo } from "node:net";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import type { Behaviour } from "./behaviour.ts";
import { createUpstream } from "./server.ts";

const server = createUpstream();
let url: string;
beforeAll(async () => {
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(() => server.close());
beforeEach(() => fetch(`${url}/control`, { method: "DELETE" }));

const post = (path: string, body: object, headers: Record<string, string> = { authorization: "Bearer k" }) =>
  fetch(url + path, { method: "POST", headers, body: JSON.stringify(body) });
const behave = (model: string, behaviour: Partial<Behaviour>) =>
  fetch(`${url}/control/${model}`, { method: "PUT", body: JSON.stringify(behaviour) });
const chat = { model: "m", messages: [{ role: "user", content: "two words" }] };

test("an OpenAI answer adds up, and what was asked is seen", async () => {
  const answer = (await (await post("/v1/chat/completions", { ...chat, max_tokens: 7 })).json()) as {
    usage: { prompt_tokens: number; completion_tokens: number; total_tokens: number };
  };
  expect(answer.usage.total_tokens).toBe(answer.usage.prompt_tokens + answer.usage.completion_tokens);
  expect(await (await fetch(`${url}/control`)).json()).toEqual([
    {
      path: "/v1/chat/completions",
      model: "m",
      streamed: false,
      key: "k",
      maxTokens: 7,
      prompt: '[[],[{"role":"user","content":"two words"}]]',
    },
  ]);
});

test("both streams end as their protocols say", async () => {
  const openai = await (await post("/v1/chat/completions", { ...chat, stream: true })).text();
  expect(openai.trimEnd().endsWith("data: [DONE]")).toBe(true);
  const anthropic = await (
    await post("/v1/messages", { ...chat, stream: true }, { "x-api-key": "k" })
  ).text();
  expect(anthropic).toMatch(/^event: message_start\n/);
  expect(anthropic.trimEnd().split("\n\n").at(-1)).toMatch(/^event: message_stop/);
});

test("errors, waits and cuts come when they are asked for", async () => {
  await behave("m", { status: 429, retryAfterSeconds: 3 });
  const limited = await post("/v1/chat/completions", chat);
  expect([limited.status, limited.headers.get("retry-after")]).toEqual([429, "3"]);
  await behave("m", { cutAfterPieces: 2 });
  await expect((await post("/v1/chat/completions", { ...chat, stream: true })).text()).rejects.toThrow();
  await behave("m", { delayMs: 200 });
  const from = performance.now();
  await post("/v1/messages", chat);
  expect(performance.now() - from).toBeGreaterThan(190);
});

test("no key is 401, an unknown path 404, broken JSON 400", async () => {
  expect((await post("/v1/messages", chat, {})).status).toBe(401);
  expect((await fetch(`${url}/v1/else`)).status).toBe(404);
  expect((await fetch(`${url}/v1/messages`, { method: "POST", body: "{" })).status).toBe(400);
});
