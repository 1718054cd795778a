import * as z from "zod";
import { AccessDefinition } from "./access.ts";
import { GuardrailDefinition } from "./guardrail.ts";
import { groupName, ModelDefinition } from "./model.ts";
import { SafetyDefinition } from "./safety.ts";

const targets = z.record(groupName, z.array(groupName).min(1)).default({});

const Routing = z.strictObject({
  strategy: z
    .enum([
      "simple-shuffle",
      "least-busy",
      "latency-based-routing",
      "cost-based-routing",
      "usage-based-routing-v2",
    ])
    .default("simple-shuffle")
    .describe("How a request picks one of its group's deployments"),
  retries: z.int().min(0).max(5).default(1).describe("Also spent on LiteLLM's own 429 answers: keep it low"),
  allowedFails: z
    .int()
    .min(0)
    .default(3)
    .describe("Failures within a minute before a deployment is left out"),
  cooldownSeconds: z.int().min(1).default(10).describe("How long a failing deployment is left out"),
  checkContextWindow: z
    .boolean()
    .default(false)
    .describe("Leave out deployments whose context window is too small"),
});

const Fallbacks = z.strictObject({
  general: targets.describe("Model group → groups tried in order when it fails"),
  contextWindow: targets.describe("… when the prompt is too long for it"),
  contentPolicy: targets.describe("… when the provider refuses the content"),
});

/** What a gateway offers: everything an owner writes in infra/catalog/gateway.ts or gateway.yaml. */
export const GatewayDefinition = z.strictObject({
  models: z.array(ModelDefinition),
  aliases: z
    .record(groupName, z.union([groupName, z.array(groupName).min(1)]))
    .default({})
    .describe("Another name for a model group; a list makes a group of its own from all their deployments"),
  fallbacks: Fallbacks.prefault({}),
  routing: Routing.prefault({}),
  safety: SafetyDefinition.prefault({}),
  guardrails: z.array(GuardrailDefinition).default([]),
  access: AccessDefinition.prefault({}),
});
export type GatewayDefinition = z.infer<typeof GatewayDefinition>;
