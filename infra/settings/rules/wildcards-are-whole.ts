import type { GatewayDefinition } from "../schema/definitions/gateway.ts";
import { isWildcard } from "../schema/definitions/names.ts";
import type { DefinitionProblem } from "./rules.ts";

/** A wildcard offers whatever its provider has: name and model say so both, and health checks are told which model to call. */
export function wildcardsAreWhole({ models, aliases }: GatewayDefinition, file: string): DefinitionProblem[] {
  const problems: DefinitionProblem[] = [];
  const add = (steps: readonly PropertyKey[], found: string, fix: string): void => {
    problems.push({ steps, found, fix: `${fix} in ${file}` });
  };
  models.forEach((model, i) => {
    const behind = "model" in model ? model.model : "litellmModel" in model ? model.litellmModel : "";
    const named = isWildcard(model.name);
    if (named !== isWildcard(behind)) {
      const found = named
        ? `is a wildcard, and its model "${behind}" is not`
        : `"${model.name}" is one name, and its model "${behind}" is a wildcard: LiteLLM would ask for a model called "*"`;
      add(["models", i, "name"], found, 'let both end in "*", or none');
    } else if (named && model.healthCheck && model.healthModel === undefined) {
      const found = `is not set: LiteLLM would check "${model.name}" with any model of the provider, at its price`;
      add(["models", i, "healthModel"], found, "name a cheap model, or set healthCheck: false");
    }
  });
  const wildcards = models.filter(({ name }) => isWildcard(name)).map(({ name }) => name.slice(0, -1));
  const exact = new Set(models.map(({ name }) => name));
  for (const [alias, to] of Object.entries(aliases)) {
    if (typeof to === "string") continue;
    for (const name of to) {
      if (exact.has(name) || !wildcards.some((prefix) => name.startsWith(prefix))) continue;
      const found = `"${name}" stands behind a wildcard, and a list needs model groups of their own`;
      add(["aliases", alias], found, "add it as a model, or let the alias name one model");
    }
  }
  return problems;
}
