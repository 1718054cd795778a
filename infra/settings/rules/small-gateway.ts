import type { GatewayInput } from "../../catalog/define.ts";
import { SettingsError } from "../errors.ts";
import { parseSettings } from "../parse.ts";

// What the tests of rules share: a small gateway that is whole, and how it is refused once a part of it is changed.

type Config = Readonly<Record<string, unknown>>;

export const models: GatewayInput["models"] = [
  { name: "gpt", provider: "openai", model: "gpt-4o-mini" },
  { name: "claude", provider: "anthropic", model: "claude-sonnet-4-6" },
];
export const providers = { OPENAI_API_KEY: "sk-test-openai", ANTHROPIC_API_KEY: "sk-test-anthropic" };

export function parse(gateway: Partial<GatewayInput>, config: Config = {}) {
  return parseSettings({
    stackName: "dev",
    layers: [{ profile: "dev", providers, ...config }],
    secretKeys: new Set(["providers"]),
    today: "2026-11-24",
    definitions: { value: { models, ...gateway }, file: "gateway.yaml" },
  });
}

/** `path: what was found`, of all that is refused. */
export function refused(gateway: Partial<GatewayInput>, config: Config = {}): string[] {
  try {
    parse(gateway, config);
  } catch (error) {
    if (error instanceof SettingsError) return error.problems.map(({ path, found }) => `${path}: ${found}`);
    throw error;
  }
  return [];
}

/** The same of what is only said; the images of a test are none of a gateway's. */
export const warned = (gateway: Partial<GatewayInput>): string[] =>
  parse(gateway)
    .warnings.map(({ path, found }) => `${path}: ${found}`)
    .filter((line) => !line.startsWith("images."));
