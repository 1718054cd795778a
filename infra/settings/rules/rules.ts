import type { Problem } from "../errors.ts";
import type { Settings } from "../parse.ts";
import type { GatewayDefinition } from "../schema/definitions/gateway.ts";
import { accessIsLicensed, agentIsWithinBounds } from "./access-is-licensed.ts";
import { accessIsSound } from "./access-is-sound.ts";
import { accessNamesDiffer } from "./access-names-differ.ts";
import { accessResolves } from "./access-resolves.ts";
import { agentModelIsDeclared } from "./agent-model-is-declared.ts";
import { aliasesEnd } from "./aliases-end.ts";
import { guardrailsDiffer } from "./guardrails-differ.ts";
import { imagesAreAccepted } from "./images-are-accepted.ts";
import { modelsAreKnown } from "./models-are-known.ts";
import { modelsArePriced } from "./models-are-priced.ts";
import { namesResolve } from "./names-resolve.ts";
import { portsDiffer } from "./ports-differ.ts";
import { presidioFinds } from "./presidio-finds.ts";
import { presidioIsWhole } from "./presidio-is-whole.ts";
import { prodIsSafe } from "./prod-is-safe.ts";
import { safetyIsWhole } from "./safety-is-whole.ts";
import { someModel } from "./some-model.ts";

/** A problem at a path of the definitions; whoever knows the file adds line and column. */
export type DefinitionProblem = Omit<Problem, "path"> & { readonly steps: readonly PropertyKey[] };

/**
 * A check across definitions alone, whatever this stack can deploy of them.
 * @param file where they stand
 * @param today YYYY-MM-DD, for what expires
 */
export type DefinitionRule = (gateway: GatewayDefinition, file: string, today: string) => DefinitionProblem[];

export const definitionRules: readonly DefinitionRule[] = [
  namesResolve,
  aliasesEnd,
  guardrailsDiffer,
  presidioIsWhole,
  accessResolves,
  accessNamesDiffer,
  accessIsSound,
];

/**
 * A check across fields; runs once every field has the right shape.
 * @param today YYYY-MM-DD, for what expires
 */
export type Rule = (settings: Settings, today: string) => Problem[];

export const rules: readonly Rule[] = [
  someModel,
  agentModelIsDeclared,
  modelsArePriced,
  modelsAreKnown,
  portsDiffer,
  safetyIsWhole,
  presidioFinds,
  prodIsSafe,
  imagesAreAccepted,
  accessIsLicensed,
  agentIsWithinBounds,
];
