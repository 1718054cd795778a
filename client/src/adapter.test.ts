import type { AddressInfo } from "node:net";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import type { Behaviour, Seen } from "../../tests/upstream/behaviour.ts";
import { createUpstream } from "../../tests/upstream/server.ts";
import { LiteLLMAdapter } from "./adapter.ts";
import type { ChatChunk } from "./chat.ts";
import { bodyOf, serve } from "./testing.ts";

// What an adapter does against a provider that speaks the protocol (tests/upstream); refusals, approvals and prices are the
// gateway's own and are served here as it writes them.

const upstream = createUpstream();
let url: string;
beforeAll(async () => {
  await new Promise<void>((resolve) => upstream.listen(0, "127.0.0.1", resolve));
  url = `http://127.0.0.1:${(upstream.address() as AddressInfo).port}`;
});
afterAll(() => {
  upstream.closeAllConnections();
  upstream.close();
});
beforeEach(() => fetch(`${url}/control`, { method: "DELETE" }));

const behave = (behaviour: Partial<Behaviour>) =>
  fetch(`${url}/control/m`, { method: "PUT", body: JSON.stringify(behaviour) });
const seen = async () => (await (await fetch(`${url}/control`)).json()) as Seen[];
const adapterOf = (baseUrl: string, rest: object = {}) =>
  new LiteLLMAdapter({ baseUrl, apiKey: "sk-test-canary", timeoutMs: 5_000, ...rest });
const hi = { model: "litellm/m", messages: [{ role: "user", content: "hi" }] } as const;

async function failure(work: Promise<unknown>) {
  const error: unknown = await work.then(
    () => new Error("it did not fail"),
    (reason: unknown) => reason,
  );
  expect(JSON.stringify(error) + String(error)).not.toContain("sk-test-canary");
  return error;
}

async function all(stream: AsyncIterable<ChatChunk>): Promise<string> {
  let text = "";
  for await (const { choices } of stream) text += choices[0]?.delta.content ?? "";
  return text;
}

describe("a completion", () => {
  test("comes whole, with the model's own name and the key sent", async () => {
    const answer = await adapterOf(`${url}/v1/`).completeChat(hi);
    expect(answer.choices[0]?.message.content).toBe("An answer from the test upstream.");
    expect(await seen()).toMatchObject([{ model: "m", key: "sk-test-canary", streamed: false }]);
  });

  test("carries tools, JSON mode and whatever else as they are, and gives back the calls", async () => {
    let sent: unknown;
    const call = { id: "c1", type: "function", function: { name: "f", arguments: '{"a":1}' } };
    await using server = await serve(async (request, response) => {
      sent = JSON.parse(await bodyOf(request));
      response.setHeader("x-litellm-response-cost", "0.25").setHeader("x-litellm-call-id", "id-1");
      const message = { role: "assistant", content: null, tool_calls: [call] };
      response.end(
        JSON.stringify({
          id: "1",
          model: "m",
          choices: [{ index: 0, finish_reason: "tool_calls", message }],
        }),
      );
    });
    const parameters = {
      tools: [{ type: "function", function: { name: "f", parameters: { type: "object" } } }],
      tool_choice: "auto",
      response_format: { type: "json_object" },
      reasoning_effort: "low",
    } as const;
    const answer = await adapterOf(server.url).completeChat({ ...hi, ...parameters });
    expect(sent).toEqual({ model: "m", messages: hi.messages, ...parameters });
    expect(answer.choices[0]?.message.tool_calls).toEqual([call]);
    expect(answer.gateway).toEqual({ requestId: "id-1", costUsd: 0.25, cacheHit: false, fellBack: false });
  });

  test("is refused as a stream: that is another method", async () => {
    const error = await failure(adapterOf(url).completeChat({ ...hi, stream: true }));
    expect(error).toMatchObject({ kind: "invalid-request", param: "stream" });
  });

  test("is ended by the caller before it begins, too", async () => {
    const error = await failure(adapterOf(url).completeChat(hi, { signal: AbortSignal.abort() }));
    expect(error).toMatchObject({ kind: "aborted" });
    expect(await seen()).toEqual([]);
  });
});

describe("a stream", () => {
  test("comes piece by piece: the first before the second is made", async () => {
    await behave({ pieceDelayMs: 120 });
    const from = performance.now();
    const arrivals: number[] = [];
    for await (const chunk of adapterOf(url).streamChat(hi)) {
      if (chunk.choices[0]?.delta.content) arrivals.push(performance.now() - from);
    }
    expect(arrivals).toHaveLength(6);
    // The role goes first, so the first word comes after one wait; six words take five more.
    expect(arrivals[0]).toBeLessThan(120 * 3);
    expect((arrivals.at(-1) ?? 0) - (arrivals[0] ?? 0)).toBeGreaterThan(120 * 4);
  });

  test("that is cut off is an error, with what came before it", async () => {
    await behave({ cutAfterPieces: 3 });
    const chunks: ChatChunk[] = [];
    const work = (async () => {
      for await (const chunk of adapterOf(url).streamChat(hi)) chunks.push(chunk);
    })();
    expect(await failure(work)).toMatchObject({ kind: "unavailable" });
    expect(chunks).toHaveLength(3);
  });

  test("that stalls ends with the deadline", async () => {
    await behave({ pieceDelayMs: 10_000 });
    const from = performance.now();
    const error = await failure(all(adapterOf(url).streamChat(hi, { timeoutMs: 200 })));
    expect(error).toMatchObject({ kind: "deadline" });
    expect(performance.now() - from).toBeLessThan(2_000);
  });

  test("ends its connection when the reader stops early", async () => {
    let closed = false;
    await using server = await serve((_, response) => {
      response.writeHead(200, { "content-type": "text/event-stream" });
      const timer = setInterval(() => response.write('data: {"choices":[]}\n\n'), 5);
      response.on("close", () => {
        closed = true;
        clearInterval(timer);
      });
    });
    for await (const _ of adapterOf(server.url).streamChat(hi)) break;
    await expect.poll(() => closed).toBe(true);
  });

  const served = async (body: string, type = "text/event-stream") => {
    await using server = await serve((_, response) => {
      response.writeHead(200, { "content-type": type, "x-litellm-call-id": "id-2" }).end(body);
    });
    return await failure(all(adapterOf(server.url).streamChat(hi)));
  };
  test.each([
    ["half of a chunk", 'data: {"choices":[', "protocol"],
    ["a chunk that is no JSON", "data: {nope}\n\n", "protocol"],
    ["a chunk that is no object", "data: 7\n\n", "protocol"],
    ["a chunk of something else", 'data: {"a":1}\n\n', "protocol"],
    ["no end", 'data: {"choices":[]}\n\n', "protocol"],
    ["nothing at all", "", "protocol"],
    ["bytes that are no text", "\u0000\u0001\ufffd\n\n", "protocol"],
    [
      "an error of the gateway's in the middle",
      'data: {"error":{"code":"content_blocked","message":"no","type":"cerberus_refusal"}}\n\n',
      "content-blocked",
    ],
    [
      "an error of a provider's in the middle",
      'data: {"error":{"message":"x","code":"500"}}\n\n',
      "provider",
    ],
  ])("with %s is a typed error", async (_what, body, kind) => {
    expect(await served(body)).toMatchObject({ kind, requestId: "id-2" });
  });

  test("that is a page of a load balancer's is none", async () => {
    expect(await served("<html>", "text/html")).toMatchObject({ kind: "protocol", requestId: "id-2" });
  });
});

describe("what can go wrong", () => {
  test.each([
    ["JSON that is none of a gateway's", 200, '{"hello":1}', "protocol"],
    ["JSON that is no object", 200, "null", "protocol"],
    ["half of a JSON text", 200, '{"choices":[', "protocol"],
    ["a page of a load balancer's", 503, "<html><body>503 Service Unavailable", "unavailable"],
    ["a redirect", 302, "", "protocol"],
    [
      "a wrong key",
      401,
      '{"error":{"message":"Received API Key = sk-test-canary","type":"token_not_found_in_db","code":"401"}}',
      "authentication",
    ],
    [
      "an expired key",
      401,
      '{"error":{"message":"Key expired","type":"expired_key","code":"401"}}',
      "authentication",
    ],
  ])("%s is a typed error with advice", async (_what, status, body, kind) => {
    await using server = await serve((_, response) => {
      response.writeHead(status, { location: "http://127.0.0.1:1/", "x-litellm-call-id": "id-3" }).end(body);
    });
    const error = await failure(adapterOf(server.url, { maxRetries: 0 }).completeChat(hi));
    expect(error).toMatchObject({ kind, requestId: "id-3", status, advice: expect.stringMatching(/.+/) });
    expect(await failure(adapterOf(server.url, { maxRetries: 0 }).getUsageStats())).toMatchObject({ kind });
  });

  test("a gateway that is down is said, and is tried again", async () => {
    const error = await failure(adapterOf("http://127.0.0.1:1", { maxRetries: 1 }).completeChat(hi));
    expect(error).toMatchObject({ kind: "unavailable", cause: expect.anything() });
    expect(await adapterOf("http://127.0.0.1:1", { maxRetries: 0 }).validateProxyHealth()).toMatchObject({
      healthy: false,
      error: expect.stringContaining("connection"),
    });
  });

  test.each([true, false])(
    "an answer without end does not fill the memory (length said: %s)",
    async (said) => {
      await using server = await serve((_, response) => {
        if (said) response.setHeader("content-length", 1e12);
        const piece = Buffer.alloc(4 * 1024 * 1024, "x");
        const write = () => response.write(piece, () => response.destroyed || setImmediate(write));
        write();
      });
      const error = await failure(adapterOf(server.url, { timeoutMs: 20_000 }).completeChat(hi));
      expect(error).toMatchObject({ kind: "protocol", message: expect.stringContaining("longer than") });
    },
  );

  test("a circle in the request is the caller's mistake", async () => {
    const circle: Record<string, unknown> = {};
    circle["self"] = circle;
    expect(await failure(adapterOf(url).completeChat({ ...hi, circle }))).toMatchObject({
      kind: "invalid-request",
    });
  });

  test.each([
    [{ baseUrl: "localhost:4000" }, "baseUrl"],
    [{ apiKey: " " }, "apiKey is empty"],
    [{ apiKey: "sk-\u00e4" }, "apiKey holds"],
    [{ timeoutMs: 0 }, "timeoutMs is 0"],
    [{ timeoutMs: 2 ** 31 }, "timeoutMs is"],
    [{ maxRetries: -1 }, "maxRetries is -1"],
  ])("the option %j is refused", (option, says) => {
    expect(() => new LiteLLMAdapter({ baseUrl: url, apiKey: "sk-x", ...option })).toThrow(says);
  });
});
