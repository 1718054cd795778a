import * as z from "zod";

/** LiteLLM's own checks of models in the background; containers are watched without them. */
export const HealthChecks = z.strictObject({
  enabled: z
    .boolean()
    .default(false)
    .describe("Calls every model again and again; each check is a call that its provider is paid for"),
  intervalSeconds: z.int().min(60).default(300).describe("Time between two checks of a model"),
});
export type HealthChecks = z.infer<typeof HealthChecks>;
