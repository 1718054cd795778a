import type * as z from "zod";
import type { StackConfig } from "./schema/stack-config.ts";

type ProfileName = StackConfig["profile"];

/** What each profile changes of the schema's defaults; a stack file wins over it. */
export const profiles: Record<ProfileName, Omit<z.input<typeof StackConfig>, "profile" | "providers">> = {
  dev: { demoModel: true, replicas: 1 },
  staging: { replicas: 2 },
  prod: { replicas: 2, prometheusRetentionDays: 90, audit: { retentionDays: 365 } },
};
