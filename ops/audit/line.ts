import * as z from "zod";

const hash = z.string().regex(/^[0-9a-f]{64}$/, "must be 64 small hex digits");
const count = z.number().nonnegative();

/**
 * What a line says of its event. Fields we read are typed; others may be there too, so that a newer writer's log stays readable.
 * Everything is absent (or null) when the gateway did not know it.
 */
export const AuditData = z.looseObject({
  model: z.string().nullish(),
  requested_model: z.string().nullish(),
  response_time_ms: count.nullish(),
  usage: z
    .looseObject({
      prompt_tokens: count.nullish(),
      completion_tokens: count.nullish(),
      total_tokens: count.nullish(),
    })
    .nullish(),
  cost_usd: count.nullish(),
  cache_hit: z.boolean().nullish(),
  status: z.int().nullish(),
  key_hash: z.string().nullish(),
  key_alias: z.string().nullish(),
  user_id: z.string().nullish(),
  team_id: z.string().nullish(),
  team_alias: z.string().nullish(),
  end_user: z.string().nullish(),
  route: z.string().nullish(),
  guardrails: z.array(z.looseObject({ guardrail: z.string(), action: z.string() })).nullish(),
  approval_id: z.string().nullish(),
  /** What a request did with an approval, where its line is also something else (a refusal, a call). */
  approval_event: z.enum(["approval_requested", "approval_used"]).nullish().catch(undefined),
  estimate_usd: count.nullish(),
  reasons: z.array(z.string()).nullish(),
  decided_by: z.string().nullish(),
  /** Whose request was decided about, on the line of the decision. */
  requester_user_id: z.string().nullish(),
  requester_team_id: z.string().nullish(),
  decision_reason: z.string().nullish(),
  error: z.looseObject({ code: z.union([z.string(), z.number()]).nullish() }).nullish(),
  config_hash: z.string().nullish(),
  image: z.string().nullish(),
  replica: z.string().nullish(),
  operation: z.string().nullish(),
  target: z.unknown().optional(),
});
export type AuditData = z.infer<typeof AuditData>;

const envelope = {
  event_type: z.string().regex(/^[a-z][a-z0-9_]*$/, "must be small letters, digits and _"),
  hash,
  id: z.string().min(1),
  prev: hash,
  seq: z.int().positive(),
  stack: z.string().min(1),
  timestamp: z
    .string()
    .regex(
      /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z$/,
      "must be UTC with microseconds, such as 2026-11-25T10:00:00.123456Z",
    ),
  v: z.literal(1),
};

/** One line of litellm_audit.jsonl. */
export const AuditLine = z.strictObject({ data: AuditData, ...envelope });
export type AuditLine = z.infer<typeof AuditLine>;

/** The same for checks that don't care what the event is: a mistake in its data is then no damage to the chain. */
export const Envelope = z.strictObject({ data: z.record(z.string(), z.unknown()), ...envelope });
export type Envelope = z.infer<typeof Envelope>;

/** Data of a `checkpoint`: the writer's signature over everything before it. */
export const CheckpointData = z.looseObject({
  head: hash,
  signature: z.base64(),
  public_key: hash,
});

/** Data of a `log_pruned`: a rotated file that retention deleted. */
export const PrunedData = z.looseObject({
  file: z.string(),
  first_seq: z.int().positive(),
  last_seq: z.int().positive(),
  last_hash: hash,
});
export type PrunedData = z.infer<typeof PrunedData>;

/** litellm_audit.head.json: how far the log had come, signed. */
export const Head = z.strictObject({
  seq: z.int().nonnegative(),
  hash,
  timestamp: envelope.timestamp,
  stack: z.string(),
  signature: z.base64(),
  public_key: hash,
});
export type Head = z.infer<typeof Head>;

/** `prev` of the very first line. */
export const noHash = "0".repeat(64);
