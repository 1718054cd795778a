import type { GatewayDefinition } from "../schema/definitions/gateway.ts";
import type { DefinitionProblem } from "./rules.ts";

/** Keys and requests ask for a guardrail by name; of two with one name LiteLLM keeps the last. */
export function guardrailsDiffer({ guardrails }: GatewayDefinition, file: string): DefinitionProblem[] {
  const names = guardrails.map(({ name }) => name);
  return names.flatMap((name, i) =>
    names.indexOf(name) === i
      ? []
      : [{ steps: ["guardrails", i, "name"], found: `"${name}" is taken`, fix: `choose another in ${file}` }],
  );
}
