import type { GatewayDefinition } from "../schema/definitions/gateway.ts";
import type { DefinitionProblem } from "./rules.ts";

/** during_call runs beside the call, so nothing is masked before the text leaves. Presidio, which only masks, is moved before it. */
export function maskingComesFirst({ guardrails }: GatewayDefinition, file: string): DefinitionProblem[] {
  return guardrails.flatMap((guardrail, i): DefinitionProblem[] => {
    if (![guardrail.mode].flat().includes("during_call")) return [];
    const steps = ["guardrails", i, "mode"];
    const why = "during_call runs beside the model call: nothing is masked before the text leaves";
    if (guardrail.type === "presidio") {
      return [
        {
          steps,
          found: `${why}; "${guardrail.name}" runs as pre_call instead`,
          fix: `write mode: pre_call in ${file}`,
          warning: true,
        },
      ];
    }
    const masks =
      guardrail.type === "content-filter" &&
      [...guardrail.patterns, ...guardrail.blockedWords, ...guardrail.categories].some(
        ({ action }) => action === "MASK",
      );
    return masks
      ? [{ steps, found: `${why}, and "${guardrail.name}" masks`, fix: `write mode: pre_call in ${file}` }]
      : [];
  });
}
