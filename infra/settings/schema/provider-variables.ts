import * as z from "zod";
import { secretNames } from "../../names.ts";

const secret = z.string().min(8, "is too short for an API key");

/** Keys and addresses of providers, by the names that `.env` files use. */
const shape = {
  OPENAI_API_KEY: secret.optional(),
  OPENAI_API_BASE: z.url().optional(),
  ANTHROPIC_API_KEY: secret.optional(),
  ANTHROPIC_API_BASE: z.url().optional(),
  DEEPSEEK_API_KEY: secret.optional(),
  DEEPSEEK_API_BASE: z.url().optional(),
  OLLAMA_API_BASE: z.url().optional(),
  GEMINI_API_KEY: secret.optional(),
  MISTRAL_API_KEY: secret.optional(),
  GROQ_API_KEY: secret.optional(),
  OPENROUTER_API_KEY: secret.optional(),
  AZURE_API_KEY: secret.optional(),
  AZURE_API_BASE: z.url().optional(),
  VERTEX_CREDENTIALS: z.string().min(2).optional().describe("Service account as JSON text"),
  AWS_ACCESS_KEY_ID: secret.optional(),
  AWS_SECRET_ACCESS_KEY: secret.optional(),
  LITELLM_LICENSE: secret.optional().describe("LiteLLM Enterprise licence, if you have one"),
  APPROVALS_WEBHOOK_URL: z
    .url()
    .optional()
    .describe("Told of requests that wait for an approval; Slack's form"),
};

const ours: ReadonlySet<string> = new Set(Object.values(secretNames));

/** Name of a secret that definitions choose themselves; its value goes into `providers` like any provider's key. */
export const secretVariable = z
  .string()
  .regex(
    /^[A-Z][A-Z0-9_]*_(KEY|TOKEN|SECRET|PASSWORD)$/,
    "must be a variable name that ends in _KEY, _TOKEN, _SECRET or _PASSWORD",
  )
  .refine((name) => !ours.has(name) && !name.startsWith("LITELLM_"), "is one of the gateway's own secrets");

export type ProviderVariable = keyof typeof shape;
const known = Object.keys(shape) as readonly ProviderVariable[];

const plain: ReadonlySet<string> = new Set(known.filter((name) => name.endsWith("_API_BASE")));

/** Whether a variable holds a secret; everything but an address does. */
export const isSecretVariable = (name: string): boolean => !plain.has(name);

/**
 * Schema of the `providers` setting.
 * @param more variables that definitions name beside the known ones
 */
export const providersSchema = (more: readonly string[]) =>
  z.strictObject({ ...shape, ...Object.fromEntries(more.map((name) => [name, secret.optional()])) });

/** Names that may stand in `.env` and in the `providers` setting. */
export const providerVariables = (more: readonly string[]): readonly string[] => [
  ...new Set([...known, ...more]),
];
