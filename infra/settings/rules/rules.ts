import type { Problem } from "../errors.ts";
import type { Settings } from "../parse.ts";
import { agentModelIsDeclared } from "./agent-model-is-declared.ts";
import { imagesAreAccepted } from "./images-are-accepted.ts";
import { portsDiffer } from "./ports-differ.ts";
import { prodIsSafe } from "./prod-is-safe.ts";
import { someModel } from "./some-model.ts";

/**
 * A check across fields; runs once every field has the right shape.
 * @param today YYYY-MM-DD, for what expires
 */
export type Rule = (settings: Settings, today: string) => Problem[];

export const rules: readonly Rule[] = [
  someModel,
  agentModelIsDeclared,
  portsDiffer,
  prodIsSafe,
  imagesAreAccepted,
];
