import { createServer, type Server } from "node:http";
import { createRequire } from "node:module";
import type { AddressInfo } from "node:net";
import { afterEach, beforeEach, describe, expect, test } from "vitest";

interface Inputs {
  readonly gatewayUrl: string;
  readonly [name: string]: unknown;
}

interface Provider {
  create(inputs: Inputs): Promise<{ id: string; outs: Inputs }>;
  diff(id: string, olds: Inputs, news: Inputs): Promise<{ changes: boolean; replaces: string[] }>;
  update(id: string, olds: Inputs, news: Inputs): Promise<{ outs: Inputs }>;
  delete(id: string, inputs: Inputs): Promise<void>;
}

// As Pulumi loads it: a CommonJS module with a handler.
const { handler } = createRequire(import.meta.url)("./virtual-key.provider.cjs") as {
  handler: () => Provider;
};
const provider = handler();

let server: Server;
let calls: { path: string; body: Record<string, unknown> }[];
let answers: Record<string, [number, unknown]>;
let inputs: Inputs;

beforeEach(async () => {
  calls = [];
  answers = { "/key/info": [404, {}], "/health/liveliness": [200, {}] };
  server = createServer(async (request, response) => {
    let text = "";
    for await (const part of request) text += String(part);
    const path = (request.url ?? "").split("?")[0] ?? "";
    calls.push({ path, body: text === "" ? {} : (JSON.parse(text) as Record<string, unknown>) });
    const [status, body] = answers[path] ?? [200, {}];
    response.writeHead(status).end(JSON.stringify(body));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  inputs = {
    gatewayUrl: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    masterKey: "sk-cerberus-canary-master",
    key: "sk-agent-canary",
    generation: 1,
    alias: "cerberus-agent",
    models: ["a"],
    maxBudgetUsd: 50,
    budgetPeriod: "30d",
    requestsPerMinute: 60,
  };
});
afterEach(() => server.close());

test("a new key is generated with its own value and limits", async () => {
  expect(await provider.create(inputs)).toMatchObject({ id: "cerberus-agent" });
  expect(calls.at(-1)).toMatchObject({
    path: "/key/generate",
    body: { key: "sk-agent-canary", models: ["a"], max_budget: 50, budget_duration: "30d", rpm_limit: 60 },
  });
});

test("a key that an earlier, cut-off run registered is brought to these limits, not made twice", async () => {
  answers["/key/info"] = [200, { info: { key_alias: "cerberus-agent" } }];
  await provider.create(inputs);
  expect(calls.map(({ path }) => path)).toEqual(["/key/info", "/key/update"]);
});

test("a refusal is said without the keys", async () => {
  answers["/key/generate"] = [400, { error: "no such model" }];
  const message = await provider.create(inputs).then(
    () => "",
    (error: Error) => error.message,
  );
  expect(message).toContain('LiteLLM refused to register the key "cerberus-agent": 400');
  expect(message).not.toContain("canary");
});

test("limits and value change in place: a key that was replaced would be gone for a moment", async () => {
  expect(await provider.diff("id", inputs, { ...inputs })).toMatchObject({ changes: false, replaces: [] });
  expect(await provider.diff("id", inputs, { ...inputs, models: ["a", "b"] })).toMatchObject({
    changes: true,
    replaces: [],
  });
  expect(await provider.diff("id", inputs, { ...inputs, key: "sk-other" })).toMatchObject({
    changes: true,
    replaces: [],
  });
});

describe("another value", () => {
  const news = (more: object = {}) => ({ ...inputs, key: "sk-agent-second", generation: 2, ...more });
  const changes = () => calls.filter(({ path }) => path !== "/key/info");

  test("ends the former one at once, before the new one takes its alias", async () => {
    await provider.update("id", inputs, news());
    expect(changes()).toMatchObject([
      { path: "/key/delete", body: { keys: ["sk-agent-canary"] } },
      { path: "/key/generate", body: { key: "sk-agent-second", key_alias: "cerberus-agent" } },
    ]);
  });

  test("leaves the former one its day, under another alias", async () => {
    answers["/key/info"] = [200, { info: { key_alias: "cerberus-agent" } }];
    const formerUntil = new Date(Date.now() + 7 * 86_400_000).toISOString().slice(0, 10);
    await provider.update("id", inputs, news({ formerKey: "sk-agent-canary", formerUntil }));
    expect(changes()).toMatchObject([
      {
        path: "/key/update",
        body: { key: "sk-agent-canary", key_alias: "cerberus-agent (generation 1)", rpm_limit: 60 },
      },
      { body: { key: "sk-agent-second", key_alias: "cerberus-agent" } },
    ]);
    const seconds = Number.parseInt(String(changes()[0]?.body["duration"]), 10);
    expect(seconds).toBeGreaterThan(7 * 86_400);
    expect(seconds).toBeLessThanOrEqual(8 * 86_400);
  });

  test("does not make a former one again that is not there", async () => {
    await provider.update("id", inputs, news({ formerKey: "sk-agent-canary", formerUntil: "2099-01-01" }));
    expect(changes().map(({ path }) => path)).toEqual(["/key/generate"]);
  });

  test("takes away the one before the former, and a former one whose day has passed", async () => {
    const second = news({ formerKey: "sk-agent-canary", formerUntil: "2099-01-01" });
    const third = { ...second, key: "sk-agent-third", generation: 3, formerKey: "sk-agent-second" };
    await provider.update("id", second, third);
    await provider.update("id", third, { ...third, formerUntil: "2020-01-01" });
    const deleted = changes().filter(({ path }) => path === "/key/delete");
    expect(deleted.map(({ body }) => body["keys"])).toEqual([["sk-agent-canary"], ["sk-agent-second"]]);
  });
});

test("deleting asks a gateway that answers, and is done where there is none", async () => {
  await provider.delete("id", inputs);
  expect(calls.at(-1)).toMatchObject({ path: "/key/delete", body: { keys: ["sk-agent-canary"] } });
  answers["/key/delete"] = [400, {}];
  await expect(provider.delete("id", inputs)).rejects.toThrow(/refused to delete/);
  await provider.delete("id", { ...inputs, gatewayUrl: "http://127.0.0.1:1" });
});
