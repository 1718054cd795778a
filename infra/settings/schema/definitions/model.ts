import * as z from "zod";

const usd = z.number().nonnegative();
const positive = z.int().positive();

/** Name that clients, fallbacks and aliases use. LiteLLM takes any text; this is what is safe in URLs, metrics and logs. */
export const groupName = z
  .string()
  .regex(
    /^[A-Za-z0-9][A-Za-z0-9._:/@-]{0,127}$/,
    "must start with a letter or digit and hold only letters, digits and . _ : / @ -",
  );

export const Price = z
  .strictObject({ inputUsdPerToken: usd, outputUsdPerToken: usd })
  .describe("Price of one token in USD; without it LiteLLM's bundled map is asked. Zero counts as priced");

export const period = z
  .string()
  .regex(/^[1-9][0-9]*(s|m|h|d|mo)$/, 'must be a number and a unit, such as "30d" (s, m, h, d, mo)');

const common = {
  name: groupName.describe("Model group: the public name. Several entries with one name share its traffic"),
  mode: z
    .enum([
      "chat",
      "completion",
      "embedding",
      "image_generation",
      "audio_transcription",
      "audio_speech",
      "rerank",
      "moderation",
      "responses",
    ])
    .default("chat")
    .describe("Kind of calls it answers; health checks and routes depend on it"),
  defaultMaxTokens: positive
    .default(4096)
    .describe("Output tokens granted when the client names no limit (chat only)"),
  price: Price.optional(),
  required: z
    .boolean()
    .default(false)
    .describe("Refuse the stack when the provider is not set up, instead of leaving the model out"),
  requestsPerMinute: positive
    .optional()
    .describe("What the provider allows this deployment; routing keeps below it"),
  tokensPerMinute: positive.optional().describe("Tokens per minute, in the same way"),
  maxParallelRequests: positive.optional(),
  weight: positive.optional().describe("Share of the group's traffic, relative to its other deployments"),
  order: positive.optional().describe("Deployments of a lower order are used first"),
  timeoutSeconds: positive.max(6000).optional(),
  budget: z
    .strictObject({ maxUsd: z.number().positive(), period })
    .optional()
    .describe("Spend of this deployment per period; it is left out of routing above it"),
};

const model = z.string().min(1).describe("The provider's own name of the model");

/** A provider that needs nothing but a model, a key and perhaps an address. */
const simple = <const T extends string>(provider: T) =>
  z.strictObject({ provider: z.literal(provider), model, ...common });

const Azure = z.strictObject({
  provider: z.literal("azure"),
  model: z.string().min(1).describe("Name of the deployment in Azure"),
  apiVersion: z
    .string()
    .regex(/^\d{4}-\d{2}-\d{2}(-preview)?$/, 'must be a date such as "2025-04-01-preview"'),
  baseModel: z.string().optional().describe("OpenAI's name of the model behind it, for its price"),
  ...common,
});

const Vertex = z.strictObject({
  provider: z.literal("vertex"),
  model,
  project: z.string().min(1),
  location: z.string().min(1).describe("Region, such as europe-west4"),
  ...common,
});

const Bedrock = z.strictObject({
  provider: z.literal("bedrock"),
  model,
  region: z.string().regex(/^[a-z]{2}(-[a-z]+)+-\d$/, "must be a region such as eu-central-1"),
  ...common,
});

const Compatible = z.strictObject({
  provider: z.literal("openai-compatible"),
  model,
  apiBase: z.url().describe("Address of the server (vLLM, TGI, LM Studio, …), as the containers reach it"),
  ...common,
});

const scalar = z.union([z.string(), z.number(), z.boolean()]);

/** Anything else LiteLLM speaks: still typed where it can be, and its parameters must be ones that LiteLLM reads. */
const Other = z.strictObject({
  provider: z.literal("other"),
  litellmModel: z.string().regex(/^[a-z0-9_]+\/.+/, 'must be LiteLLM\'s name, "provider/model"'),
  apiKeyVariable: z
    .string()
    .regex(/^[A-Z][A-Z0-9_]*_API_KEY$/, "must be a variable name that ends in _API_KEY")
    .optional(),
  params: z.record(z.string(), scalar).default({}).describe("More litellm_params, by LiteLLM's names"),
  ...common,
});

const Demo = z.strictObject({
  provider: z.literal("demo"),
  answer: z.string().min(1),
  ...common,
  price: Price,
});

/** One deployment of a model group, by provider. */
export const ModelDefinition = z.discriminatedUnion("provider", [
  simple("openai"),
  Azure,
  simple("anthropic"),
  simple("deepseek"),
  simple("ollama"),
  simple("gemini"),
  Vertex,
  Bedrock,
  simple("mistral"),
  simple("groq"),
  simple("openrouter"),
  Compatible,
  Other,
  Demo,
]);
export type ModelDefinition = z.infer<typeof ModelDefinition>;
