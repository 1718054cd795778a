import * as z from "zod";
import { groupName, period } from "./names.ts";

/** An object's stable name: it is what LiteLLM knows it by, so another one is another object. Its alias may change. */
export const accessId = z
  .string()
  .regex(
    /^[a-z0-9][a-z0-9-]{0,62}$/,
    "must be small letters, digits and -, 63 at most, and start with a letter or digit",
  );

const positive = z.int().positive();
const usd = z.number().positive();
const alias = z
  .string()
  .regex(/^[^\s"'\\][^"'\\\n]{0,126}$/, "must be one line of at most 127 characters without quotes")
  .optional()
  .describe("Name that people see; the id unless given. Changing it makes no new object");
const models = z
  .array(groupName)
  .min(1, "would forbid every model; leave it out to allow all, or set blocked")
  .optional()
  .describe("Models that may be called: names or aliases defined above. All of them when left out");
const routes = z.array(z.string().regex(/^\/[^\s]*$/, "must be a path, such as /v1/embeddings")).min(1);

const rates = {
  rpm: positive.optional().describe("Requests per minute, over all replicas"),
  tpm: positive.optional().describe("Tokens per minute, over all replicas"),
};
const parallel = positive.optional().describe("Requests at the same time");

const Amount = z.strictObject({
  maxUsd: usd.describe("Spend per period, in USD"),
  period: period.describe("After so long the spend starts from zero"),
});
const budget = {
  budget: Amount.optional().describe("What may be spent"),
  budgetId: accessId.optional().describe("A budget of `budgets`: its limits, counted for this object alone"),
};

/** Metadata is shown in LiteLLM's UI and logs; it holds no secret. */
const metadata = z
  .record(z.string().min(1), z.union([z.string(), z.number(), z.boolean()]))
  .default({})
  .describe("Free notes, visible in the UI and in logs: no secrets");

/** What the safety guardrail and the route checks read from metadata. */
const safety = {
  safetyProfile: z.string().optional().describe("A profile of safety.profiles"),
  deniedModels: z.array(z.string().min(1)).min(1).optional().describe("Models refused; a * may end a name"),
  deniedRoutes: routes.optional().describe("Paths refused; a * may end a path"),
};

/** Features that LiteLLM serves under an Enterprise licence only. */
const licensed = {
  tags: z.array(z.string().min(1)).min(1).optional().describe("Needs LITELLM_LICENSE"),
  guardrails: z
    .array(z.string().min(1))
    .min(1)
    .optional()
    .describe("More guardrails, by name. Needs LITELLM_LICENSE"),
  organization: z
    .string()
    .min(1)
    .optional()
    .describe("Id of an organisation that is there. Needs LITELLM_LICENSE"),
};

const blocked = z.boolean().default(false).describe("Refused until this is false again; nothing is lost");
const protect = z
  .boolean()
  .default(false)
  .describe("Removing it from the definitions is refused until this is false and applied");

const BudgetDefinition = z.strictObject({ ...Amount.shape, ...rates, parallel });

const TeamDefinition = z.strictObject({
  alias,
  models,
  ...budget,
  ...rates,
  metadata,
  ...safety,
  ...licensed,
  blocked,
  protect,
});

/** Roles that need no licence; what each may do: docs/access.md. */
export const roles = ["proxy_admin", "proxy_admin_viewer", "internal_user", "internal_user_viewer"] as const;

const UserDefinition = z.strictObject({
  email: z.email().optional(),
  role: z.enum(roles).default("internal_user"),
  teams: z.array(accessId).default([]).describe("Teams the user belongs to"),
  models,
  ...budget,
  ...rates,
  metadata,
  protect,
});

/** A day, UTC. */
export const day = z.iso.date("must be a day, YYYY-MM-DD");

const KeyDefinition = z.strictObject({
  alias,
  kind: z
    .enum(["service", "personal"])
    .default("service")
    .describe("service: a program's, of a team or of nobody; personal: a user's"),
  user: accessId.optional().describe("Whose it is (personal keys)"),
  team: accessId.optional().describe("Team whose limits hold too"),
  models,
  routes: routes.optional().describe("Paths that may be called; all of the API when left out"),
  ...budget,
  ...rates,
  parallel,
  expires: day.optional().describe("Last day it is valid (UTC)"),
  metadata,
  ...safety,
  ...licensed,
  approver: z
    .boolean()
    .default(false)
    .describe("May decide on requests that wait for approval (docs/approvals.md)"),
  blocked,
  protect,
  generation: z
    .int()
    .min(0)
    .max(9_999)
    .default(1)
    .describe(
      "Raised to get another value in every stack (in one: npm run rotate); 0: a key made elsewhere and adopted",
    ),
  overlap: day.optional().describe("The generation before stays valid up to this day (UTC)"),
});

const CustomerDefinition = z.strictObject({
  alias,
  ...budget,
  models,
  blocked,
});

const Defaults = z.strictObject({
  user: z
    .strictObject({ ...Amount.shape, ...rates })
    .optional()
    .describe("Limits of users who have none of their own, those made in the UI included"),
  customer: accessId.optional().describe("Budget of customers who are not defined here, each for himself"),
});

const UpperBounds = z.strictObject({
  maxBudgetUsd: usd.optional().describe("No key may have more; one without a budget gets this"),
  rpm: positive.optional(),
  tpm: positive.optional(),
  parallel,
});

/** What LiteLLM's API calls the parts of a request for a key. */
const required = z
  .array(
    z.enum([
      "key_alias",
      "models",
      "duration",
      "max_budget",
      "budget_duration",
      "rpm_limit",
      "tpm_limit",
      "max_parallel_requests",
    ]),
  )
  .min(1)
  .optional()
  .describe("What a request for a key has to say");

const KeyMaking = z.strictObject({
  personal: z
    .strictObject({ roles: z.array(z.enum(roles)).min(1).optional(), required })
    .optional()
    .describe("Keys of one's own: whose role may make them; every role's when left out"),
  team: z
    .strictObject({
      memberRoles: z
        .array(z.enum(["admin", "user"]))
        .min(1)
        .optional(),
      required,
    })
    .optional()
    .describe("Keys of a team: which of its members may make them"),
});

/** Who may use the gateway, for what and how much. Maps go from the stable id to the object. */
export const AccessDefinition = z.strictObject({
  budgets: z.record(accessId, BudgetDefinition).default({}),
  teams: z.record(accessId, TeamDefinition).default({}),
  users: z.record(accessId, UserDefinition).default({}),
  customers: z
    .record(z.string().regex(/^[A-Za-z0-9][A-Za-z0-9._@-]{0,127}$/, "is no customer id"), CustomerDefinition)
    .default({})
    .describe("End users, by what clients send as `user`"),
  keys: z.record(accessId, KeyDefinition).default({}),
  defaults: Defaults.prefault({}),
  keyMaking: KeyMaking.prefault({}).describe(
    "Who may make keys beside these, in the UI or by the API; administrators always may",
  ),
  ignored: z
    .array(
      z
        .string()
        .regex(
          /^(budgets|teams|users|customers|keys|setting|model|credential|guardrail|server)\/\S/,
          'must be kind/name, such as "keys/my-laptop"; a * may end it',
        ),
    )
    .default([])
    .describe("What others made and may keep: `npm run drift` says nothing of it"),
  upperBounds: UpperBounds.prefault({}).describe("Of every key, whoever makes it"),
});
export type AccessDefinition = z.infer<typeof AccessDefinition>;
