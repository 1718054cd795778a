import { providerFacts } from "./providers.ts";
import type { GatewayDefinition } from "./schema/definitions/gateway.ts";
import type { GuardrailDefinition } from "./schema/definitions/guardrail.ts";
import type { ModelDefinition } from "./schema/definitions/model.ts";
import { isWildcard, nameMatcher } from "./schema/definitions/names.ts";
import { type SafetyDefinition, safetyGuardrail } from "./schema/definitions/safety.ts";
import { isSecretVariable } from "./schema/provider-variables.ts";
import { neededVariables } from "./variables.ts";

type Variables = Readonly<Record<string, string | undefined>>;

/** One row of LiteLLM's model_list, as the stack will really have it. */
export interface Deployment {
  /** Model group: the public name. */
  readonly name: string;
  /** Stable id of the row, for metrics and logs. */
  readonly id: string;
  /** LiteLLM's name, `provider/model`. */
  readonly litellmModel: string;
  readonly definition: ModelDefinition;
  /** litellm_params that name a secret → its variable. */
  readonly secretParams: Readonly<Record<string, string>>;
  /** Other litellm_params of the provider, by LiteLLM's names. */
  readonly plainParams: Readonly<Record<string, string | number | boolean>>;
}

/** Definitions with everything left out that this stack can't have. */
export interface ResolvedGateway
  extends Readonly<
    Pick<
      GatewayDefinition,
      | "routing"
      | "healthChecks"
      | "guardrails"
      | "access"
      | "callbacks"
      | "mcpServers"
      | "passThroughEndpoints"
      | "prompts"
      | "searchTools"
    >
  > {
  readonly deployments: readonly Deployment[];
  /** Another name → the model group it stands for. */
  readonly aliases: Readonly<Record<string, string>>;
  readonly fallbacks: {
    readonly general: Readonly<Record<string, readonly string[]>>;
    readonly contextWindow: Readonly<Record<string, readonly string[]>>;
    readonly contentPolicy: Readonly<Record<string, readonly string[]>>;
  };
  /** LiteLLM's name of a provider → what may be spent on it. */
  readonly providerBudgets: GatewayDefinition["providerBudgets"];
  readonly cache: Omit<GatewayDefinition["cache"], "ttlSeconds">;
  readonly safety: SafetyDefinition;
  /** Public name of the priced mock model, if the stack has it. */
  readonly demoModel: string | null;
}

/** Public names that clients may ask for, sorted. */
export const publicNames = ({
  deployments,
  aliases,
}: Pick<ResolvedGateway, "deployments" | "aliases">): string[] =>
  [...new Set([...deployments.map(({ name }) => name), ...Object.keys(aliases)])].sort();

/** The model that agents get unless told: the first one with a name of its own, a provider's before the demo. */
export function defaultModel({ deployments }: Pick<ResolvedGateway, "deployments">): string {
  const named = deployments.filter(({ name }) => !isWildcard(name));
  const real = named.find(({ definition }) => definition.provider !== "demo");
  return (real ?? named[0])?.name ?? "";
}

/** Picks the models whose provider is set up, and what still has somewhere to go. */
export function resolveGateway(
  definition: GatewayDefinition,
  variables: Variables,
  withDemo: boolean,
): ResolvedGateway {
  const ids = rowIds(definition.models);
  const own = definition.models.flatMap((model, index) => {
    const deployed =
      model.provider === "demo" ? withDemo : neededVariables(model).every((name) => variables[name]);
    return deployed ? [toDeployment(model, ids[index] ?? "", variables)] : [];
  });
  const groups = expandGroups(definition.aliases, own);
  const deployments = [...own, ...groups];
  const names = new Set(deployments.map(({ name }) => name));
  const aliases = singleAliases(definition.aliases, nameMatcher([...names]));
  const isKnown = nameMatcher([...names, ...Object.keys(aliases)]);
  const reachable = (table: Readonly<Record<string, readonly string[]>>) =>
    Object.fromEntries(
      Object.entries(table).flatMap(([from, to]) => {
        const left = to.filter(isKnown);
        return isKnown(from) && left.length > 0 ? [[from, left]] : [];
      }),
    );
  const { fallbacks, cache, routing, healthChecks, callbacks, mcpServers, passThroughEndpoints } = definition;
  const { enabled, mode, callTypes } = cache;
  return {
    deployments,
    aliases,
    fallbacks: {
      general: reachable(fallbacks.general),
      contextWindow: reachable(fallbacks.contextWindow),
      contentPolicy: reachable(fallbacks.contentPolicy),
    },
    routing,
    providerBudgets: deployedBudgets(definition.providerBudgets, own),
    cache: { enabled, mode, ...(callTypes ? { callTypes } : {}) },
    healthChecks,
    access: definition.access,
    guardrails: definition.guardrails.map((guardrail) =>
      besideOurs(beforeTheCall(guardrail), definition.safety.enabled),
    ),
    callbacks,
    mcpServers,
    passThroughEndpoints,
    prompts: definition.prompts,
    searchTools: definition.searchTools,
    safety: definition.safety,
    demoModel: deployments.find(({ definition: { provider } }) => provider === "demo")?.name ?? null,
  };
}

/** LiteLLM's name of a deployment's provider. */
export const providerOf = ({ litellmModel }: Pick<Deployment, "litellmModel">): string =>
  litellmModel.slice(0, litellmModel.indexOf("/"));

/** The name whose price and facts stand for a deployment; a wildcard has but its health model's, if any. */
export function pricedName(deployment: Deployment): string | undefined {
  const { definition, litellmModel } = deployment;
  if (definition.baseModel !== undefined) return definition.baseModel;
  if (!isWildcard(litellmModel)) return litellmModel;
  return definition.healthModel && `${providerOf(deployment)}/${definition.healthModel}`;
}

/** The name under which owners budget a provider: ours, or LiteLLM's for those of the escape hatch. */
export function budgetName(model: ModelDefinition): string | undefined {
  if (model.provider === "demo") return undefined;
  return model.provider === "other" ? providerOf(model) : model.provider;
}

/** Budgets by LiteLLM's name of the provider, of those that the stack has. */
function deployedBudgets(
  budgets: GatewayDefinition["providerBudgets"],
  deployments: readonly Deployment[],
): GatewayDefinition["providerBudgets"] {
  const found = deployments.flatMap((deployment) => {
    const name = budgetName(deployment.definition) ?? "";
    const budget = Object.hasOwn(budgets, name) ? budgets[name] : undefined;
    return budget ? [[providerOf(deployment), budget] as const] : [];
  });
  return Object.fromEntries(found);
}

/** Presidio masks; beside the call, as during_call has it, the text would leave unmasked. A rule says so. */
function beforeTheCall(guardrail: GuardrailDefinition): GuardrailDefinition {
  if (guardrail.type !== "presidio") return guardrail;
  const modes = [guardrail.mode].flat().map((mode) => (mode === "during_call" ? "pre_call" : mode));
  const [first, ...others] = [...new Set(modes)];
  return { ...guardrail, mode: others.length === 0 && first ? first : [...new Set(modes)] };
}

/** Of two guardrails with one name LiteLLM keeps the last: the gateway's own must not be lost to one of its user's. */
function besideOurs(guardrail: GuardrailDefinition, oursIsOn: boolean): GuardrailDefinition {
  if (!oursIsOn || guardrail.name !== safetyGuardrail) return guardrail;
  return { ...guardrail, name: `${safetyGuardrail}_${guardrail.type}` };
}

/** `name-provider` of each model, numbered from the second of its kind on. */
function rowIds(models: readonly ModelDefinition[]): string[] {
  const seen = new Map<string, number>();
  return models.map(({ name, provider }) => {
    const id = `${name.replace("*", "any")}-${provider}`;
    const count = (seen.get(id) ?? 0) + 1;
    seen.set(id, count);
    return count === 1 ? id : `${id}-${count}`;
  });
}

function toDeployment(model: ModelDefinition, id: string, variables: Variables): Deployment {
  const row = { name: model.name, id, definition: model };
  if (model.provider === "demo") {
    // LiteLLM asks for a key before it looks at mock_response; this one opens nothing.
    const plainParams = { mock_response: model.answer, api_key: "none-needed" };
    return { ...row, litellmModel: `openai/${model.name}`, secretParams: {}, plainParams };
  }
  if (model.provider === "other") {
    const secretParams = model.apiKeyVariable ? { api_key: model.apiKeyVariable } : {};
    return { ...row, litellmModel: model.litellmModel, secretParams, plainParams: model.params };
  }
  const { prefix, params } = providerFacts[model.provider];
  const secretParams: Record<string, string> = {};
  const plainParams: Record<string, string> = {};
  for (const [param, variable] of Object.entries(params)) {
    const value = variables[variable];
    if (value === undefined) continue;
    if (isSecretVariable(variable)) secretParams[param] = variable;
    else plainParams[param] = value;
  }
  if (model.provider === "azure") plainParams["api_version"] = model.apiVersion;
  if (model.provider === "bedrock") plainParams["aws_region_name"] = model.region;
  if (model.provider === "openai-compatible") plainParams["api_base"] = model.apiBase;
  if (model.provider === "vertex") {
    plainParams["vertex_project"] = model.project;
    plainParams["vertex_location"] = model.location;
  }
  return { ...row, litellmModel: `${prefix}/${model.model}`, secretParams, plainParams };
}

/** A list alias is a group of its own: LiteLLM accepts a list and then finds no deployment, so its rows are written out. */
function expandGroups(aliases: GatewayDefinition["aliases"], own: readonly Deployment[]): Deployment[] {
  return Object.entries(aliases).flatMap(([alias, to]) => {
    if (typeof to === "string") return [];
    const groups = new Set(to.flatMap((name) => aliasTargets(aliases, name)));
    return own
      .filter(({ name }) => groups.has(name))
      .map((row) => ({ ...row, name: alias, id: `${alias}-${row.id}` }));
  });
}

/** Aliases that stand for one deployed group, chains followed to their end. */
function singleAliases(
  aliases: GatewayDefinition["aliases"],
  isDeployed: (name: string) => boolean,
): Record<string, string> {
  return Object.fromEntries(
    Object.entries(aliases).flatMap(([alias, to]) => {
      if (typeof to !== "string") return [];
      const end = followOne(aliases, to);
      return isDeployed(end) ? [[alias, end]] : [];
    }),
  );
}

function followOne(aliases: GatewayDefinition["aliases"], start: string): string {
  let at = start;
  for (const _ of Object.keys(aliases)) {
    const next = aliases[at];
    if (typeof next !== "string") break;
    at = next;
  }
  return at;
}

/** Model groups that a name stands for in the end; a cycle ends where it began (rules refuse it). */
export function aliasTargets(
  aliases: GatewayDefinition["aliases"],
  name: string,
  seen: ReadonlySet<string> = new Set(),
): string[] {
  const to = aliases[name];
  if (to === undefined || seen.has(name)) return [name];
  return [to].flat().flatMap((next) => aliasTargets(aliases, next, new Set([...seen, name])));
}
