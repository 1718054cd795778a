import { expect, test } from "vitest";
import { hosts } from "../infra/names.ts";
import { agentKey, call, chatBody, eventually, fresh, lookAt, redis, stack } from "./gateway.ts";

// LiteLLM only logs when it can't use a Redis: these tests are the proof that it does.

test.skipIf(!stack.caches)(
  "the second identical request is a cache hit, kept in the cache Redis under this stack's namespace",
  async () => {
    const body = chatBody(fresh("smoke cache"));
    const ask = async () => {
      const response = await call("/v1/chat/completions", { key: agentKey, body });
      const { id } = (await response.json()) as { id: string };
      return { id, cacheKey: response.headers.get("x-litellm-cache-key") };
    };
    const first = await ask();
    const second = await eventually(ask, ({ cacheKey }) => cacheKey !== null);
    expect(second.cacheKey, `no cache hit (${lookAt(hosts.redisCache)})`).not.toBeNull();
    const keys = await redis(hosts.redisCache, "--scan", "--pattern", `cerberus-${stack.stackName}:*`);
    expect(keys.trim(), `the cache Redis is empty (${lookAt(hosts.redisCache)})`).not.toBe("");
    expect(first.id).not.toBe("");
  },
);

test("rate limits are counted in the coordination Redis", async () => {
  const before = await commands();
  const response = await call("/v1/chat/completions", {
    key: agentKey,
    body: chatBody(fresh("smoke coordination")),
  });
  expect(response.status).toBe(200);
  const keys = await eventually(
    () => redis(hosts.redisCoordination, "--scan", "--count", "1000"),
    (text) => text.trim() !== "",
  );
  expect(keys.trim(), `the coordination Redis is empty (${lookAt(hosts.redisCoordination)})`).not.toBe("");
  expect(await commands()).toBeGreaterThan(before);
});

test("both refuse a connection without the password", async () => {
  for (const host of [hosts.redisCache, hosts.redisCoordination]) {
    expect(await redis(host, "--user", "default", "-a", "wrong", "--no-auth-warning", "ping")).toContain(
      "NOAUTH",
    );
  }
});

async function commands(): Promise<number> {
  const text = await redis(hosts.redisCoordination, "info", "stats");
  return Number(/total_commands_processed:(\d+)/.exec(text)?.[1]);
}
