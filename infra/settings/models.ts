import type { ModelDefinition } from "../catalog/define.ts";
import type { ProviderVariable, StackConfig } from "./schema/stack-config.ts";

/** One row of LiteLLM's model_list, as the stack will really have it. */
export interface Deployment {
  /** Model group: the public name. */
  readonly name: string;
  /** LiteLLM's name, `provider/model`. */
  readonly litellmModel: string;
  /** Stable id of the row, for metrics and logs. */
  readonly id: string;
  /** Variable (and secret file) that holds the API key, if the provider wants one. */
  readonly apiKeyVariable?: ProviderVariable;
  readonly apiBase?: string;
  readonly defaultMaxTokens: number;
  readonly price?: { readonly inputUsdPerToken: number; readonly outputUsdPerToken: number };
  readonly mockAnswer?: string;
}

export interface ResolvedModels {
  readonly deployments: readonly Deployment[];
  /** Model group → groups tried when it fails; only deployed ones. */
  readonly fallbacks: Readonly<Record<string, readonly string[]>>;
  /** Public name of the priced mock model, if the stack has it. */
  readonly demoModel: string | null;
}

interface ProviderFacts {
  readonly prefix: string;
  readonly key?: ProviderVariable;
  readonly base: ProviderVariable;
}

const providerFacts: Record<Exclude<ModelDefinition["provider"], "demo">, ProviderFacts> = {
  openai: { prefix: "openai", key: "OPENAI_API_KEY", base: "OPENAI_API_BASE" },
  anthropic: { prefix: "anthropic", key: "ANTHROPIC_API_KEY", base: "ANTHROPIC_API_BASE" },
  deepseek: { prefix: "deepseek", key: "DEEPSEEK_API_KEY", base: "DEEPSEEK_API_BASE" },
  // LiteLLM spawns `ollama serve` for an Ollama row without an address, so the address decides.
  ollama: { prefix: "ollama_chat", base: "OLLAMA_API_BASE" },
};

/** Picks the models whose provider is set up, and the fallbacks that still have somewhere to go. */
export function resolveModels(
  catalog: readonly ModelDefinition[],
  providers: StackConfig["providers"],
  withDemo: boolean,
): ResolvedModels {
  const deployed = catalog.flatMap((model) => {
    const deployment = toDeployment(model, `${model.name}-${model.provider}`, providers, withDemo);
    return deployment ? [{ model, deployment }] : [];
  });
  const names = new Set(deployed.map(({ model }) => model.name));
  const fallbacks: Record<string, readonly string[]> = {};
  for (const { model } of deployed) {
    const targets = (model.fallbacks ?? []).filter((name) => names.has(name) && name !== model.name);
    if (targets.length > 0) fallbacks[model.name] = targets;
  }
  return {
    deployments: deployed.map(({ deployment }) => deployment),
    fallbacks,
    demoModel: deployed.find(({ model }) => model.provider === "demo")?.model.name ?? null,
  };
}

function toDeployment(
  model: ModelDefinition,
  id: string,
  providers: StackConfig["providers"],
  withDemo: boolean,
): Deployment | undefined {
  const common = {
    name: model.name,
    id,
    defaultMaxTokens: model.defaultMaxTokens,
    ...(model.price ? { price: model.price } : {}),
  };
  if (model.provider === "demo") {
    if (!withDemo) return undefined;
    return { ...common, litellmModel: `openai/${model.name}`, mockAnswer: model.answer };
  }
  const facts = providerFacts[model.provider];
  const apiBase = providers[facts.base];
  if (providers[facts.key ?? facts.base] === undefined) return undefined;
  return {
    ...common,
    litellmModel: `${facts.prefix}/${model.model}`,
    ...(facts.key ? { apiKeyVariable: facts.key } : {}),
    ...(apiBase ? { apiBase } : {}),
  };
}
