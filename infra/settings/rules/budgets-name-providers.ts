import { budgetName } from "../gateway.ts";
import { didYouMean } from "../problems.ts";
import type { GatewayDefinition } from "../schema/definitions/gateway.ts";
import type { DefinitionProblem } from "./rules.ts";

/** A budget of a provider that no model has would never be spent: LiteLLM looks it up by the provider's name. */
export function budgetsNameProviders(
  { models, providerBudgets }: GatewayDefinition,
  file: string,
): DefinitionProblem[] {
  const known = [...new Set(models.flatMap((model) => budgetName(model) ?? []))];
  return Object.keys(providerBudgets).flatMap((name) =>
    known.includes(name)
      ? []
      : [
          {
            steps: ["providerBudgets", name],
            found: `no model has the provider "${name}"${didYouMean(name, known)}; there are: ${known.join(", ")}`,
            fix: `correct it in ${file}`,
          },
        ],
  );
}
