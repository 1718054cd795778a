import { gateway as catalog } from "../catalog/gateway.ts";
import { type Problem, SettingsError } from "./errors.ts";
import { namedVariables, neededVariables, type ResolvedGateway, resolveGateway } from "./gateway.ts";
import { didYouMean, editedFile, placeOf, problemsOf } from "./problems.ts";
import { profiles } from "./profiles.ts";
import { engineIsSafe } from "./rules/engine-is-safe.ts";
import { definitionRules, rules } from "./rules/rules.ts";
import { GatewayDefinition } from "./schema/definitions/gateway.ts";
import { isSecretVariable } from "./schema/provider-variables.ts";
import { type StackConfig, stackConfigSchema } from "./schema/stack-config.ts";

/** The one frozen value everything below is built from. Holds no secret. */
export type Settings = Omit<StackConfig, "providers" | "demoModel" | "agent" | "engine" | "saltKey"> &
  ResolvedGateway & {
    readonly engine: Pick<StackConfig["engine"], "host">;
    readonly agent: StackConfig["agent"] & { readonly model: string };
    readonly stackName: string;
    /** Whether an address is given that is told of requests waiting for an approval. */
    readonly approvalsWebhook: boolean;
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

/** What an owner wrote, and where. */
export interface Definitions {
  readonly value: unknown;
  readonly file: string;
  /** Line and column of a path, where the file has them. */
  readonly locate?: (steps: readonly PropertyKey[]) => string;
}

export interface RawSettings {
  readonly stackName: string;
  /** Layers from weakest to strongest (committed stack file, then Pulumi config). */
  readonly layers: readonly Readonly<Record<string, unknown>>[];
  /** Top-level settings that Pulumi stores encrypted. */
  readonly secretKeys: ReadonlySet<string>;
  /** YYYY-MM-DD. */
  readonly today: string;
  /** Definitions and the file they stand in; the catalogue unless told otherwise. */
  readonly definitions?: Definitions;
}

/**
 * Parses everything a stack says, strictly and at once.
 * @throws SettingsError with every problem found
 */
export function parseSettings(raw: RawSettings): ParsedSettings {
  const { value, file, locate }: Definitions = raw.definitions ?? {
    value: catalog,
    file: "infra/catalog/gateway.ts",
  };
  const source = editedFile(file, locate);
  const said = raw.layers.reduce<Record<string, unknown>>((below, above) => merge(below, above), {});
  const problems: Problem[] = [];
  const parsed = GatewayDefinition.safeParse(value);
  if (!parsed.success) problems.push(...problemsOf(parsed.error, GatewayDefinition, value, source));
  else {
    const found = definitionRules.flatMap((rule) => rule(parsed.data, file));
    problems.push(...found.map(({ steps, ...rest }) => ({ ...rest, path: placeOf(steps, source) })));
  }
  const variables = namedVariables(value);
  const config = parseConfig(said, raw.stackName, variables, problems);
  if (!parsed.success || !config || problems.length > 0) throw new SettingsError(raw.stackName, problems);

  const { providers, demoModel: withDemo, engine, saltKey, ...rest } = config;
  const given = providers as Readonly<Record<string, string | undefined>>;
  const resolved = resolveGateway(parsed.data, given, withDemo);
  const providerSecrets = Object.fromEntries(
    Object.entries(given).filter(([name, text]) => text !== undefined && isSecretVariable(name)),
  ) as Record<string, string>;
  const { deployments } = resolved;
  const real = deployments.find(({ definition }) => definition.provider !== "demo");
  const settings: Settings = {
    ...rest,
    ...resolved,
    engine: engine.host === undefined ? {} : { host: engine.host },
    agent: { ...config.agent, model: config.agent.model ?? (real ?? deployments[0])?.name ?? "" },
    stackName: raw.stackName,
    approvalsWebhook: given["APPROVALS_WEBHOOK_URL"] !== undefined,
  };
  for (const model of parsed.data.models) {
    const missing = model.required ? neededVariables(model).filter((name) => !given[name]) : [];
    problems.push(...missing.map((name) => requiredVariable(model.name, name)));
  }
  problems.push(...engineIsSafe(engine));
  const found = rules.flatMap((rule) => rule(settings, raw.today));
  problems.push(...found.filter(({ warning }) => !warning));
  if (Object.keys(providerSecrets).length > 0 && !raw.secretKeys.has("providers"))
    problems.push(plainSecret());
  if (engine.tls?.key !== undefined && !raw.secretKeys.has("engine")) problems.push(plainEngineKey);
  if (saltKey !== undefined && !raw.secretKeys.has("saltKey")) problems.push(plainSaltKey);
  if (problems.length > 0) throw new SettingsError(raw.stackName, problems);
  return {
    settings: deepFreeze(settings),
    providerSecrets,
    engine,
    saltKey,
    warnings: found.filter(({ warning }) => warning),
  };
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

const requiredVariable = (model: string, variable: string): Problem => ({
  path: `providers.${variable}`,
  found: `is not set, and the model "${model}" is required`,
  fix: `put ${variable} into .env and run ./setup.sh, or: pulumi config set --secret --path 'providers.${variable}'`,
});

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
