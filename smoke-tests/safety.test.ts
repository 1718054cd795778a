import { readFileSync } from "node:fs";
import { afterAll, beforeAll, expect, test } from "vitest";
import { projectRoot } from "../ops/paths.ts";
import { auditLines, linesOf } from "./audit-log.ts";
import { call, fresh, lookAt, model, stack } from "./gateway.ts";
import { temporaryKey } from "./keys.ts";

// Nothing here reaches a provider: every request must be refused before.

let key: Awaited<ReturnType<typeof temporaryKey>>;
beforeAll(async () => {
  key = await temporaryKey();
});
afterAll(() => key?.remove());

const blocked = stack.safety?.blockedContentTypes ?? [];
const guarded = test.skipIf(stack.safety === null);

interface Attack {
  readonly text: string;
  readonly category: string;
}

/** The corpus of tests/, as far as this stack blocks it. */
const attacks = ["attacks", "secrets"]
  .flatMap(
    (name) => JSON.parse(readFileSync(`${projectRoot}/tests/corpus/safety/${name}.json`, "utf8")) as Attack[],
  )
  .filter(({ category }) => blocked.includes(category));

/** One request per route, its text in the place where that route has it. */
const routes: Readonly<Record<string, (text: string) => [string, object]>> = {
  chat: (text) => ["/v1/chat/completions", { model, messages: [{ role: "user", content: text }] }],
  "chat, in parts": (text) => [
    "/v1/chat/completions",
    { model, messages: [{ role: "user", content: [{ type: "text", text }] }] },
  ],
  completions: (text) => ["/v1/completions", { model, prompt: text }],
  responses: (text) => ["/v1/responses", { model, input: text }],
  messages: (text) => [
    "/v1/messages",
    { model, max_tokens: 16, messages: [{ role: "user", content: text }] },
  ],
  embeddings: (text) => ["/v1/embeddings", { model, input: text }],
};
const streams = ["chat", "completions", "responses", "messages"];

interface Refusal {
  readonly error: { readonly type: string; readonly code: string; readonly message: string };
}

async function refusal(
  path: string,
  body: object,
): Promise<{ status: number; code: string; callId: string | null }> {
  const response = await call(path, { key: key.key, body });
  const text = await response.text();
  let code = `no JSON: ${text.slice(0, 200)}`;
  try {
    code = (JSON.parse(text) as Refusal).error.code;
  } catch {
    // The text says it.
  }
  return { status: response.status, code, callId: response.headers.get("x-litellm-call-id") };
}

const cases = Object.keys(routes).flatMap((route) =>
  (streams.includes(route) ? [false, true] : [false]).map((stream) => [route, stream] as const),
);

test.skipIf(attacks.length === 0).for(cases)(
  "every attack of the corpus is refused: %s, streamed: %s",
  async ([route, stream]) => {
    const said = await Promise.all(
      attacks.map(async ({ text }) => {
        const [path, body] = (routes[route] as (text: string) => [string, object])(text);
        const { status, code } = await refusal(path, { ...body, ...(stream ? { stream } : {}) });
        return `${status} ${code}`;
      }),
    );
    expect(new Set(said), lookAt("litellm-1")).toEqual(new Set(["400 content_blocked"]));
  },
);

const chat = (extra: object) =>
  refusal("/v1/chat/completions", { model, messages: [{ role: "user", content: fresh("smoke") }], ...extra });

guarded("more output than a request may have is refused, and so is more cost", async () => {
  expect(await chat({ max_tokens: 100_000_000 })).toMatchObject({
    status: 400,
    code: "token_limit_exceeded",
  });
  // What a provider runs and charges by itself has no bound.
  expect(await chat({ tools: [{ type: "web_search_preview" }] })).toMatchObject({
    status: 400,
    code: "cost_limit_exceeded",
  });
});

test.skipIf(stack.safety === null || stack.auditLog === null)(
  "a refusal is on record, with the check that refused",
  async () => {
    const { callId } = await chat({ max_tokens: 100_000_000 });
    const [line] = await linesOf(callId);
    expect(line, lookAt("audit")).toMatchObject({
      event_type: "guardrail_denied",
      data: { status: 400, guardrails: [{ guardrail: "cerberus_safety", action: "blocked" }] },
    });
    expect(JSON.stringify(await auditLines())).not.toContain(key.key);
  },
);
