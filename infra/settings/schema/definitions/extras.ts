import * as z from "zod";
import { secretVariable } from "../provider-variables.ts";
import { groupName, plainName } from "./names.ts";

/** A server of tools (Model Context Protocol) that the gateway reaches over HTTP; a server it would start itself is refused by LiteLLM. */
export const McpServer = z.strictObject({
  url: z.url(),
  transport: z.enum(["http", "sse"]).default("http"),
  description: z.string().min(1).optional(),
  auth: z
    .enum(["none", "bearer_token", "api_key", "basic", "authorization"])
    .default("none")
    .describe("How tokenVariable is sent"),
  tokenVariable: secretVariable.optional().describe("Secret that the server asks for"),
  allowedTools: z
    .array(z.string().min(1))
    .min(1)
    .optional()
    .describe("Tools that callers get; default: every one that the server has"),
  accessGroups: z
    .array(groupName)
    .min(1)
    .optional()
    .describe("Groups that keys and teams may be allowed to use"),
  allowAllKeys: z.boolean().default(false).describe("Every key may use it, not only those that name it"),
  timeoutSeconds: z.number().positive().max(600).optional(),
});
export type McpServer = z.infer<typeof McpServer>;

const headerValue = z.union([
  z.string().regex(/^(?!.*os\.environ)[\x20-\x7e]*$/, "must be plain text; a secret goes in as { variable }"),
  z.strictObject({
    variable: secretVariable,
    prefix: z
      .string()
      .regex(/^[A-Za-z]+ $/, 'must be a word and a space, such as "Bearer "')
      .optional(),
  }),
]);

/** A path of the gateway that is handed on to another API as it stands; callers need a key of the gateway. */
export const PassThroughEndpoint = z.strictObject({
  path: z.string().regex(/^\/[A-Za-z0-9_/-]{1,126}$/, "must be a path such as /v1/rerank-eu"),
  target: z.url(),
  headers: z
    .record(z.string().regex(/^[A-Za-z0-9-]+$/, "must be a header's name"), headerValue)
    .default({})
    .describe("Headers of the calls to the target"),
  includeSubpaths: z.boolean().default(false),
  methods: z
    .array(z.enum(["GET", "POST", "PUT", "PATCH", "DELETE"]))
    .min(1)
    .optional()
    .describe("Default: all"),
  usdPerRequest: z
    .number()
    .nonnegative()
    .describe("What a call costs, for budgets; LiteLLM can't know it: zero where it is free"),
  timeoutSeconds: z.number().positive().max(6000).optional(),
  guardrails: z
    .array(z.string().min(1))
    .min(1)
    .optional()
    .describe("Guardrails that run on it; else only those that are on by default"),
});
export type PassThroughEndpoint = z.infer<typeof PassThroughEndpoint>;

/** A prompt that clients ask for by `prompt_id`. */
export const Prompt = z.strictObject({
  id: plainName,
  content: z
    .string()
    .min(1)
    .describe("Text in dotprompt form: YAML between two --- lines, then User: and System: parts"),
});
export type Prompt = z.infer<typeof Prompt>;

/** A web search that clients call through the gateway. */
export const SearchTool = z.strictObject({
  name: z.string().regex(/^[a-z0-9][a-z0-9_-]{0,62}$/, "must be small letters, digits, _ and -"),
  provider: z.enum([
    "perplexity",
    "tavily",
    "parallel_ai",
    "exa_ai",
    "brave",
    "firecrawl",
    "searxng",
    "linkup",
    "serper",
    "you_com",
  ]),
  apiKeyVariable: secretVariable.optional(),
  apiBase: z.url().optional(),
  timeoutSeconds: z.number().positive().max(600).optional(),
});
export type SearchTool = z.infer<typeof SearchTool>;
