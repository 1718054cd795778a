import type { Problem } from "../errors.ts";
import type { Settings } from "../parse.ts";
import type { GatewayDefinition } from "../schema/definitions/gateway.ts";
import { accessIsLicensed, agentIsWithinBounds } from "./access-is-licensed.ts";
import { accessIsSound } from "./access-is-sound.ts";
import { accessNamesDiffer } from "./access-names-differ.ts";
import { accessResolves } from "./access-resolves.ts";
import { agentModelIsDeclared } from "./agent-model-is-declared.ts";
import { aliasesEnd } from "./aliases-end.ts";
import { budgetsNameProviders } from "./budgets-name-providers.ts";
import { connectionsSuffice } from "./connections-suffice.ts";
import { guardrailsResolve } from "./guardrails-resolve.ts";
import { imagesAreAccepted } from "./images-are-accepted.ts";
import { integrationsAreInstalled } from "./integrations-are-installed.ts";
import { maskingComesFirst } from "./masking-comes-first.ts";
import { modelsAreKnown } from "./models-are-known.ts";
import { modelsArePriced } from "./models-are-priced.ts";
import { namesDiffer } from "./names-differ.ts";
import { namesResolve } from "./names-resolve.ts";
import { portsDiffer } from "./ports-differ.ts";
import { presidioFinds } from "./presidio-finds.ts";
import { presidioIsWhole } from "./presidio-is-whole.ts";
import { prodIsSafe } from "./prod-is-safe.ts";
import { safetyIsWhole } from "./safety-is-whole.ts";
import { secretsAreSupplied } from "./secrets-are-supplied.ts";
import { someModel } from "./some-model.ts";
import { valuesExist } from "./values-exist.ts";
import { wildcardsAreWhole } from "./wildcards-are-whole.ts";

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
  namesDiffer,
  aliasesEnd,
  wildcardsAreWhole,
  budgetsNameProviders,
  guardrailsResolve,
  maskingComesFirst,
  presidioIsWhole,
  accessResolves,
  accessNamesDiffer,
  accessIsSound,
];

/**
 * A check across fields; runs once every field has the right shape. What it finds wrong in definitions has its steps there.
 * @param today YYYY-MM-DD, for what expires
 */
export type Rule = (settings: Settings, today: string) => (Problem | DefinitionProblem)[];

export const rules: readonly Rule[] = [
  someModel,
  agentModelIsDeclared,
  modelsArePriced,
  modelsAreKnown,
  valuesExist,
  secretsAreSupplied,
  integrationsAreInstalled,
  connectionsSuffice,
  portsDiffer,
  safetyIsWhole,
  presidioFinds,
  prodIsSafe,
  imagesAreAccepted,
  accessIsLicensed,
  agentIsWithinBounds,
];
