import fc from "fast-check";
import { expect, test } from "vitest";
import { parse } from "yaml";
import { litellmRelease } from "../../infra/images/catalog.ts";
import { ghostKeys, knownKeys } from "../../infra/litellm/ghost-keys.ts";
import { renderLitellmConfig } from "../../infra/render/litellm-config.ts";
import { parseSettings } from "../../infra/settings/parse.ts";
import { arbitraryGateway, variablesOf } from "./arbitrary-gateway.ts";

// Whatever gateway is accepted: nothing of it is lost on the way to LiteLLM. Its loader has its say in tests/live/read-back.

const keys = Object.values(litellmRelease).map((release) => knownKeys(release));

test("an accepted gateway renders to the same bytes each time, without a key that LiteLLM never reads", () => {
  fc.assert(
    fc.property(arbitraryGateway, (gateway) => {
      const render = () =>
        renderLitellmConfig(
          parseSettings({
            stackName: "any",
            layers: [{ profile: "dev", providers: variablesOf(gateway) }],
            secretKeys: new Set(["providers"]),
            today: "2026-11-24",
            definitions: { value: gateway, file: "arbitrary" },
          }).settings,
        );
      const text = render();
      expect(render()).toBe(text);
      const config: unknown = parse(text);
      // LiteLLM's own reader knows YAML 1.1.
      expect(parse(text, { version: "1.1" })).toEqual(config);
      for (const known of keys) {
        expect(ghostKeys(config, known).filter(({ warning }) => !warning)).toEqual([]);
      }
    }),
    { numRuns: 150 },
  );
});
