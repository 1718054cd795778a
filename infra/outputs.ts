import * as z from "zod";

const KeyGeneration = z.strictObject({ generation: z.int(), overlap: z.iso.date().nullable() });

const objects = z.record(z.string(), z.record(z.string(), z.unknown()));

/** What `pulumi stack output --json --show-secrets` gives; written by infra/stack.ts, parsed by everything after `up`. */
export const StackOutputs = z.strictObject({
  stackName: z.string(),
  profile: z.enum(["dev", "staging", "prod"]),
  /** Engine address the stack lives on; empty = the CLI's default. */
  dockerHost: z.string(),
  urls: z.strictObject({
    api: z.url(),
    ui: z.url(),
    health: z.url(),
    prometheus: z.url(),
    /** The approvers' page and API; null when approvals are off. */
    approvals: z.url().nullable(),
  }),
  /** Where the audit log is: a folder of the machine that ran Pulumi, or a volume on the engine; null when it is off. */
  auditLog: z
    .union([z.strictObject({ folder: z.string() }), z.strictObject({ volume: z.string() })])
    .nullable(),
  /** Verifies the audit log's signatures: Ed25519, hex. */
  auditPublicKey: z.string().regex(/^[0-9a-f]{64}$/),
  /** Secret. The variables a Cerberus agent needs; LITELLM_MASTER_KEY carries the limited agent key. */
  cerberusEnv: z.strictObject({
    CERBERUS_MODEL: z.string(),
    LITELLM_BASE_URL: z.url(),
    LITELLM_MASTER_KEY: z.string().startsWith("sk-"),
    CERBERUS_PRICE_LIMIT: z.string(),
    CERBERUS_MAX_ITERATIONS: z.string(),
  }),
  /** Secret. The real master key: administration only. */
  masterKey: z.string().startsWith("sk-cerberus-"),
  /** Secret. Login of the admin UI. */
  uiLogin: z.strictObject({ username: z.string(), password: z.string() }),
  agentKeyAlias: z.string(),
  /** What the definitions say of access, as LiteLLM takes it, and the mark of what is this stack's. */
  access: z.strictObject({
    owner: z.string(),
    budgets: objects,
    teams: objects,
    users: objects,
    customers: objects,
    keys: objects,
    /** What `npm run drift` leaves out: kind/name. */
    ignored: z.array(z.string()),
  }),
  /** Secret. Values of the defined keys, by id. */
  accessKeys: z.record(z.string(), z.string().startsWith("sk-")),
  /** Public names that /v1/models must list, sorted. */
  models: z.array(z.string()),
  /** Public name of the priced mock model, if the stack has it. */
  demoModel: z.string().nullable(),
  /** What the safety guardrail refuses; null when it is off. */
  safety: z.strictObject({ blockedContentTypes: z.array(z.string()) }).nullable(),
  /** Whether identical requests are answered from the cache without being asked to. */
  caches: z.boolean(),
  /** Generation of each secret that `npm run rotate` renews; what a finished up has put into use. */
  rotation: z.strictObject({
    master: z.int(),
    db: z.int(),
    redis: z.int(),
    ui: z.int(),
    /** By id, the agent key among them. */
    keys: z.record(z.string(), KeyGeneration).default({}),
  }),
  replicas: z.int(),
  /** Every container of the stack that keeps running. */
  containers: z.array(z.strictObject({ service: z.string(), name: z.string() })),
});
export type StackOutputs = z.infer<typeof StackOutputs>;
