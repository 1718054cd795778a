import type { ModelDefinition } from "../catalog/define.ts";
import { models as catalog } from "../catalog/models.ts";
import { type Problem, SettingsError } from "./errors.ts";
import { type ResolvedModels, resolveModels } from "./models.ts";
import { didYouMean, problemsOf } from "./problems.ts";
import { profiles } from "./profiles.ts";
import { rules } from "./rules/rules.ts";
import { isSecretVariable, StackConfig } from "./schema/stack-config.ts";

/** The one frozen value everything below is built from. Holds no secret. */
export type Settings = Omit<StackConfig, "providers" | "demoModel" | "agent"> &
  ResolvedModels & {
    readonly agent: StackConfig["agent"] & { readonly model: string };
    readonly stackName: string;
    /** Names of the provider secrets the containers get, sorted. */
    readonly secretVariables: readonly string[];
  };

export interface ParsedSettings {
  readonly settings: Settings;
  /** Provider secrets by variable name; wrapped as Pulumi secrets by load.ts, never rendered. */
  readonly providerSecrets: Readonly<Record<string, string>>;
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
}

/**
 * Parses everything a stack says, strictly and at once.
 * @throws SettingsError with every problem found
 */
export function parseSettings(
  raw: RawSettings,
  models: readonly ModelDefinition[] = catalog,
): ParsedSettings {
  const said = raw.layers.reduce<Record<string, unknown>>((below, above) => merge(below, above), {});
  const config = parseConfig(raw.stackName, said);
  const { providers, demoModel: withDemo, ...rest } = config;
  const resolved = resolveModels(models, providers, withDemo);
  const providerSecrets = Object.fromEntries(
    Object.entries(providers).filter(([name]) => isSecretVariable(name)),
  ) as Record<string, string>;
  const { deployments } = resolved;
  const real = deployments.find(({ mockAnswer }) => mockAnswer === undefined);
  const settings: Settings = {
    ...rest,
    ...resolved,
    agent: { ...config.agent, model: config.agent.model ?? (real ?? deployments[0])?.name ?? "" },
    stackName: raw.stackName,
    secretVariables: Object.keys(providerSecrets).sort(),
  };
  const found = rules.flatMap((rule) => rule(settings, raw.today));
  const problems = found.filter(({ warning }) => !warning);
  if (Object.keys(providerSecrets).length > 0 && !raw.secretKeys.has("providers"))
    problems.push(plainSecret());
  if (problems.length > 0) throw new SettingsError(raw.stackName, problems);
  return {
    settings: deepFreeze(settings),
    providerSecrets,
    warnings: found.filter(({ warning }) => warning),
  };
}

function parseConfig(stackName: string, said: Record<string, unknown>): StackConfig {
  const profileNames = Object.keys(profiles);
  const profile = said["profile"] ?? (Object.hasOwn(profiles, stackName) ? stackName : undefined);
  if (typeof profile !== "string" || !Object.hasOwn(profiles, profile)) {
    const found = profile === undefined ? "not set" : `unknown profile ${JSON.stringify(profile)}`;
    const hint = typeof profile === "string" ? didYouMean(profile, profileNames) : "";
    throw new SettingsError(stackName, [
      {
        path: "profile",
        found: `${found}${hint}; allowed: ${profileNames.join(", ")}`,
        fix: "pulumi config set profile dev",
      },
    ]);
  }
  const defaults = profiles[profile as StackConfig["profile"]] as Record<string, unknown>;
  const result = StackConfig.safeParse({ ...merge(defaults, said), profile });
  if (!result.success) throw new SettingsError(stackName, problemsOf(result.error, StackConfig));
  return result.data;
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

function deepFreeze<T>(value: T): T {
  if (typeof value === "object" && value !== null && !Object.isFrozen(value)) {
    Object.freeze(value);
    for (const part of Object.values(value)) deepFreeze(part);
  }
  return value;
}
