import * as z from "zod";

const callTypes = [
  "completion",
  "acompletion",
  "text_completion",
  "atext_completion",
  "embedding",
  "aembedding",
  "responses",
  "aresponses",
  "anthropic_messages",
  "aanthropic_messages",
  "rerank",
  "arerank",
  "transcription",
  "atranscription",
] as const;

/** When an identical request is answered from Redis instead of a provider. */
export const Cache = z.strictObject({
  enabled: z.boolean().default(true),
  mode: z
    .enum(["default_on", "default_off"])
    .default("default_on")
    .describe("default_off: only requests that ask for it are answered from the cache"),
  ttlSeconds: z
    .int()
    .positive()
    .optional()
    .describe("How long an answer is kept; default: the stack's cacheTtlSeconds"),
  callTypes: z
    .array(z.enum(callTypes))
    .min(1)
    .optional()
    .describe("Calls that are cached, by LiteLLM's names (its server makes the a… ones); default: all"),
});
export type Cache = z.infer<typeof Cache>;
