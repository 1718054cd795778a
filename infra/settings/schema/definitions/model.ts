import * as z from "zod";
import { secretVariable } from "../provider-variables.ts";
import { groupName, modelName, Spend } from "./names.ts";

const usd = z.number().nonnegative();
const positive = z.int().positive();

export const Price = z
  .strictObject({ inputUsdPerToken: usd, outputUsdPerToken: usd })
  .describe("Price of one token in USD; without it LiteLLM's bundled map is asked. Zero counts as priced");

const common = {
  name: modelName.describe(
    'Model group: the public name. Several entries with one name share its traffic. "openai/*" with the model "*" offers whatever the provider has',
  ),
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
  budget: Spend.optional().describe(
    "Spend of this deployment per period; it is left out of routing above it",
  ),
  baseModel: z
    .string()
    .min(1)
    .optional()
    .describe(
      "Name of the model behind it in LiteLLM's price map, where the provider's own name says nothing",
    ),
  healthModel: z
    .string()
    .min(1)
    .optional()
    .describe(
      "The provider's own name of the model that health checks call instead: a cheap one, or one behind a wildcard",
    ),
  healthCheck: z.boolean().default(true).describe("Takes part in health checks, where they are on"),
  accessGroups: z
    .array(groupName)
    .min(1)
    .optional()
    .describe("Groups of models that a key may be given by one name"),
  tags: z
    .array(groupName)
    .min(1)
    .optional()
    .describe(
      'Requests with one of these tags come here, where routing goes by tags; "default" takes the rest',
    ),
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
  apiKeyVariable: secretVariable.optional(),
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
