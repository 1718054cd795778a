import type { Settings } from "../settings/parse.ts";
import { budgetId } from "./access.ts";
import { given, unlessEmpty } from "./values.ts";
import type { YamlPath } from "./yaml.ts";

/** What LiteLLM itself gives to, or refuses, whom these definitions don't name; undefined where nothing is said. */
export function accessSettings({
  access: { defaults, keyMaking, upperBounds },
  stackName,
}: Settings): (readonly [YamlPath, unknown])[] {
  const { user, customer } = defaults;
  const { personal, team } = keyMaking;
  return [
    [
      ["litellm_settings", "upperbound_key_generate_params"],
      said({
        max_budget: upperBounds.maxBudgetUsd,
        rpm_limit: upperBounds.rpm,
        tpm_limit: upperBounds.tpm,
        max_parallel_requests: upperBounds.parallel,
      }),
    ],
    [
      ["litellm_settings", "key_generation_settings"],
      said({
        personal_key_generation:
          personal && said({ allowed_user_roles: personal.roles, required_params: personal.required }),
        team_key_generation:
          team && said({ allowed_team_member_roles: team.memberRoles, required_params: team.required }),
      }),
    ],
    [
      ["litellm_settings", "default_internal_user_params"],
      said({
        max_budget: user?.maxUsd,
        budget_duration: user?.period,
        rpm_limit: user?.rpm,
        tpm_limit: user?.tpm,
      }),
    ],
    [
      ["litellm_settings", "max_end_user_budget_id"],
      customer === undefined ? undefined : budgetId(stackName, customer),
    ],
  ];
}

const said = (values: Readonly<Record<string, unknown>>): Record<string, unknown> | undefined =>
  unlessEmpty(given(values));
