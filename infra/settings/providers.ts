import type { ModelDefinition } from "./schema/definitions/model.ts";
import type { ProviderVariable } from "./schema/provider-variables.ts";

/** How a provider's models are reached. */
export interface ProviderFacts {
  /** LiteLLM's prefix of its models. */
  readonly prefix: string;
  /** litellm_params that come from a variable. */
  readonly params: Readonly<Record<string, ProviderVariable>>;
  /** Variables without which its models are left out. */
  readonly needs: readonly ProviderVariable[];
}

/** The one place that knows which variable and which prefix belongs to a provider (docs.litellm.ai/docs/providers). */
export const providerFacts: Readonly<
  Record<Exclude<ModelDefinition["provider"], "other" | "demo">, ProviderFacts>
> = {
  openai: keyed("openai", "OPENAI_API_KEY", "OPENAI_API_BASE"),
  anthropic: keyed("anthropic", "ANTHROPIC_API_KEY", "ANTHROPIC_API_BASE"),
  deepseek: keyed("deepseek", "DEEPSEEK_API_KEY", "DEEPSEEK_API_BASE"),
  gemini: keyed("gemini", "GEMINI_API_KEY"),
  mistral: keyed("mistral", "MISTRAL_API_KEY"),
  groq: keyed("groq", "GROQ_API_KEY"),
  openrouter: keyed("openrouter", "OPENROUTER_API_KEY"),
  azure: {
    prefix: "azure",
    params: { api_key: "AZURE_API_KEY", api_base: "AZURE_API_BASE" },
    needs: ["AZURE_API_KEY", "AZURE_API_BASE"],
  },
  vertex: {
    prefix: "vertex_ai",
    params: { vertex_credentials: "VERTEX_CREDENTIALS" },
    needs: ["VERTEX_CREDENTIALS"],
  },
  bedrock: {
    prefix: "bedrock",
    params: { aws_access_key_id: "AWS_ACCESS_KEY_ID", aws_secret_access_key: "AWS_SECRET_ACCESS_KEY" },
    needs: ["AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"],
  },
  // LiteLLM spawns `ollama serve` for an Ollama row without an address, so the address decides.
  ollama: { prefix: "ollama_chat", params: { api_base: "OLLAMA_API_BASE" }, needs: ["OLLAMA_API_BASE"] },
  "openai-compatible": { prefix: "hosted_vllm", params: {}, needs: [] },
};

function keyed(prefix: string, key: ProviderVariable, base?: ProviderVariable): ProviderFacts {
  return { prefix, params: { api_key: key, ...(base ? { api_base: base } : {}) }, needs: [key] };
}
