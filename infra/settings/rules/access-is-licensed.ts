import type { Problem } from "../errors.ts";
import type { Settings } from "../parse.ts";

const licensed = ["tags", "guardrails", "organization"] as const;

/** Features that LiteLLM serves under an Enterprise licence are refused without one: LiteLLM would refuse them half-way. */
export function accessIsLicensed({ access, licensed: has }: Settings): Problem[] {
  if (has) return [];
  const { teams, keys } = access;
  return Object.entries({ teams, keys }).flatMap(([kind, objects]) =>
    Object.entries(objects).flatMap(([id, object]) =>
      licensed
        .filter((feature) => object[feature] !== undefined)
        .map((feature) => ({
          path: `access.${kind}.${id}.${feature}`,
          found: `${feature} are a feature of LiteLLM Enterprise, and this stack has no LITELLM_LICENSE`,
          fix: `remove ${feature}, or put LITELLM_LICENSE into .env and run ./setup.sh`,
        })),
    ),
  );
}

/** The agent key of the stack obeys the upper bounds as every key does. */
export function agentIsWithinBounds({ access: { upperBounds }, agent }: Settings): Problem[] {
  const limits = [
    ["agent.maxBudgetUsd", agent.maxBudgetUsd, upperBounds.maxBudgetUsd],
    ["agent.requestsPerMinute", agent.requestsPerMinute, upperBounds.rpm],
  ] as const;
  return limits.flatMap(([path, value, bound]) =>
    bound === undefined || value <= bound
      ? []
      : [
          {
            path,
            found: `${value} is above the upper bound of every key, ${bound}`,
            fix: `pulumi config set --path ${path} ${bound}, or raise access.upperBounds`,
          },
        ],
  );
}
