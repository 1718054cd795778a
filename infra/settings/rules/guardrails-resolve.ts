import { didYouMean } from "../problems.ts";
import type { GatewayDefinition } from "../schema/definitions/gateway.ts";
import type { DefinitionProblem } from "./rules.ts";

/** A guardrail that a pass-through endpoint asks for is defined: LiteLLM would run none, without a word. */
export function guardrailsResolve(
  { guardrails, passThroughEndpoints }: GatewayDefinition,
  file: string,
): DefinitionProblem[] {
  const known = guardrails.map(({ name }) => name);
  return passThroughEndpoints.flatMap((endpoint, i) =>
    (endpoint.guardrails ?? []).flatMap((name, j) =>
      known.includes(name)
        ? []
        : [
            {
              steps: ["passThroughEndpoints", i, "guardrails", j],
              found: `no guardrail is called "${name}"${didYouMean(name, known)}; defined: ${known.join(", ")}`,
              fix: `correct it in ${file}`,
            },
          ],
    ),
  );
}
