import { randomUUID } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import { unmasked } from "../live-stack.ts";

/** Where a gateway is, and the key that administers it. */
export interface Gateway {
  readonly api: string;
  readonly masterKey: string;
}

/** What a burst of requests came to. */
export interface Burst {
  /** HTTP status → how many answers had it. */
  readonly statuses: Readonly<Record<number, number>>;
  /** What the answered ones cost, in USD, as the gateway says it. */
  readonly spentUsd: number;
  /** The dearest one. */
  readonly dearestUsd: number;
  /** What the refused ones were told; the first of each kind. */
  readonly refusals: readonly string[];
}

/** Calls an admin route; the answer must be 200. */
export async function administer<T>({ api, masterKey }: Gateway, path: string, body?: object): Promise<T> {
  const response = await fetch(api + path, {
    method: body === undefined ? "GET" : "POST",
    headers: { authorization: `Bearer ${masterKey}`, "content-type": "application/json" },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    signal: AbortSignal.timeout(60_000),
  });
  if (response.status !== 200) throw new Error(`${path}: ${response.status} ${await response.text()}`);
  return (await response.json()) as T;
}

export interface Request {
  readonly key: string;
  readonly model: string;
  /** Words of the prompt; each is a token. */
  readonly words?: number;
  readonly maxTokens?: number;
}

/** One request that no cache answers. */
export function ask({ api }: Gateway, { key, model, words = 1, maxTokens = 16 }: Request): Promise<Response> {
  const text = `${unmasked(randomUUID())} ${"a ".repeat(words)}`;
  return fetch(`${api}/v1/chat/completions`, {
    method: "POST",
    headers: { authorization: `Bearer ${key}`, "content-type": "application/json" },
    body: JSON.stringify({ model, messages: [{ role: "user", content: text }], max_tokens: maxTokens }),
    signal: AbortSignal.timeout(120_000),
  });
}

/**
 * Many clients at once: `atOnce` requests are in flight until `total` were sent.
 * @param pauseMs how long a client waits after a refusal
 */
export async function burst(
  gateway: Gateway,
  request: Request,
  total: number,
  atOnce: number,
  pauseMs = 0,
): Promise<Burst> {
  const statuses: Record<number, number> = {};
  const refusals = new Map<string, string>();
  const costs: number[] = [];
  let left = total;
  const client = async () => {
    while (left-- > 0) {
      const response = await ask(gateway, request);
      const text = await response.text();
      statuses[response.status] = (statuses[response.status] ?? 0) + 1;
      if (response.status === 200) costs.push(Number(response.headers.get("x-litellm-response-cost")));
      else {
        refusals.set(`${response.status}`, text);
        // What is in flight has reserved more than it will cost: a client that tries again at once only meets that.
        if (pauseMs > 0) await sleep(pauseMs);
      }
    }
  };
  await Promise.all(Array.from({ length: atOnce }, client));
  return {
    statuses,
    spentUsd: costs.reduce((sum, cost) => sum + cost, 0),
    dearestUsd: Math.max(0, ...costs),
    refusals: [...refusals.values()],
  };
}
