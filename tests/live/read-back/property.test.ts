import fc from "fast-check";
import { beforeAll, expect, test } from "vitest";
import { renderLitellmConfig } from "../../../infra/render/litellm-config.ts";
import { arbitraryGateway, variablesOf } from "../../corpus/arbitrary-gateway.ts";
import { readyImages } from "../ready-images.ts";
import { settingsOf } from "./cases.ts";
import { loadAll } from "./loader.ts";

// Whatever gateway is accepted, LiteLLM's own loader takes its file, and has every deployment and guardrail of it.

const count = 60;
const seed = Number(process.env["CERBERUS_SEED"] ?? Math.floor(Math.random() * 2 ** 31));

beforeAll(async () => {
  await readyImages("litellm", "redis");
});

test(`${count} accepted gateways are loaded (CERBERUS_SEED=${seed} draws these again)`, async () => {
  const drawn = fc.sample(arbitraryGateway, { seed, numRuns: count }).map((gateway, i) => {
    const settings = settingsOf("dev", { value: gateway, file: `drawn-${i}` }, variablesOf(gateway));
    return { name: `drawn-${i}`, settings, text: renderLitellmConfig(settings) };
  });

  const loaded = await loadAll(new Map(drawn.map(({ name, text }) => [name, text])));

  for (const { name, settings, text } of drawn) {
    const found = loaded.get(name);
    if (found === undefined || found instanceof Error) throw new Error(`${found?.message ?? name}\n${text}`);
    const rows = found.deployments.filter((row) => !(String(row["name"]) in settings.aliases));
    const priceOf = (id: unknown, input: unknown, most: unknown) =>
      [String(id), input, most ?? null].join(" ");
    // Numbers, too: YAML has more than one notion of them.
    expect(
      rows.map((row) => priceOf(row["id"], row["input_cost_per_token"], row["max_budget"])).sort(),
      text,
    ).toEqual(
      settings.deployments
        .map(({ id, definition: { price, budget } }) => priceOf(id, price?.inputUsdPerToken, budget?.maxUsd))
        .sort(),
    );
    expect(
      found.guardrails.map((row) => row["name"]),
      text,
    ).toEqual(settings.guardrails.map((guardrail) => guardrail.name));
  }
});
