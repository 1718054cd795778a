import type { Problem } from "../errors.ts";
import type { Settings } from "../parse.ts";
import { agentModelIsDeclared } from "./agent-model-is-declared.ts";
import { portsDiffer } from "./ports-differ.ts";
import { prodIsSafe } from "./prod-is-safe.ts";
import { someModel } from "./some-model.ts";

/** A check across fields; runs once every field has the right shape. */
export type Rule = (settings: Settings) => Problem[];

export const rules: readonly Rule[] = [someModel, agentModelIsDeclared, portsDiffer, prodIsSafe];
