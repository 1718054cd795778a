import { createHash } from "node:crypto";
import type { GatewayInput } from "../../infra/catalog/define.ts";
import { renderLitellmConfig } from "../../infra/render/litellm-config.ts";
import { parseSettings } from "../../infra/settings/parse.ts";

// CPU time of validating and rendering a large gateway. usage: node scripts/bench/render.ts [models]

const count = Number(process.argv[2] ?? 10_000);
const rounds = 5;
const gateway: GatewayInput = {
  models: Array.from({ length: count }, (_, i) => ({
    name: `model-${i}`,
    provider: "openai" as const,
    model: "gpt-4o-mini",
  })),
};

const times: number[] = [];
const digests = new Set<string>();
for (let round = 0; round < rounds; round++) {
  const from = process.cpuUsage();
  const { settings } = parseSettings({
    stackName: "bench",
    layers: [{ profile: "dev", providers: { OPENAI_API_KEY: "sk-bench-key" } }],
    secretKeys: new Set(["providers"]),
    today: "2026-11-24",
    definitions: { value: gateway, file: "bench" },
  });
  digests.add(createHash("sha256").update(renderLitellmConfig(settings)).digest("hex"));
  const { user, system } = process.cpuUsage(from);
  times.push((user + system) / 1000);
}
const sorted = times.toSorted((a, b) => a - b);
process.stdout.write(
  `${JSON.stringify({ models: count, rounds, cpuMsMedian: sorted[Math.floor(rounds / 2)], cpuMsAll: times, digests: [...digests] }, null, 2)}\n`,
);
