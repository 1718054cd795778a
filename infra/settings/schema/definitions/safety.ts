import { readFileSync } from "node:fs";
import * as z from "zod";
import { groupName } from "./names.ts";

/** Name of the gateway's own guardrail. */
export const safetyGuardrail = "cerberus_safety";

/** Names of the word lists that come with the guardrail. */
export const builtInCategories: readonly string[] = Object.keys(
  JSON.parse(
    readFileSync(
      new URL("../../../../plugins/cerberus_gateway/safety/categories.json", import.meta.url),
      "utf8",
    ),
  ) as object,
);

const categoryName = z
  .string()
  .regex(/^[a-z][a-z0-9_]{0,62}$/, "must be small letters, digits and _, such as harmful");

const usd = z.number().positive().max(100_000).nullable();

const Inputs = z.strictObject({
  images: z.boolean().default(true),
  audio: z.boolean().default(true),
  files: z.boolean().default(true),
  tools: z.boolean().default(true),
});

const Category = z.strictObject({
  keywords: z
    .array(z.string().min(1))
    .default([])
    .describe("Whole words or phrases, in any spelling of case"),
  patterns: z
    .array(z.string().min(1))
    .default([])
    .describe("Regular expressions (Python's); ones that could run away are refused"),
});

const ApprovalRule = z
  .strictObject({
    models: z.array(groupName).default([]).describe("Any of these models"),
    teams: z.array(z.string().min(1)).default([]).describe("Any of these team ids"),
    tools: z.boolean().default(false).describe("Only requests that offer tools"),
  })
  .refine(({ models, teams, tools }) => models.length + teams.length > 0 || tools, {
    message: "names no condition: every request would need an approval",
  });

/** What a safety profile may change; the names are the same everywhere. */
const limits = {
  maxBudgetPerRequestUsd: usd.describe("Worst-case cost of one request, in USD; null = no limit"),
  maxTokensPerRequest: z
    .int()
    .positive()
    .nullable()
    .describe(
      "Output tokens of one request: granted when the client names none, refused above; null = no limit",
    ),
  blockedContentTypes: z
    .array(categoryName)
    .describe(`Categories that are refused: of your own, or ${builtInCategories.join(", ")}`),
  filterOutput: z.boolean().describe("Check answers too, streamed ones included"),
  inputs: Inputs.describe("Kinds of input that are let through"),
  requireApprovalOverUsd: usd.describe("Worst-case cost above which a human must approve; null = never"),
  approvalRules: z
    .array(ApprovalRule)
    .describe("Requests that need an approval whatever they cost: every condition of a rule holds"),
};

/** The cerberus_safety guardrail: enforced in the gateway, on every request; no client can opt out. */
export const SafetyDefinition = z.strictObject({
  enabled: z.boolean().default(true),
  maxBudgetPerRequestUsd: limits.maxBudgetPerRequestUsd.default(10),
  maxTokensPerRequest: limits.maxTokensPerRequest.default(4096),
  blockedContentTypes: limits.blockedContentTypes.default(["harmful", "illegal"]),
  categories: z
    .record(categoryName, Category)
    .default({})
    .describe("Categories of your own, or more words for a built-in one"),
  filterOutput: limits.filterOutput.default(true),
  lookBackChars: z
    .int()
    .min(16)
    .max(4096)
    .default(200)
    .describe("Characters of a stream held back so that a match is seen whole"),
  inputs: limits.inputs.prefault({}),
  requireApprovalOverUsd: limits.requireApprovalOverUsd.default(5),
  approvalRules: limits.approvalRules.default([]),
  profiles: z
    .record(categoryName, z.strictObject(limits).partial())
    .default({})
    .describe("Other values for keys and teams whose metadata names the profile in cerberus_profile"),
});
export type SafetyDefinition = z.infer<typeof SafetyDefinition>;
