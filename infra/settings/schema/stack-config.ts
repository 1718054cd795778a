import * as z from "zod";
import { accessId, day } from "./definitions/access.ts";
import { Engine } from "./engine.ts";
import { providersSchema } from "./provider-variables.ts";

const port = z.int().min(1024).max(65535);
const usd = z.number().positive();
const duration = z
  .string()
  .regex(/^[1-9][0-9]*(s|m|h|d|mo)$/, 'must be a number and a unit, such as "30d" (s, m, h, d, mo)');

const Images = z.strictObject({
  source: z
    .enum(["registry", "packages"])
    .default("registry")
    .describe(
      "registry: official images by digest; packages: images built here from Debian, PyPI and npm packages",
    ),
  registryPrefix: z
    .string()
    .regex(/^[a-z0-9.-]+(:[0-9]+)?(\/[a-z0-9._/-]+)?$/, "must be host[:port][/path], with no scheme")
    .optional()
    .describe("Host (and path) of a company mirror that replaces the images' own registries"),
  waivers: z
    .record(
      z.string(),
      z.strictObject({
        reason: z.string().min(10).describe("Why it is accepted"),
        expires: z.iso.date().describe("Last day it counts, YYYY-MM-DD"),
      }),
    )
    .default({})
    .describe('What prod accepts until a day: "packages-source", or the id of an open advisory'),
});

const Ports = z.strictObject({
  gateway: port.default(4000).describe("Loopback port of API and admin UI"),
  prometheus: port.default(9090).describe("Loopback port of Prometheus"),
  approvals: port.default(4001).describe("Loopback port of the approvers' page and API"),
});

const Budget = z.strictObject({
  maxUsd: usd
    .default(1000)
    .describe("Spend of the whole gateway per period, in USD; requests are refused above it"),
  period: duration.default("30d").describe("Length of the budget period"),
});

const Agent = z.strictObject({
  model: z
    .string()
    .min(1)
    .optional()
    .describe("Public model name in CERBERUS_MODEL; default: the first deployed one of a provider"),
  maxBudgetUsd: usd.default(50).describe("Spend of the agent key per period, in USD"),
  budgetPeriod: duration.default("30d").describe("Length of the agent key's budget period"),
  requestsPerMinute: z.int().positive().default(60).describe("Rate limit of the agent key"),
  priceLimitUsd: usd.default(100).describe("CERBERUS_PRICE_LIMIT, in USD: the agents' own limit per session"),
  maxIterations: z
    .int()
    .positive()
    .default(50)
    .describe("CERBERUS_MAX_ITERATIONS: turns of one agent session"),
});

const Audit = z.strictObject({
  enabled: z.boolean().default(true).describe("One line per request in logs/<stack>/litellm_audit.jsonl"),
  whenUnavailable: z
    .enum(["refuse", "allow"])
    .default("refuse")
    .describe("What happens to requests while nothing can be recorded: 503, or served with the loss counted"),
  waitSeconds: z
    .int()
    .min(1)
    .max(60)
    .default(10)
    .describe("How long a request waits for an absent audit writer before that"),
  content: z
    .enum(["off", "digest", "masked"])
    .default("digest")
    .describe(
      "What is kept of prompts and answers: nothing, salted digests, or digests and text with PII masked",
    ),
  storage: z
    .enum(["host", "volume"])
    .optional()
    .describe(
      "host: the clone's logs folder (default, local engine); volume: on the engine (default, remote one)",
    ),
  rotateMib: z.int().min(1).max(4096).default(64).describe("Size at which a new file is begun, in MiB"),
  retentionDays: z
    .int()
    .min(180)
    .max(3650)
    .default(190)
    .describe(
      "How long rotated files are kept, in days; the EU AI Act asks for six months at least, which may be 184",
    ),
});

const Approvals = z.strictObject({
  enabled: z.boolean().default(true).describe("The approvers' page and API"),
  pendingMinutes: z.int().min(1).max(10_080).default(60).describe("How long a request waits for an approver"),
  approvedMinutes: z
    .int()
    .min(1)
    .max(1_440)
    .default(15)
    .describe("How long an approval waits for the request to be sent again"),
  fourEyes: z
    .boolean()
    .default(true)
    .describe("Whoever asked can't approve: neither the same key nor the same user"),
});

const raised = z.int().min(1).max(9_999);
const generation = raised.default(1);

const KeyRotation = z.strictObject({
  generation: raised.describe("Generation of the key in this stack, unless its definition says a higher one"),
  overlap: day.optional().describe("The generation before stays valid up to this day (UTC)"),
});

const Rotation = z.strictObject({
  master: generation.describe("Generation of the master key; raised by npm run rotate, never lowered"),
  db: generation.describe("Generation of the database login; raised by npm run rotate, never lowered"),
  redis: generation.describe("Generation of both Redis passwords; raised by npm run rotate, never lowered"),
  ui: generation.describe("Generation of the admin UI's password; raised by npm run rotate, never lowered"),
  keys: z
    .record(accessId, KeyRotation)
    .default({})
    .describe("Keys that this stack alone has rotated, by their id in access.keys; agent: the agent key"),
});

const limits = (memoryMib: number, cpus: number, pids: number) =>
  z
    .strictObject({
      memoryMib: z.int().min(16).default(memoryMib).describe("Memory ceiling in MiB; killed above it"),
      cpus: z.number().min(0.1).default(cpus).describe("CPU ceiling in cores"),
      pids: z.int().min(8).default(pids).describe("Ceiling of processes and threads"),
    })
    .prefault({});

const Resources = z.strictObject({
  litellm: limits(2048, 2, 512),
  postgres: limits(512, 1, 256),
  redis: limits(256, 0.5, 64),
  frontDoor: limits(128, 1, 64),
  prometheus: limits(512, 0.5, 128),
  auditWriter: limits(256, 1, 64),
  approvals: limits(256, 0.5, 64),
  // The official analyzer holds a language model: about 1.1 GiB.
  presidioAnalyzer: limits(2048, 1, 64),
  presidioAnonymizer: limits(256, 0.5, 64),
});

const Database = z.strictObject({
  connectionsPerReplica: z
    .int()
    .min(1)
    .max(100)
    .default(10)
    .describe("Connections to PostgreSQL that each LiteLLM replica keeps"),
  maxConnections: z
    .int()
    .min(20)
    .max(1000)
    .default(120)
    .describe("Connections that PostgreSQL accepts in all; each takes some MiB of its memory"),
});

/**
 * Everything a stack file or `pulumi config` may say. The one home of names, bounds and defaults.
 * @param moreVariables provider variables that definitions name beside the known ones
 */
export const stackConfigSchema = (moreVariables: readonly string[]) =>
  z.strictObject({
    profile: z.enum(["dev", "staging", "prod"]).describe("Set of defaults this stack starts from"),
    replicas: z.int().min(1).max(8).default(1).describe("LiteLLM containers behind the front door"),
    images: Images.prefault({}),
    ports: Ports.prefault({}),
    engine: Engine.prefault({}),
    budget: Budget.prefault({}),
    database: Database.prefault({}),
    gateway: z
      .record(z.string(), z.unknown())
      .optional()
      .describe("What the gateway offers, by the schema of gateway.yaml, which it stands in for"),
    agent: Agent.prefault({}),
    audit: Audit.prefault({}),
    approvals: Approvals.prefault({}),
    rotation: Rotation.prefault({}),
    saltKey: z
      .string()
      .regex(/^sk-salt-[A-Za-z0-9]{64}$/, 'must be a salt key as an escrow file holds it: "sk-salt-…"')
      .optional()
      .describe("Secret. The salt key from an escrow file, in place of one this stack makes itself"),
    cacheTtlSeconds: z
      .int()
      .positive()
      .default(3600)
      .describe("How long an identical request is answered from the cache"),
    requestTimeoutSeconds: z
      .int()
      .min(5)
      .max(600)
      .default(600)
      .describe("Longest time a model call may take"),
    demoModel: z
      .boolean()
      .default(false)
      .describe("Adds a priced built-in mock model that needs no key and no internet"),
    protectData: z
      .boolean()
      .default(true)
      .describe("Refuses to destroy data volumes and the salt key; off only for throw-away stacks"),
    prometheusRetentionDays: z.int().positive().default(15).describe("How long Prometheus keeps samples"),
    resources: Resources.prefault({}),
    providers: providersSchema(moreVariables)
      .prefault({})
      .describe("Provider keys (as secrets) and addresses; setup.sh fills them from .env"),
  });

/** The schema without variables of anybody's own: for names and types. */
export const StackConfig = stackConfigSchema([]);
export type StackConfig = z.infer<typeof StackConfig>;
