import { didYouMean } from "../problems.ts";
import type { GatewayDefinition } from "../schema/definitions/gateway.ts";
import { nameMatcher } from "../schema/definitions/names.ts";
import type { DefinitionProblem } from "./rules.ts";

/** Every model group that an alias or a fallback names is defined: LiteLLM itself finds out at the first call. */
export function namesResolve(
  { models, aliases, fallbacks }: GatewayDefinition,
  file: string,
): DefinitionProblem[] {
  const groups = new Set(models.map(({ name }) => name));
  const known = [...groups, ...Object.keys(aliases)];
  const isKnown = nameMatcher(known);
  const problems: DefinitionProblem[] = [];
  const check = (steps: readonly PropertyKey[], name: string): void => {
    if (isKnown(name)) return;
    const found = `no model or alias is called "${name}"${didYouMean(name, known)}; defined: ${known.join(", ")}`;
    problems.push({ steps, found, fix: `correct it in ${file}` });
  };
  for (const [alias, to] of Object.entries(aliases)) {
    if (groups.has(alias)) {
      const found = `"${alias}" is a model group already, which LiteLLM would call instead`;
      problems.push({ steps: ["aliases", alias], found, fix: `rename the alias or the model in ${file}` });
    }
    for (const name of [to].flat()) check(["aliases", alias], name);
  }
  for (const [kind, table] of Object.entries(fallbacks)) {
    for (const [from, to] of Object.entries(table)) {
      const steps = ["fallbacks", kind, from];
      check(steps, from);
      for (const name of to) check(steps, name);
    }
  }
  return problems;
}
