import { setTimeout as sleep } from "node:timers/promises";
import { inject } from "vitest";
import { docker } from "../ops/docker.ts";

/** Outputs of the stack under test. */
export const stack = inject("stack");

/** Model that the tests call: the built-in one where there is one, else the agents' (a few tokens each). */
export const model = stack.demoModel ?? stack.cerberusEnv.CERBERUS_MODEL.replace(/^litellm\//, "");

export const agentKey = stack.cerberusEnv.LITELLM_MASTER_KEY;

interface CallOptions {
  readonly key?: string;
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}

/** One request to the gateway; a body makes it a POST. */
export function call(path: string, { key, body, headers }: CallOptions = {}): Promise<Response> {
  return fetch(stack.urls.api + path, {
    method: body === undefined ? "GET" : "POST",
    headers: {
      "content-type": "application/json",
      ...(key ? { authorization: `Bearer ${key}` } : {}),
      ...headers,
    },
    signal: AbortSignal.timeout(60_000),
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
}

/** The same, as administrator; the answer must be 200. */
export async function administer<T>(path: string, body?: unknown): Promise<T> {
  const response = await call(path, { key: stack.masterKey, body });
  if (response.status !== 200)
    throw new Error(`${path}: ${response.status} ${await response.text()} (${lookAt("litellm-1")})`);
  return (await response.json()) as T;
}

/** A short chat request; the text decides whether it is the same request as another. */
export const chatBody = (text: string, extra: Record<string, unknown> = {}) => ({
  model,
  messages: [{ role: "user", content: text }],
  max_tokens: 16,
  ...extra,
});

/** A text that no earlier run asked. */
export const fresh = (what: string): string => `${what} ${Date.now()}-${Math.random().toString(36).slice(2)}`;

/** What a reader of a failure does next. */
export const lookAt = (service: string): string => `look at: docker logs ${stack.stackName}-${service}`;

/** Asks until the answer fits, 90 seconds at most; gives the last answer either way. */
export async function eventually<T>(ask: () => Promise<T>, fits: (answer: T) => boolean): Promise<T> {
  const deadline = Date.now() + 90_000;
  for (;;) {
    const answer = await ask();
    if (fits(answer) || Date.now() > deadline) return answer;
    await sleep(1_000);
  }
}

/** Runs redis-cli inside one of the stack's Redis containers. */
export const redis = (host: string, ...args: string[]): Promise<string> =>
  docker(
    [
      "exec",
      `${stack.stackName}-${host}`,
      "sh",
      "-c",
      'REDISCLI_AUTH=$(cat /run/secrets/password) redis-cli "$@"',
      "sh",
      ...args,
    ],
    { host: stack.dockerHost },
  );
