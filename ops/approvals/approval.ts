import * as z from "zod";

export const statuses = ["pending", "approved", "denied", "used", "expired"] as const;

/** One approval as the approvals service tells it (plugins/cerberus_gateway/approvals/approval.py). Times are Unix seconds. */
export const Approval = z.object({
  id: z.string(),
  status: z.enum(statuses),
  key_hash: z.string(),
  key_alias: z.string().nullable(),
  user_id: z.string().nullable(),
  team_id: z.string().nullable(),
  model: z.string(),
  route: z.string(),
  /** Worst-case cost in USD; null = unknown. */
  estimate_usd: z.number().nullable(),
  reasons: z.array(z.string()),
  /** The prompt, personal data and keys masked. */
  preview: z.string(),
  created: z.int(),
  /** Until when it can be decided; once approved, until when it can be used. */
  expires: z.int(),
  decided_by: z.string().nullable(),
  decided_at: z.int().nullable(),
  decision_reason: z.string().nullable(),
  used_at: z.int().nullable(),
});
export type Approval = z.infer<typeof Approval>;
