import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, expect, test } from "vitest";
import { litellmEnv } from "../../../infra/components/litellm-process.ts";
import { packagesReference } from "../../../infra/images/packages.ts";
import { containerPorts, hosts, mountPaths, secretNames } from "../../../infra/names.ts";
import { pluginEnv } from "../../../infra/render/cerberus-settings.ts";
import { hashFiles, renderFiles } from "../../../infra/render/files.ts";
import { parseSettings } from "../../../infra/settings/parse.ts";
import { docker } from "../../../ops/docker.ts";
import { projectRoot } from "../../../ops/paths.ts";
import { freePort } from "../clone.ts";
import { readyImages } from "../ready-images.ts";
import { UpstreamContainer } from "../upstream-container.ts";

// LiteLLM really started from rendered definitions, without a database, with the test upstream as its providers.

const name = `calls-${process.pid}`;
const masterKey = "sk-test-of-calls-0123456789";
const password = "test-of-calls";
const providerKeys = {
  OPENAI_API_KEY: "sk-test-openai",
  ANTHROPIC_API_KEY: "sk-test-anthropic",
  DEEPSEEK_API_KEY: "sk-test-deepseek",
  PARTNER_TOKEN: "test-partner-token",
};
const { settings } = parseSettings({
  stackName: name,
  layers: [
    {
      profile: "dev",
      demoModel: false,
      // Tests of their own have these; they need services that are not here.
      audit: { enabled: false },
      approvals: { enabled: false },
      providers: {
        ...providerKeys,
        OPENAI_API_BASE: `${UpstreamContainer.url}/v1`,
        ANTHROPIC_API_BASE: UpstreamContainer.url,
        DEEPSEEK_API_BASE: `${UpstreamContainer.url}/v1`,
      },
      gateway: {
        models: [
          { name: "big", provider: "openai", model: "gpt-4o" },
          { name: "small", provider: "openai", model: "gpt-4o-mini" },
          { name: "other", provider: "anthropic", model: "claude-sonnet-4-6" },
          { name: "budgeted", provider: "deepseek", model: "deepseek-v4-flash" },
          { name: "slow", provider: "openai", model: "gpt-4.1", requestsPerMinute: 1 },
          { name: "openai/*", provider: "openai", model: "*", healthModel: "gpt-4o-mini" },
        ],
        aliases: { fast: "small", either: ["big", "other"] },
        fallbacks: { general: { big: ["other"] } },
        routing: { retries: 0, cooldownSeconds: 1 },
        safety: { enabled: false },
        // Too little for what a call can cost.
        providerBudgets: { deepseek: { maxUsd: 1e-9, period: "1d" } },
        guardrails: [
          { name: "words", type: "content-filter", blockedWords: [{ keyword: "secret project" }] },
        ],
        passThroughEndpoints: [
          {
            path: "/partner",
            target: `${UpstreamContainer.url}/v1/chat/completions`,
            headers: { Authorization: { variable: "PARTNER_TOKEN", prefix: "Bearer " } },
            usdPerRequest: 0,
          },
        ],
      },
    },
  ],
  secretKeys: new Set(["providers"]),
  today: "2026-11-24",
});

const folder = mkdtempSync(`${tmpdir()}/cerberus-calls-`);
let upstream: UpstreamContainer;
let url: string;

beforeAll(async () => {
  await readyImages("litellm", "redis");
  chmodSync(folder, 0o755);
  const files = renderFiles(settings).litellm;
  for (const [file, text] of Object.entries(files)) {
    mkdirSync(dirname(`${folder}/${file}`), { recursive: true, mode: 0o755 });
    writeFileSync(`${folder}/${file}`, text, { mode: 0o644 });
  }
  const network = `${name}-egress`;
  await docker(["network", "create", network]);
  const [litellm, redis] = [
    packagesReference(projectRoot, "litellm"),
    packagesReference(projectRoot, "redis"),
  ];
  const run = ["run", "--detach", "--network", network];
  await docker([
    ...[...run, "--name", `${name}-redis`, "--entrypoint", "redis-server"],
    ...[hosts.redisCache, hosts.redisCoordination].flatMap((host) => ["--network-alias", host]),
    ...[redis, "--save", "", "--requirepass", password],
  ]);
  const port = await freePort();
  url = `http://127.0.0.1:${port}`;
  const env = {
    ...litellmEnv(pluginEnv(`${name}-litellm`, litellm, hashFiles(files))),
    ...providerKeys,
    [secretNames.masterKey]: masterKey,
    [secretNames.saltKey]: "sk-test-salt-0123456789",
    [secretNames.redisCachePassword]: password,
    [secretNames.redisCoordinationPassword]: password,
  };
  await docker([
    ...[...run, "--name", `${name}-litellm`, "--publish", `127.0.0.1:${port}:${containerPorts.litellm}`],
    ...["--volume", `${folder}:${mountPaths.config}:ro`],
    ...["--volume", `${projectRoot}/plugins/cerberus_gateway:${mountPaths.plugins}:ro`],
    ...Object.entries(env).flatMap(([key, value]) => ["--env", `${key}=${value}`]),
    ...["--entrypoint", "python3", litellm, "-m", "cerberus_gateway.proxy"],
    ...["--config", `${mountPaths.config}/config.yaml`, "--host", "0.0.0.0"],
    ...["--port", String(containerPorts.litellm)],
  ]);
  upstream = await UpstreamContainer.start(name, litellm, await freePort());
  await ready();
});

afterAll(async () => {
  await docker(["rm", "--force", `${name}-litellm`, `${name}-redis`, `${name}-upstream`]);
  await docker(["network", "rm", "--force", `${name}-egress`]);
  rmSync(folder, { recursive: true, force: true });
});

async function ready(): Promise<void> {
  const deadline = Date.now() + 240_000;
  for (;;) {
    const response = await fetch(`${url}/health/liveliness`).catch(() => undefined);
    if (response?.ok) return;
    if (Date.now() > deadline) throw new Error(await docker(["logs", "--tail", "40", `${name}-litellm`]));
    await sleep(500);
  }
}

/** Each prompt is one of its own: an answer from the cache would prove nothing. */
let calls = 0;
function chat(model: string, text = `question ${calls++}`, path = "/v1/chat/completions"): Promise<Response> {
  return fetch(`${url}${path}`, {
    method: "POST",
    headers: { authorization: `Bearer ${masterKey}`, "content-type": "application/json" },
    body: JSON.stringify({ model, messages: [{ role: "user", content: text }] }),
  });
}

/** What the providers saw of one call. */
async function seenOf(call: Promise<Response>, status = 200) {
  await upstream.forget();
  const response = await call;
  expect(response.status, await response.clone().text()).toBe(status);
  return (await upstream.seen()).map(({ path, model, key }) => ({ path, model, key }));
}

test("an alias reaches the model it stands for", async () => {
  expect(await seenOf(chat("fast"))).toMatchObject([{ model: "gpt-4o-mini" }]);
});

test("a list alias shares its calls out over all its models", async () => {
  await upstream.forget();
  const answers = await Promise.all(Array.from({ length: 12 }, () => chat("either")));
  expect(answers.map(({ status }) => status)).toEqual(Array(12).fill(200));
  const models = new Set((await upstream.seen()).map(({ model }) => model));
  expect([...models].sort()).toEqual(["claude-sonnet-4-6", "gpt-4o"]);
});

test("a model that fails is replaced by its fallback", async () => {
  await upstream.forget();
  await upstream.behave("gpt-4o", { status: 500 });
  const response = await chat("big");
  expect(response.status, await response.clone().text()).toBe(200);
  expect(response.headers.get("x-litellm-attempted-fallbacks")).toBe("1");
  const seen = await upstream.seen();
  expect(seen.map(({ model }) => model)).toEqual(["gpt-4o", "claude-sonnet-4-6"]);
});

test("a wildcard offers what its provider has, and refuses what has no price", async () => {
  expect(await seenOf(chat("openai/gpt-4.1-nano"))).toMatchObject([{ model: "gpt-4.1-nano" }]);
  expect(await seenOf(chat("openai/gpt-99"), 403)).toEqual([]);
});

test("a deployment's limit is kept, with 429", async () => {
  expect(await seenOf(chat("slow"))).toHaveLength(1);
  expect(await seenOf(chat("slow"), 429)).toEqual([]);
});

test("a provider's budget stops its models, and no other's", async () => {
  expect(await seenOf(chat("budgeted"), 429)).toEqual([]);
  expect((await chat("small")).status).toBe(200);
});

test("a guardrail that is on by default stops a call before it leaves", async () => {
  expect(await seenOf(chat("small", "all about the secret project"), 400)).toEqual([]);
});

test("a pass-through path asks for a key of the gateway, and hands on the other API's own", async () => {
  const seen = await seenOf(chat("gpt-4o-mini", undefined, "/partner"));
  expect(seen).toMatchObject([{ key: providerKeys.PARTNER_TOKEN }]);
  const refused = await fetch(`${url}/partner`, { method: "POST", body: "{}" });
  expect(refused.status).toBeGreaterThanOrEqual(400);
  expect(refused.status).toBeLessThan(500);
});
