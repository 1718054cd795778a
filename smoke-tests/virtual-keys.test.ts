import { afterAll, expect, test } from "vitest";
import { administer, call, chatBody, eventually, fresh, lookAt, model } from "./gateway.ts";

const alias = fresh("smoke-key").replace(" ", "-");
let key: string | undefined;

afterAll(async () => {
  if (key !== undefined) await administer("/key/delete", { keys: [key] });
});

test("a virtual key can be made, used and deleted, and what it spent is recorded", async () => {
  const made = await administer<{ key: string }>("/key/generate", {
    key_alias: alias,
    models: [model],
    max_budget: 1,
  });
  key = made.key;
  const response = await call("/v1/chat/completions", { key, body: chatBody(fresh("smoke key")) });
  expect(response.status, lookAt("litellm-1")).toBe(200);
  const cost = Number(response.headers.get("x-litellm-response-cost"));
  expect(cost, "the model has no price: see infra/catalog/models.ts").toBeGreaterThan(0);
  // LiteLLM writes spend every ten seconds or so.
  const spend = await eventually(
    async () => (await administer<{ info: { spend: number } }>(`/key/info?key=${key}`)).info.spend,
    (value) => value > 0,
  );
  expect(
    spend,
    `the cost of the call was not recorded (${lookAt("litellm-1")}, ${lookAt("postgres")})`,
  ).toBeCloseTo(cost, 9);
  await administer("/key/delete", { keys: [key] });
  const gone = key;
  key = undefined;
  const status = await eventually(
    async () =>
      (await call("/v1/chat/completions", { key: gone, body: chatBody(fresh("smoke key")) })).status,
    (code) => code === 401,
  );
  expect(status, "a deleted key still works").toBe(401);
});
