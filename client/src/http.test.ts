import { describe, expect, test } from "vitest";
import { Http } from "./http.ts";
import { serve } from "./testing.ts";

const http = (baseUrl: string, rest: object = {}) =>
  new Http({ baseUrl, apiKey: "sk-secret-canary", timeoutMs: 5_000, maxRetries: 2, fetch, ...rest });

async function failure(work: Promise<unknown>) {
  const error: unknown = await work.then(
    () => new Error("it did not fail"),
    (reason: unknown) => reason,
  );
  expect(JSON.stringify(error) + String(error)).not.toContain("sk-secret-canary");
  return error;
}

describe("another try", () => {
  test.each([429, 503])("is made after %i, as late as the answer asks", async (status) => {
    let calls = 0;
    await using server = await serve((_, response) => {
      calls += 1;
      if (calls < 3) response.writeHead(status, { "retry-after": "0.05" }).end("{}");
      else response.end('{"ok":true}');
    });
    const from = performance.now();
    expect((await http(server.url).json({ path: "/" }, () => true)).body).toEqual({ ok: true });
    expect(calls).toBe(3);
    expect(performance.now() - from).toBeGreaterThan(95);
  });

  test.each([
    { status: 500, what: { body: {} }, calls: 1 },
    { status: 502, what: { body: {} }, calls: 1 },
    { status: 504, what: { body: {} }, calls: 1 },
    // What only reads is paid for by nobody.
    { status: 502, what: {}, calls: 3 },
    { status: 400, what: {}, calls: 1 },
  ])("after $status to $what there are $calls calls: something may have been paid for", async (row) => {
    let calls = 0;
    await using server = await serve((_, response) => {
      calls += 1;
      response.writeHead(row.status, { "retry-after": "0" }).end("{}");
    });
    await failure(http(server.url).json({ path: "/", ...row.what }, () => true));
    expect(calls).toBe(row.calls);
  });

  test("is not made after a connection that broke off in the middle of an answer", async () => {
    let calls = 0;
    await using server = await serve((_, response) => {
      calls += 1;
      response.writeHead(200, { "content-length": "100" }).write('{"half":');
      setTimeout(() => response.destroy(), 20);
    });
    const error = await failure(http(server.url).json({ path: "/", body: {} }, () => true));
    expect(error).toMatchObject({ kind: "unavailable" });
    expect(calls).toBe(1);
  });

  test("is not made when it would come after the deadline", async () => {
    let calls = 0;
    await using server = await serve((_, response) => {
      calls += 1;
      response.writeHead(429, { "retry-after": "60" }).end("{}");
    });
    const error = await failure(http(server.url).json({ path: "/", timeoutMs: 300 }, () => true));
    expect(error).toMatchObject({ kind: "rate-limit", retryAfterSeconds: 60 });
    expect(calls).toBe(1);
  });
});

describe("what can go wrong", () => {
  test("nobody listens", async () => {
    const error = await failure(
      http("http://127.0.0.1:1", { maxRetries: 0 }).json({ path: "/" }, () => true),
    );
    expect(error).toMatchObject({ kind: "unavailable" });
  });

  test("an answer that never comes ends with the deadline", async () => {
    await using server = await serve(() => undefined);
    const error = await failure(http(server.url).json({ path: "/slow", timeoutMs: 100 }, () => true));
    expect(error).toMatchObject({ kind: "deadline", message: expect.stringContaining("/slow") });
  });

  test("a body that never ends does too", async () => {
    await using server = await serve((_, response) => {
      response.writeHead(200).write("{");
    });
    expect(await failure(http(server.url).json({ path: "/", timeoutMs: 100 }, () => true))).toMatchObject({
      kind: "deadline",
    });
  });

  test("the caller ends it", async () => {
    await using server = await serve(() => undefined);
    const ending = new AbortController();
    setTimeout(() => ending.abort(), 30);
    const error = await failure(http(server.url).json({ path: "/", signal: ending.signal }, () => true));
    expect(error).toMatchObject({ kind: "aborted" });
  });

  test("half of a JSON text", async () => {
    await using server = await serve((_, response) =>
      response.setHeader("x-litellm-call-id", "c7").end('{"a":'),
    );
    expect(await failure(http(server.url).json({ path: "/" }, () => true))).toMatchObject({
      kind: "protocol",
      requestId: "c7",
    });
  });
});
