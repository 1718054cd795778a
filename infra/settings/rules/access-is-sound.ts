import type { AccessDefinition } from "../schema/definitions/access.ts";
import type { GatewayDefinition } from "../schema/definitions/gateway.ts";
import type { DefinitionProblem } from "./rules.ts";

/** Metadata that LiteLLM takes for settings of its own: some are licensed, one would switch guardrails off. */
const reserved: ReadonlySet<string> = new Set([
  ...[
    "tags",
    "guardrails",
    "disable_global_guardrails",
    "policies",
    "prompts",
    "logging",
    "callback_settings",
  ],
  ...["model_rpm_limit", "model_tpm_limit", "tag_rpm_limit", "mcp_rpm_limit", "model_max_budget"],
  ...["rpm_limit_type", "tpm_limit_type", "enforced_params", "temp_budget_increase", "temp_budget_expiry"],
  ...[
    "allowed_passthrough_routes",
    "denied_passthrough_routes",
    "service_account_id",
    "team_member_budget_id",
  ],
  ...["team_member_key_duration", "throttle_on_budget_exceeded", "soft_budget", "owner"],
]);

interface Finding {
  readonly at: readonly PropertyKey[];
  readonly found: string;
  readonly fix: string;
}

/** What one object says about itself fits together. */
export function accessIsSound(
  { access }: GatewayDefinition,
  file: string,
  today: string,
): DefinitionProblem[] {
  const here = (findings: readonly Finding[], ...under: readonly PropertyKey[]): DefinitionProblem[] =>
    findings.map(({ at, found, fix }) => ({
      steps: ["access", ...under, ...at],
      found,
      fix: `${fix} in ${file}`,
    }));
  const { teams, users, keys, customers } = access;
  const kinds = Object.entries({ teams, users, keys, customers });
  return [
    ...kinds.flatMap(([kind, objects]) =>
      Object.entries(objects).flatMap(([id, object]) => here(ofObject(object), kind, id)),
    ),
    ...Object.entries(keys).flatMap(([id, key]) =>
      here([...ownership(key, access), ...dates(key, today), ...overBounds(key, access)], "keys", id),
    ),
  ];
}

function ofObject(object: {
  readonly budget?: unknown;
  readonly budgetId?: string | undefined;
  readonly metadata?: Readonly<Record<string, unknown>>;
}): Finding[] {
  const both = object.budget !== undefined && object.budgetId !== undefined;
  const names = Object.keys(object.metadata ?? {});
  return [
    ...(both
      ? [{ at: ["budgetId"], found: "budget and budgetId are both given", fix: "keep one of them" }]
      : []),
    ...names
      .filter((name) => reserved.has(name) || name.startsWith("cerberus_"))
      .map((name) => ({
        at: ["metadata", name],
        found: `LiteLLM or the gateway takes "${name}" in metadata for a setting, not for a note`,
        fix: "use the setting of that meaning, or another name,",
      })),
  ];
}

type Key = AccessDefinition["keys"][string];

function ownership({ kind, user, approver }: Key, { users }: AccessDefinition): Finding[] {
  if (kind === "service")
    return user === undefined
      ? []
      : [
          {
            at: ["user"],
            found: "a service key is nobody's",
            fix: 'set kind to "personal", or remove user,',
          },
        ];
  if (user === undefined)
    return [
      {
        at: ["user"],
        found: "is missing: a personal key is a user's",
        fix: 'name one, or set kind to "service",',
      },
    ];
  const role = users[user]?.role;
  if (role?.endsWith("_viewer") && !approver)
    return [
      {
        at: ["user"],
        found: `"${user}" has the role ${role}, which looks and never calls a model: the key would be refused`,
        fix: "give the user the role internal_user",
      },
    ];
  return [];
}

function dates({ expires, overlap, generation }: Key, today: string): Finding[] {
  const found: Finding[] = [];
  if (expires !== undefined && expires < today)
    found.push({
      at: ["expires"],
      found: `${expires} is in the past (today is ${today}, UTC)`,
      fix: "choose a later day, or remove the key,",
    });
  if (overlap !== undefined && generation < 2)
    found.push({
      at: ["overlap"],
      found: `generation ${generation} has none before it that could stay valid`,
      fix: "remove overlap, or raise generation,",
    });
  return found;
}

function overBounds(key: Key, { upperBounds, budgets }: AccessDefinition): Finding[] {
  const shared = budgets[key.budgetId ?? ""];
  const limits = [
    ["budget", key.budget?.maxUsd ?? shared?.maxUsd, upperBounds.maxBudgetUsd, " USD"],
    ["rpm", key.rpm ?? shared?.rpm, upperBounds.rpm, ""],
    ["tpm", key.tpm ?? shared?.tpm, upperBounds.tpm, ""],
    ["parallel", key.parallel ?? shared?.parallel, upperBounds.parallel, ""],
  ] as const;
  return limits.flatMap(([leaf, value, bound, unit]) =>
    value === undefined || bound === undefined || value <= bound
      ? []
      : [
          {
            at: [leaf],
            found: `${value}${unit} is above the upper bound of ${bound}${unit}`,
            fix: "lower it, or raise access.upperBounds,",
          },
        ],
  );
}
