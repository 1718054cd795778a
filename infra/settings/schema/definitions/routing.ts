import * as z from "zod";
import { groupName } from "./names.ts";

const retries = z.int().min(0).max(5);

const RetriesPerError = z.strictObject({
  badRequest: retries.optional(),
  authentication: retries.optional(),
  timeout: retries.optional(),
  rateLimit: retries.optional(),
  contentPolicy: retries.optional(),
  notFound: retries.optional(),
  internalServer: retries.optional(),
  serviceUnavailable: retries.optional(),
});

export const Routing = z.strictObject({
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
  retries: retries.default(1).describe("Also spent on LiteLLM's own 429 answers: keep it low"),
  retriesPerError: RetriesPerError.prefault({}).describe("Other numbers of retries, by what went wrong"),
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
  enforceRateLimits: z
    .boolean()
    .default(true)
    .describe(
      "Answers 429 above a deployment's requestsPerMinute and tokensPerMinute; else they only steer routing",
    ),
  byTags: z
    .boolean()
    .default(false)
    .describe("Requests with tags go to deployments with one of these tags only"),
});

const targets = z.record(groupName, z.array(groupName).min(1)).default({});

export const Fallbacks = z.strictObject({
  general: targets.describe("Model group → groups tried in order when it fails"),
  contextWindow: targets.describe("… when the prompt is too long for it"),
  contentPolicy: targets.describe("… when the provider refuses the content"),
});
