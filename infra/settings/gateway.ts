import { providerFacts } from "./providers.ts";
import type { GatewayDefinition } from "./schema/definitions/gateway.ts";
import type { GuardrailDefinition } from "./schema/definitions/guardrail.ts";
import type { ModelDefinition } from "./schema/definitions/model.ts";
import type { SafetyDefinition } from "./schema/definitions/safety.ts";
import { isSecretVariable } from "./schema/provider-variables.ts";

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
export interface ResolvedGateway {
  readonly deployments: readonly Deployment[];
  /** Another name → the model group it stands for. */
  readonly aliases: Readonly<Record<string, string>>;
  readonly fallbacks: {
    readonly general: Readonly<Record<string, readonly string[]>>;
    readonly contextWindow: Readonly<Record<string, readonly string[]>>;
    readonly contentPolicy: Readonly<Record<string, readonly string[]>>;
  };
  readonly routing: GatewayDefinition["routing"];
  readonly safety: SafetyDefinition;
  readonly guardrails: readonly GuardrailDefinition[];
  readonly access: GatewayDefinition["access"];
  /** Public name of the priced mock model, if the stack has it. */
  readonly demoModel: string | null;
}

/** Public names that clients may ask for, sorted. */
export const publicNames = ({
  deployments,
  aliases,
}: Pick<ResolvedGateway, "deployments" | "aliases">): string[] =>
  [...new Set([...deployments.map(({ name }) => name), ...Object.keys(aliases)])].sort();

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
  const aliases = singleAliases(definition.aliases, names);
  const known = new Set([...names, ...Object.keys(aliases)]);
  const reachable = (table: Readonly<Record<string, readonly string[]>>) =>
    Object.fromEntries(
      Object.entries(table).flatMap(([from, to]) => {
        const left = to.filter((name) => known.has(name));
        return known.has(from) && left.length > 0 ? [[from, left]] : [];
      }),
    );
  const { general, contextWindow, contentPolicy } = definition.fallbacks;
  return {
    deployments,
    aliases,
    fallbacks: {
      general: reachable(general),
      contextWindow: reachable(contextWindow),
      contentPolicy: reachable(contentPolicy),
    },
    routing: definition.routing,
    safety: definition.safety,
    guardrails: definition.guardrails,
    access: definition.access,
    demoModel: deployments.find(({ definition: { provider } }) => provider === "demo")?.name ?? null,
  };
}

/** Variables without which a model is left out. */
export function neededVariables(model: ModelDefinition): readonly string[] {
  if (model.provider === "demo") return [];
  if (model.provider === "other") return model.apiKeyVariable ? [model.apiKeyVariable] : [];
  return providerFacts[model.provider].needs;
}

/** Variables that definitions name themselves, right or wrong: a mistake elsewhere must not make them unknown. */
export function namedVariables(definitions: unknown): string[] {
  const models: unknown = isRecord(definitions) ? definitions["models"] : undefined;
  if (!Array.isArray(models)) return [];
  return models.flatMap((model: unknown) => {
    const name = isRecord(model) ? model["apiKeyVariable"] : undefined;
    return typeof name === "string" && name.endsWith("_API_KEY") ? [name] : [];
  });
}

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null;

/** `name-provider` of each model, numbered from the second of its kind on. */
function rowIds(models: readonly ModelDefinition[]): string[] {
  const seen = new Map<string, number>();
  return models.map(({ name, provider }) => {
    const id = `${name}-${provider}`;
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
  deployed: ReadonlySet<string>,
): Record<string, string> {
  return Object.fromEntries(
    Object.entries(aliases).flatMap(([alias, to]) => {
      if (typeof to !== "string") return [];
      const end = followOne(aliases, to);
      return deployed.has(end) ? [[alias, end]] : [];
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
