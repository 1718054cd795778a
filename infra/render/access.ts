import type { AccessRows, Row } from "../access/objects/plan.cjs";
import type { Settings } from "../settings/parse.ts";
import type { AccessDefinition } from "../settings/schema/definitions/access.ts";

/** Marks what belongs to a stack, in the objects themselves: a run that was cut off finds its own again. */
export const accessOwner = (stackName: string): string => `cerberus-gateway/${stackName}`;

/** LiteLLM's id of a budget. Budgets and customers have no metadata: the beginning of this id is what marks them. */
export const budgetId = (stackName: string, id: string): string => `${accessOwner(stackName)}/${id}`;

/** Budget of customers who have none: no limits, a mark only. */
const unlimited = "customers-without-budget";

/** Everything of access as LiteLLM's admin API takes it: by LiteLLM's own ids (keys: by ours), every field said, absent ones null. */
export function renderAccess({ access, stackName }: Settings): AccessRows {
  const { budgets, teams, users, customers, keys } = access;
  const own = (id: string) => budgetId(stackName, id);
  const mark = { cerberus_owner: accessOwner(stackName) };
  const limits = (object: Limited): Row => limitsOf(object, budgets);
  const withBudgets = Object.entries(customers).filter(([, { budget }]) => budget !== undefined);
  return {
    budgets: Object.fromEntries([
      ...Object.entries(budgets).map(([id, budget]) => [own(id), budgetRow(budget)]),
      ...withBudgets.map(([id, { budget }]) => [own(`customer/${id}`), budgetRow(budget ?? {})]),
      ...(Object.keys(customers).length > 0 ? [[own(unlimited), budgetRow({})]] : []),
    ]),
    teams: mapValues(teams, (team, id) => ({
      team_alias: team.alias ?? id,
      models: sorted(team.models),
      ...limits(team),
      organization_id: team.organization ?? null,
      blocked: team.blocked,
      metadata: {
        ...mark,
        ...notes(team),
        ...given({ cerberus_protect: team.protect || undefined }),
      },
    })),
    users: mapValues(users, (user) => ({
      user_email: user.email ?? null,
      user_role: user.role,
      teams: sorted(user.teams),
      models: sorted(user.models),
      ...limits(withDefaults(user, access.defaults.user)),
      metadata: { ...mark, ...user.metadata, ...given({ cerberus_protect: user.protect || undefined }) },
    })),
    customers: mapValues(customers, (customer, id) => ({
      alias: customer.alias ?? id,
      blocked: customer.blocked,
      models: sorted(customer.models),
      budget_id: own(
        customer.budget ? `customer/${id}` : (customer.budgetId ?? access.defaults.customer ?? unlimited),
      ),
    })),
    keys: Object.fromEntries(
      Object.entries(keys).flatMap(([id, key]) => keyRows(id, key, access, mark, limits)),
    ),
  };
}

type Key = AccessDefinition["keys"][string];

/** The key, and its generation before while the two overlap. */
function keyRows(
  id: string,
  key: Key,
  { budgets, upperBounds }: AccessDefinition,
  mark: Readonly<Record<string, string>>,
  limits: (object: Limited) => Row,
): [string, Row][] {
  const own = limits(key);
  const row = (generation: number, alias: string, expires: string | null): Row => ({
    key_alias: alias,
    models: sorted(key.models),
    user_id: key.user ?? null,
    team_id: key.team ?? null,
    ...own,
    // LiteLLM fills these in from the bounds where they are not said.
    max_budget: own["max_budget"] ?? upperBounds.maxBudgetUsd ?? null,
    rpm_limit: own["rpm_limit"] ?? upperBounds.rpm ?? null,
    tpm_limit: own["tpm_limit"] ?? upperBounds.tpm ?? null,
    max_parallel_requests:
      key.parallel ?? budgets[key.budgetId ?? ""]?.parallel ?? upperBounds.parallel ?? null,
    allowed_routes: sorted(key.routes),
    organization_id: key.organization ?? null,
    blocked: key.blocked,
    expires,
    metadata: {
      ...mark,
      cerberus_id: id,
      cerberus_generation: generation,
      ...notes(key),
      ...given({
        cerberus_approver: key.approver || undefined,
        cerberus_protect: key.protect || undefined,
      }),
    },
  });
  const alias = key.alias ?? id;
  const current: [string, Row] = [id, row(key.generation, alias, key.expires ?? null)];
  if (key.overlap === undefined) return [current];
  const before = key.generation - 1;
  const last = key.expires !== undefined && key.expires < key.overlap ? key.expires : key.overlap;
  return [current, [`${id}@${before}`, row(before, `${alias} (generation ${before})`, last)]];
}

type Budget = Partial<AccessDefinition["budgets"][string]>;

interface Limited {
  readonly budget?: { readonly maxUsd: number; readonly period: string } | undefined;
  readonly budgetId?: string | undefined;
  readonly rpm?: number | undefined;
  readonly tpm?: number | undefined;
}

/** A budget that is named counts for its object alone, so its limits are the object's own; what the object says wins. */
function limitsOf(object: Limited, budgets: AccessDefinition["budgets"]): Row {
  const named = budgets[object.budgetId ?? ""];
  const { max_budget, budget_duration } = budgetRow({ ...named, ...object.budget });
  return {
    max_budget,
    budget_duration,
    rpm_limit: object.rpm ?? named?.rpm ?? null,
    tpm_limit: object.tpm ?? named?.tpm ?? null,
  };
}

const budgetRow = ({ maxUsd, period, rpm, tpm, parallel }: Budget) => ({
  max_budget: maxUsd ?? null,
  budget_duration: period ?? null,
  rpm_limit: rpm ?? null,
  tpm_limit: tpm ?? null,
  max_parallel_requests: parallel ?? null,
});

const withDefaults = (user: Limited, defaults: AccessDefinition["defaults"]["user"]): Limited =>
  defaults === undefined
    ? user
    : {
        rpm: user.rpm ?? defaults.rpm,
        tpm: user.tpm ?? defaults.tpm,
        budgetId: user.budgetId,
        budget: user.budget ?? (user.budgetId === undefined ? defaults : undefined),
      };

/** Notes, and what the gateway's own checks read from metadata. */
const notes = (
  object: Pick<Key, "metadata" | "safetyProfile" | "deniedModels" | "deniedRoutes" | "tags" | "guardrails">,
) => ({
  ...object.metadata,
  ...given({
    cerberus_profile: object.safetyProfile,
    cerberus_denied_models: object.deniedModels,
    cerberus_denied_routes: object.deniedRoutes,
    tags: object.tags,
    guardrails: object.guardrails,
  }),
});

const sorted = (names: readonly string[] = []): string[] => [...new Set(names)].sort();

const given = (values: Readonly<Record<string, unknown>>) =>
  Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined));

const mapValues = <T>(objects: Readonly<Record<string, T>>, row: (object: T, id: string) => Row) =>
  Object.fromEntries(Object.entries(objects).map(([id, object]) => [id, row(object, id)]));
