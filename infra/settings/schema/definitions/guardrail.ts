import * as z from "zod";
import { secretVariable } from "../provider-variables.ts";

const mode = z
  .enum(["pre_call", "during_call", "post_call", "logging_only"])
  .describe("When it runs. during_call runs beside the model call: nothing is masked before it leaves");

const common = {
  name: z.string().regex(/^[a-z0-9][a-z0-9_-]{0,62}$/, "must be small letters, digits, _ and -"),
  mode: z.union([mode, z.array(mode).min(1)]).default("pre_call"),
  defaultOn: z
    .boolean()
    .default(true)
    .describe("Runs on every request; else only where a key or request asks for it"),
};

const action = z.enum(["BLOCK", "MASK"]).default("BLOCK");

/** Letters that mean something behind a backslash in Python, which refuses the others. */
const escapes = new Set("AbBdDsSwWZafnrtvxuUN");

/** LiteLLM's regular expressions are Python's: what differs, named groups and leading flags, is translated for the check. */
function isRegex(text: string): boolean {
  for (const [, letter = ""] of text.matchAll(/\\(.)/gsu))
    if (/[a-zA-Z]/.test(letter) && !escapes.has(letter)) return false;
  try {
    new RegExp(text.replaceAll("(?P<", "(?<").replace(/^\(\?[aimsx]+\)/, ""));
    return true;
  } catch {
    return false;
  }
}

const regex = z.string().min(1).refine(isRegex, "is no regular expression");

const whenUnreachable = z
  .enum(["refuse", "pass"])
  .default("refuse")
  .describe("What happens to a request when the service behind it fails: refused, or let through unchecked");

const ContentFilter = z.strictObject({
  type: z.literal("content-filter"),
  ...common,
  blockedWords: z
    .array(z.strictObject({ keyword: z.string().min(1), action, description: z.string().optional() }))
    .default([]),
  patterns: z
    .array(
      z.union([
        z.strictObject({
          prebuilt: z.string().min(1).describe("Name of one of LiteLLM's own patterns"),
          action,
        }),
        z.strictObject({
          name: z.string().min(1),
          regex,
          action,
        }),
      ]),
    )
    .default([]),
  categories: z
    .array(
      z.strictObject({
        category: z.string().min(1),
        action,
        severityThreshold: z.enum(["low", "medium", "high"]).default("medium"),
      }),
    )
    .default([]),
});

const Presidio = z.strictObject({
  type: z.literal("presidio"),
  ...common,
  analyzerUrl: z
    .url()
    .optional()
    .describe("Another presidio's analyzer; default: a container of the stack's own"),
  anonymizerUrl: z.url().optional().describe("Its anonymizer; both addresses or neither"),
  // Without entities LiteLLM takes an analyzer's error for "nothing found".
  entities: z
    .record(z.string().regex(/^[A-Z_]+$/, "must be an entity such as CREDIT_CARD"), action)
    .refine((entities) => Object.keys(entities).length > 0, "must name at least one entity")
    .describe("What is looked for → MASK (replaced by its name) or BLOCK (the request is refused)"),
  language: z
    .string()
    .regex(/^[a-z]{2}$/, "must be a language such as en")
    .default("en")
    .describe("Language of the texts; the stack's own analyzer knows en only"),
  whenUnreachable: z
    .literal("refuse")
    .default("refuse")
    .describe(
      "What happens to a request while presidio doesn't answer: refused with HTTP 500; LiteLLM offers nothing else",
    ),
  timeoutSeconds: z
    .number()
    .positive()
    .max(300)
    .default(30)
    .describe("How long one call to presidio may take before it counts as no answer"),
  restoreInAnswers: z
    .boolean()
    .default(false)
    .describe("Puts what was masked back into the answer, so that the caller reads the real names"),
});

const OpenaiModeration = z.strictObject({ type: z.literal("openai-moderation"), ...common });
const HideSecrets = z.strictObject({ type: z.literal("hide-secrets"), ...common });

const ToolPermission = z.strictObject({
  type: z.literal("tool-permission"),
  ...common,
  rules: z
    .array(
      z.strictObject({
        id: z.string().min(1),
        tool: regex.describe("Regular expression that a tool's whole name matches"),
        decision: z.enum(["allow", "deny"]),
      }),
    )
    .min(1),
  defaultAction: z.enum(["allow", "deny"]).default("deny"),
});

const GenericApi = z.strictObject({
  type: z.literal("generic-api"),
  ...common,
  url: z.url(),
  apiKeyVariable: secretVariable.optional(),
  whenUnreachable,
});

const params = z.record(z.string(), z.json()).default({});

const Custom = z.strictObject({
  type: z.literal("custom"),
  ...common,
  class: z
    .string()
    .regex(
      /^[A-Za-z_]\w*(\.[A-Za-z_]\w*)+$/,
      "must be file.Class: a Python file beside config.yaml, or a module, and a class in it",
    ),
  params: params.describe("Arguments of the class"),
});

const Other = z.strictObject({
  type: z.literal("other"),
  ...common,
  guardrail: z.string().min(1).describe("LiteLLM's name of the type, such as lakera_v2"),
  apiKeyVariable: secretVariable.optional(),
  whenUnreachable,
  params: params.describe("More litellm_params of the guardrail, by LiteLLM's names"),
});

/** A check on requests or answers, by type. */
export const GuardrailDefinition = z.discriminatedUnion("type", [
  ContentFilter,
  Presidio,
  OpenaiModeration,
  HideSecrets,
  ToolPermission,
  GenericApi,
  Custom,
  Other,
]);
export type GuardrailDefinition = z.infer<typeof GuardrailDefinition>;
