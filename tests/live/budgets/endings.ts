import { createHash, randomUUID } from "node:crypto";
import { unmasked } from "../live-stack.ts";
import type { Gateway } from "./spend.ts";

/** Name of a key's account with the budget guard. */
export const accountOf = (key: string): string => `key:${createHash("sha256").update(key).digest("hex")}`;

interface Ending {
  readonly what: string;
  readonly path: string;
  readonly body: Readonly<Record<string, unknown>>;
  /** Milliseconds after which the client hangs up. */
  readonly hangUpMs?: number;
  /** Sent twice, so that the second is answered from the cache. */
  readonly twice?: boolean;
}

const words = (): string => unmasked(randomUUID());
const said = () => [{ role: "user", content: words() }];
const chat = "/v1/chat/completions";

/** Ways in which a request can go and end. The models are those of the catalogue, at the test's own provider. */
export const endings = (): readonly Ending[] => [
  { what: "an answer", path: chat, body: { model: "gpt-4o-mini", messages: said() } },
  { what: "one from the cache", path: chat, body: { model: "gpt-4o-mini", messages: said() }, twice: true },
  { what: "a stream", path: chat, body: { model: "gpt-4o-mini", messages: said(), stream: true } },
  { what: "Messages", path: "/v1/messages", body: { model: "claude-sonnet-4-6", messages: said() } },
  {
    what: "Messages, streamed",
    path: "/v1/messages",
    body: { model: "claude-sonnet-4-6", messages: said(), stream: true },
  },
  {
    what: "Responses, made of another call",
    path: "/v1/responses",
    body: { model: "claude-sonnet-4-6", input: words(), max_tokens: undefined, max_output_tokens: 16 },
  },
  {
    what: "Responses, streamed",
    path: "/v1/responses",
    body: {
      ...{ model: "claude-sonnet-4-6", input: words(), stream: true },
      ...{ max_tokens: undefined, max_output_tokens: 16 },
    },
  },
  {
    what: "a provider that fails, and its fallback",
    path: chat,
    body: { model: "gpt-4o-mini", messages: said(), mock_testing_fallbacks: true },
  },
  {
    what: "no such route at the provider",
    path: "/v1/embeddings",
    body: { model: "gpt-4o-mini", input: "a" },
  },
  { what: "no such model", path: chat, body: { model: "nobody-knows", messages: said() } },
  {
    what: "a refusal of the safety checks",
    path: chat,
    body: { model: "gpt-4o-mini", messages: said(), max_tokens: 99_999_999 },
  },
  {
    what: "a stream that the client leaves",
    path: chat,
    body: { model: "gpt-4o-mini", messages: said(), stream: true },
    hangUpMs: 450,
  },
  {
    what: "a client that does not wait",
    path: chat,
    body: { model: "gpt-4o-mini", messages: said() },
    hangUpMs: 100,
  },
];

/** Sends one, and gives the status; 0 where the client hung up before there was one. */
export async function send({ api }: Gateway, key: string, ending: Ending): Promise<number> {
  const once = async (): Promise<number> => {
    const response = await fetch(api + ending.path, {
      method: "POST",
      headers: { authorization: `Bearer ${key}`, "content-type": "application/json" },
      body: JSON.stringify({ max_tokens: 16, ...ending.body }),
      signal: AbortSignal.timeout(ending.hangUpMs ?? 60_000),
    });
    await response.text().catch(() => "");
    return response.status;
  };
  const status = await once().catch(() => 0);
  return ending.twice ? once() : status;
}
