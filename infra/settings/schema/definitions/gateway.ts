import * as z from "zod";
import { AccessDefinition } from "./access.ts";
import { Cache } from "./cache.ts";
import { CallbackDefinition } from "./callback.ts";
import { McpServer, PassThroughEndpoint, Prompt, SearchTool } from "./extras.ts";
import { GuardrailDefinition } from "./guardrail.ts";
import { HealthChecks } from "./health-checks.ts";
import { ModelDefinition } from "./model.ts";
import { groupName, plainName, Spend } from "./names.ts";
import { Fallbacks, Routing } from "./routing.ts";
import { SafetyDefinition } from "./safety.ts";

/** What a gateway offers: everything an owner writes in infra/catalog/gateway.ts, gateway.yaml or a stack's `gateway` setting. */
export const GatewayDefinition = z.strictObject({
  models: z.array(ModelDefinition),
  aliases: z
    .record(groupName, z.union([groupName, z.array(groupName).min(1)]))
    .default({})
    .describe("Another name for a model group; a list makes a group of its own from all their deployments"),
  fallbacks: Fallbacks.prefault({}),
  routing: Routing.prefault({}),
  providerBudgets: z
    .record(z.string(), Spend)
    .default({})
    .describe("Provider → spend of all its models per period; they are left out of routing above it"),
  cache: Cache.prefault({}),
  healthChecks: HealthChecks.prefault({}),
  safety: SafetyDefinition.prefault({}),
  guardrails: z.array(GuardrailDefinition).default([]),
  access: AccessDefinition.prefault({}),
  callbacks: z
    .array(CallbackDefinition)
    .default([])
    .describe("Where calls are reported to, beside Prometheus"),
  mcpServers: z.record(plainName, McpServer).default({}),
  passThroughEndpoints: z.array(PassThroughEndpoint).default([]),
  prompts: z.array(Prompt).default([]),
  searchTools: z.array(SearchTool).default([]),
});
export type GatewayDefinition = z.infer<typeof GatewayDefinition>;
