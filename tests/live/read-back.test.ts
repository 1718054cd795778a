import { execFile } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { GatewayInput } from "../../infra/catalog/define.ts";
import { gateway } from "../../infra/catalog/gateway.ts";
import { packagesReference } from "../../infra/images/packages.ts";
import { secretNames } from "../../infra/names.ts";
import { guardrailRow } from "../../infra/render/guardrails.ts";
import { renderLitellmConfig } from "../../infra/render/litellm-config.ts";
import { parseSettings, type Settings } from "../../infra/settings/parse.ts";
import { ensureImages } from "../../ops/images.ts";
import { projectRoot } from "../../ops/paths.ts";
import { ensureEngine } from "../../scripts/setup/engine.ts";
import { everything, everyVariable } from "../corpus/everything.ts";

// What LiteLLM's own loader makes of our files: LiteLLM starts with settings it never reads, so only its word counts.

const waivers = Object.fromEntries(
  ["packages-source", "CVE-2026-114612"].map((id) => [
    id,
    { reason: "test of the loader", expires: "2099-01-01" },
  ]),
);

const settingsOf = (profile: string, definitions: GatewayInput): Settings =>
  parseSettings({
    stackName: `read-back-${profile}`,
    layers: [
      {
        profile,
        images: { source: "packages", waivers },
        providers: everyVariable,
        budget: { maxUsd: 1000, period: "30d" },
      },
    ],
    secretKeys: new Set(["providers"]),
    today: "2026-11-24",
    definitions: { value: definitions, file: "test" },
  }).settings;

const xai = { XAI_API_KEY: undefined };
const cases: Record<string, () => Settings> = {
  everything: () => settingsOf("dev", everything),
  ...Object.fromEntries(
    ["dev", "staging", "prod"].map((profile) => [
      `catalogue-${profile}`,
      () =>
        parseSettings({
          stackName: profile,
          layers: [{ profile, images: { source: "packages", waivers }, providers: omit(everyVariable, xai) }],
          secretKeys: new Set(["providers"]),
          today: "2026-11-24",
          definitions: { value: gateway, file: "infra/catalog/gateway.ts" },
        }).settings,
    ]),
  ),
};

const omit = (all: Readonly<Record<string, string>>, names: object): Record<string, string> =>
  Object.fromEntries(Object.entries(all).filter(([name]) => !(name in names)));

interface ReadBack {
  readonly deployments: readonly Readonly<Record<string, unknown>>[];
  readonly guardrails: readonly Readonly<Record<string, unknown>>[];
  readonly [key: string]: unknown;
}

const folder = mkdtempSync(`${tmpdir()}/cerberus-read-back-`);
const loaded = new Map<string, ReadBack>();

beforeAll(async () => {
  const log = (line: string) => process.stderr.write(`${line}\n`);
  await ensureEngine({ host: undefined, log, assumeYes: true, interactive: false });
  await ensureImages({ root: projectRoot, source: "packages", names: ["litellm"], mayLock: false, log });
  for (const [name, settings] of Object.entries(cases)) {
    writeFileSync(`${folder}/${name}.yaml`, renderLitellmConfig(settings()), { mode: 0o644 });
  }
  await promisify(execFile)("chmod", ["755", folder]);
  const secrets = {
    ...everyVariable,
    ...Object.fromEntries(Object.values(secretNames).map((name) => [name, `sk-test-${name}`])),
  };
  const env = Object.entries(secrets).flatMap(([name, value]) => ["--env", `${name}=${value}`]);
  const files = Object.keys(cases).map((name) => `/files/${name}.yaml`);
  const { stdout } = await promisify(execFile)(
    "docker",
    [
      ...["run", "--rm", "--network", "none", "--volume", `${folder}:/files:ro`, ...env],
      ...["--volume", `${projectRoot}/tests/readback:/readback:ro`, "--entrypoint", "python3"],
      ...[packagesReference(projectRoot, "litellm"), "/readback/load.py", ...files],
    ],
    { maxBuffer: 16 * 1024 * 1024 },
  );
  for (const line of stdout.split("\n").filter((text) => text.startsWith('{"file"'))) {
    const {
      file,
      loaded: result,
      error,
    } = JSON.parse(line) as { file: string; loaded?: ReadBack; error?: string };
    if (result === undefined) throw new Error(`${file}: ${error}`);
    loaded.set(file.replace(/^\/files\/|\.yaml$/g, ""), result);
  }
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const asRows = (table: Readonly<Record<string, readonly string[]>>) =>
  Object.entries(table).map(([from, to]) => ({ [from]: to }));

describe.each(Object.keys(cases))("%s", (name) => {
  const settings = () => (cases[name] as () => Settings)();
  const read = (): ReadBack => {
    const found = loaded.get(name);
    if (found === undefined) throw new Error(`LiteLLM said nothing of ${name}`);
    return found;
  };

  test("every deployment is there, as declared, with its key", () => {
    const { aliases, deployments } = settings();
    const rows = read().deployments.filter((row) => !(String(row["name"]) in aliases));
    expect(rows.map(({ id }) => id).sort()).toEqual(deployments.map(({ id }) => id).sort());
    for (const { id, name: group, litellmModel, definition } of deployments) {
      const row = rows.find((candidate) => candidate["id"] === id);
      expect(row, id).toMatchObject({ name: group, model: litellmModel });
      expect(row?.["rpm"], id).toBe(definition.requestsPerMinute);
      expect(row?.["tpm"], id).toBe(definition.tokensPerMinute);
      expect(row?.["weight"], id).toBe(definition.weight);
      expect(row?.["order"], id).toBe(definition.order);
      expect(row?.["max_budget"], id).toBe(definition.budget?.maxUsd);
      expect(row?.["input_cost_per_token"], id).toBe(definition.price?.inputUsdPerToken);
      expect(row?.["max_tokens"], id).toBe(
        definition.mode === "chat" ? definition.defaultMaxTokens : undefined,
      );
    }
  });

  test("aliases, fallbacks and routing are the router's own", () => {
    const { aliases, fallbacks, routing } = settings();
    expect(read()).toMatchObject({
      aliases,
      fallbacks: asRows(fallbacks.general),
      context_window_fallbacks: asRows(fallbacks.contextWindow),
      content_policy_fallbacks: asRows(fallbacks.contentPolicy),
      routing_strategy: routing.strategy,
      num_retries: routing.retries,
      allowed_fails: routing.allowedFails,
      cooldown_time: routing.cooldownSeconds,
      enable_pre_call_checks: routing.checkContextWindow,
    });
  });

  test("every guardrail is active, in its mode", () => {
    const declared = settings().guardrails.map((definition) => {
      const { guardrail_name, litellm_params } = guardrailRow(definition) as {
        guardrail_name: string;
        litellm_params: { guardrail: string; mode: unknown; default_on: boolean };
      };
      const { guardrail, mode, default_on } = litellm_params;
      return { name: guardrail_name, type: guardrail, mode, default_on };
    });
    expect(read().guardrails).toEqual(declared);
  });

  test("the budget, the cache and the closed doors are set", () => {
    const { budget } = settings();
    expect(read()).toMatchObject({
      max_budget: budget.maxUsd,
      budget_duration: budget.period,
      cache: "RedisCache",
      block_unpriced: true,
      fail_closed: true,
    });
  });
});
