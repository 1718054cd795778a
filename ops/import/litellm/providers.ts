import { providerFacts } from "../../../infra/settings/providers.ts";

export type TypedProvider = keyof typeof providerFacts;

/** LiteLLM's prefixes of the providers that have a type of their own. */
const prefixes: Readonly<Record<string, TypedProvider>> = {
  ...Object.fromEntries(
    Object.entries(providerFacts).map(([provider, { prefix }]) => [prefix, provider as TypedProvider]),
  ),
  ollama: "ollama",
};

export const typedProvider = (prefix: string): TypedProvider | undefined =>
  Object.hasOwn(prefixes, prefix) ? prefixes[prefix] : undefined;

/** Variables that LiteLLM asks for by itself where a row names no key (docs.litellm.ai/docs/providers). */
const ownVariables: Readonly<Record<string, string>> = {
  ai21: "AI21_API_KEY",
  cerebras: "CEREBRAS_API_KEY",
  cohere: "COHERE_API_KEY",
  cohere_chat: "COHERE_API_KEY",
  dashscope: "DASHSCOPE_API_KEY",
  deepinfra: "DEEPINFRA_API_KEY",
  fireworks_ai: "FIREWORKS_AI_API_KEY",
  huggingface: "HUGGINGFACE_API_KEY",
  jina_ai: "JINA_AI_API_KEY",
  moonshot: "MOONSHOT_API_KEY",
  nvidia_nim: "NVIDIA_NIM_API_KEY",
  perplexity: "PERPLEXITYAI_API_KEY",
  replicate: "REPLICATE_API_KEY",
  sambanova: "SAMBANOVA_API_KEY",
  "text-completion-openai": "OPENAI_API_KEY",
  together_ai: "TOGETHERAI_API_KEY",
  voyage: "VOYAGE_API_KEY",
  watsonx: "WATSONX_API_KEY",
  xai: "XAI_API_KEY",
};

/** The variable a provider's key comes from when a row says nothing. */
export function ownVariable(prefix: string): string | undefined {
  const typed = typedProvider(prefix);
  return typed ? providerFacts[typed].params["api_key"] : ownVariables[prefix];
}

/** Model names that LiteLLM knows without a prefix. */
const bareNames: readonly (readonly [RegExp, string])[] = [
  [
    /^(gpt-|chatgpt-|o[1-9](-|$)|text-embedding-|dall-e|whisper|tts-|omni-moderation|davinci|babbage)/,
    "openai",
  ],
  [/^claude-/, "anthropic"],
  [/^deepseek-/, "deepseek"],
  [/^gemini-/, "vertex_ai"],
  [/^command/, "cohere"],
  [/^(mistral|mixtral|codestral|ministral)-/, "mistral"],
];

/** The provider of a model that is written without one, as LiteLLM guesses it. */
export const guessPrefix = (model: string): string | undefined =>
  bareNames.find(([pattern]) => pattern.test(model))?.[1];
