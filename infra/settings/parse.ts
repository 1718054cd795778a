import { type Definitions, definitionsOf } from "./definitions.ts";
import { type Problem, SettingsError } from "./errors.ts";
import { defaultModel, type ResolvedGateway, resolveGateway } from "./gateway.ts";
import { didYouMean, placeOf, problemsOf } from "./problems.ts";
import { profiles } from "./profiles.ts";
import { rotatedKeys } from "./rotated-keys.ts";
import { engineIsSafe } from "./rules/engine-is-safe.ts";
import { rotatedKeysExist } from "./rules/rotated-keys-exist.ts";
import { type DefinitionProblem, definitionRules, rules } from "./rules/rules.ts";
import { GatewayDefinition } from "./schema/definitions/gateway.ts";
import { isSecretVariable } from "./schema/provider-variables.ts";
import { type StackConfig, stackConfigSchema } from "./schema/stack-config.ts";
import { namedVariables, neededVariables, notSupplied } from "./variables.ts";

/** The one frozen value everything below is built from. Holds no secret. */
export type Settings = Omit<
  StackConfig,
  "providers" | "demoModel" | "agent" | "engine" | "gateway" | "saltKey"
> &
  ResolvedGateway & {
    readonly engine: Pick<StackConfig["engine"], "host">;
    readonly agent: StackConfig["agent"] & { readonly model: string };
    readonly stackName: string;
    /** Whether an address is given that is told of requests waiting for an approval. */
    readonly approvalsWebhook: boolean;
    /** Whether LiteLLM runs under an Enterprise licence. */
    readonly licensed: boolean;
    /** Names of the provider secrets that the stack supplies. */
    readonly secretVariables: readonly string[];
  };

export interface ParsedSettings {
  readonly settings: Settings;
  /** Provider secrets by variable name; wrapped as Pulumi secrets by load.ts, never rendered. */
  readonly providerSecrets: Readonly<Record<string, string>>;
  /** The engine with its certificates, of which the key is secret. */
  readonly engine: StackConfig["engine"];
  /** Secret. Salt key from an escrow file, where one is set. */
  readonly saltKey: string | undefined;
  readonly warnings: readonly Problem[];
}

export interface RawSettings {
  readonly stackName: string;
  /** Layers from weakest to strongest (committed stack file, then Pulumi config). */
  readonly layers: readonly Readonly<Record<string, unknown>>[];
  /** Top-level settings that Pulumi stores encrypted. */
  readonly secretKeys: ReadonlySet<string>;
  /** YYYY-MM-DD. */
  readonly today: string;
  /** Definitions and the file they stand in; the stack's own, or the catalogue, unless told otherwise. */
  readonly definitions?: Definitions;
  /** Line and column of a setting in the committed stack file. */
  readonly locate?: (steps: readonly PropertyKey[]) => string | undefined;
}

/**
 * Parses everything a stack says, strictly and at once.
 * @throws SettingsError with every problem found
 */
export function parseSettings(raw: RawSettings): ParsedSettings {
  const { gateway, ...said } = raw.layers.reduce<Record<string, unknown>>(
    (below, above) => merge(below, above),
    {},
  );
  const problems: Problem[] = [];
  const { value, file, source } = definitionsOf(
    raw.definitions,
    gateway,
    raw.stackName,
    raw.locate,
    problems,
  );
  const parsed = GatewayDefinition.safeParse(value);
  const atPlace = ({ steps, ...rest }: DefinitionProblem): Problem => ({
    ...rest,
    path: placeOf(steps, source),
  });
  const warnings: Problem[] = [];
  const sort = (found: readonly Problem[]): void => {
    for (const problem of found) (problem.warning ? warnings : problems).push(problem);
  };
  if (!parsed.success) problems.push(...problemsOf(parsed.error, GatewayDefinition, value, source));
  else sort(definitionRules.flatMap((rule) => rule(parsed.data, file, raw.today)).map(atPlace));
  const config = parseConfig(said, raw.stackName, namedVariables(value), problems);
  if (!parsed.success || !config || problems.length > 0) throw new SettingsError(raw.stackName, problems);

  const { saltKey, ...rest } = config;
  const { settings, providerSecrets, missing } = settle(parsed.data, rest, raw.stackName);
  problems.push(...missing);
  problems.push(
    ...engineIsSafe(config.engine),
    ...rotatedKeysExist(parsed.data.access.keys, config.rotation),
  );
  const found = rules.flatMap((rule) => rule(settings, raw.today));
  sort(found.map((problem) => ("steps" in problem ? atPlace(problem) : problem)));
  if (Object.keys(providerSecrets).length > 0 && !raw.secretKeys.has("providers"))
    problems.push(plainSecret());
  if (config.engine.tls?.key !== undefined && !raw.secretKeys.has("engine")) problems.push(plainEngineKey);
  if (saltKey !== undefined && !raw.secretKeys.has("saltKey")) problems.push(plainSaltKey);
  if (problems.length > 0) throw new SettingsError(raw.stackName, problems);
  return { settings: deepFreeze(settings), providerSecrets, engine: config.engine, saltKey, warnings };
}

/** Definitions and configuration as one value, and what a required model lacks. */
function settle(
  definition: GatewayDefinition,
  { providers, demoModel, engine, ...config }: Omit<StackConfig, "saltKey">,
  stackName: string,
): Pick<ParsedSettings, "settings" | "providerSecrets"> & { readonly missing: readonly Problem[] } {
  const given = Object.fromEntries(
    Object.entries(providers).filter((entry): entry is [string, string] => entry[1] !== undefined),
  );
  const resolved = resolveGateway(definition, given, demoModel);
  const secrets = Object.entries(given).filter(([name]) => isSecretVariable(name));
  const settings: Settings = {
    ...config,
    ...resolved,
    access: { ...resolved.access, keys: rotatedKeys(resolved.access.keys, config.rotation) },
    engine: engine.host === undefined ? {} : { host: engine.host },
    cacheTtlSeconds: definition.cache.ttlSeconds ?? config.cacheTtlSeconds,
    agent: { ...config.agent, model: config.agent.model ?? defaultModel(resolved) },
    stackName,
    approvalsWebhook: given["APPROVALS_WEBHOOK_URL"] !== undefined,
    licensed: given["LITELLM_LICENSE"] !== undefined,
    secretVariables: secrets.map(([name]) => name).sort(),
  };
  const missing = definition.models.flatMap((model) =>
    (model.required ? neededVariables(model) : [])
      .filter((variable) => !given[variable])
      .map((variable) => notSupplied(variable, `the model "${model.name}" is required`)),
  );
  return { settings, providerSecrets: Object.fromEntries(secrets), missing };
}

/** Profile defaults below what a stack says, parsed; problems are added to the list, and then there is no result. */
export function parseConfig(
  said: Readonly<Record<string, unknown>>,
  stackName: string,
  moreVariables: readonly string[],
  problems: Problem[],
): StackConfig | undefined {
  const profileNames = Object.keys(profiles);
  const profile = said["profile"] ?? (Object.hasOwn(profiles, stackName) ? stackName : undefined);
  if (typeof profile !== "string" || !Object.hasOwn(profiles, profile)) {
    const found = profile === undefined ? "not set" : `unknown profile ${JSON.stringify(profile)}`;
    const hint = typeof profile === "string" ? didYouMean(profile, profileNames) : "";
    problems.push({
      path: "profile",
      found: `${found}${hint}; allowed: ${profileNames.join(", ")}`,
      fix: "pulumi config set profile dev",
    });
    return undefined;
  }
  const defaults = profiles[profile as StackConfig["profile"]] as Record<string, unknown>;
  const schema = stackConfigSchema(moreVariables);
  const input = { ...merge(defaults, said), profile };
  const result = schema.safeParse(input);
  if (result.success) return result.data;
  // Broken definitions may hide the names of variables that are quite right.
  const whole = problems.length === 0;
  problems.push(
    ...problemsOf(result.error, schema, input).filter(({ path }) => whole || !path.startsWith("providers.")),
  );
  return undefined;
}

const isPlain = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/** Merges objects key by key; anything else is replaced as a whole. */
function merge(below: Readonly<Record<string, unknown>>, above: Readonly<Record<string, unknown>>) {
  const out: Record<string, unknown> = { ...below };
  for (const [key, value] of Object.entries(above)) {
    const old = Object.hasOwn(out, key) ? out[key] : undefined;
    // defineProperty, so that a key called __proto__ stays a plain (and then unknown) key.
    Object.defineProperty(out, key, {
      value: isPlain(old) && isPlain(value) ? merge(old, value) : value,
      enumerable: true,
      configurable: true,
      writable: true,
    });
  }
  return out;
}

function plainSecret(): Problem {
  return {
    path: "providers",
    found: "holds an API key in plain text",
    fix: "pulumi config rm providers, then run ./setup.sh (reads .env) or: pulumi config set --secret --path 'providers.OPENAI_API_KEY'",
  };
}

const plainEngineKey: Problem = {
  path: "engine.tls.key",
  found: "holds a private key in plain text",
  fix: "pulumi config rm --path engine.tls.key, then: pulumi config set --secret --path engine.tls.key < key.pem",
};

const plainSaltKey: Problem = {
  path: "saltKey",
  found: "holds the salt key in plain text",
  fix: "pulumi config rm saltKey, then: npm run --silent rotate -- unseal --from FILE | pulumi config set --secret saltKey",
};

function deepFreeze<T>(value: T): T {
  if (typeof value === "object" && value !== null && !Object.isFrozen(value)) {
    Object.freeze(value);
    for (const part of Object.values(value)) deepFreeze(part);
  }
  return value;
}
