import type { GatewayInput } from "../../infra/catalog/define.ts";
import { renderFiles } from "../../infra/render/files.ts";
import { parseSettings } from "../../infra/settings/parse.ts";
import { placeholderProviders } from "../placeholders.ts";
import type { Risk } from "./consequence.ts";
import { consequences } from "./consequences.ts";
import { renderedChanges } from "./rendered-diff.ts";
import type { Step } from "./steps.ts";

/** A model that needs no provider. */
export const demo = (name: string) =>
  ({
    name,
    provider: "demo",
    answer: "x",
    price: { inputUsdPerToken: 0.001, outputUsdPerToken: 0.001 },
  }) as const;

export const step = (name: string, type: string, rest: Partial<Step>): Step => ({
  op: "replace",
  type: `docker:index/${type.toLowerCase()}:${type}`,
  name,
  before: undefined,
  after: undefined,
  wasProtected: false,
  isProtected: false,
  ...rest,
});

/** What LiteLLM's config volume holds for definitions, every provider set up. */
export function uploads(definitions: GatewayInput, config: Record<string, unknown> = {}) {
  const { settings } = parseSettings({
    stackName: "dev",
    layers: [{ profile: "dev", providers: placeholderProviders(definitions), ...config }],
    secretKeys: new Set(["providers"]),
    today: "2026-11-24",
    definitions: { value: definitions, file: "test" },
  });
  return Object.entries(renderFiles(settings).litellm).map(([file, content]) => ({
    file: `/files/${file}`,
    content,
  }));
}

export const writer = (before: ReturnType<typeof uploads>, after: ReturnType<typeof uploads>): Step =>
  step("litellm-config-writer", "Container", { before: { uploads: before }, after: { uploads: after } });

/** Consequences of steps, as [risk, text]. */
export const meaning = (...steps: Step[]): [Risk, string][] =>
  consequences(steps, renderedChanges(steps)).map(({ risk, text }) => [risk, text]);

/** Consequences of other definitions. */
export const change = (before: GatewayInput, after: GatewayInput): [Risk, string][] =>
  meaning(writer(uploads(before), uploads(after)));

/** Consequences of another text of one of LiteLLM's files. */
export const fileChange = (file: string, before: string, after: string): [Risk, string][] =>
  meaning(
    writer([{ file: `/files/${file}`, content: before }], [{ file: `/files/${file}`, content: after }]),
  );
