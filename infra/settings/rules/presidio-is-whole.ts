import { usesOwnPresidio } from "../presidio.ts";
import type { GatewayDefinition } from "../schema/definitions/gateway.ts";
import type { DefinitionProblem } from "./rules.ts";

/** A presidio guardrail has both its services, and the stack's own is asked in the language it knows. */
export function presidioIsWhole({ guardrails }: GatewayDefinition, file: string): DefinitionProblem[] {
  return guardrails.flatMap((guardrail, i): DefinitionProblem[] => {
    if (guardrail.type !== "presidio") return [];
    const { analyzerUrl, anonymizerUrl, language } = guardrail;
    if (usesOwnPresidio(guardrail)) {
      if (language === "en") return [];
      return [
        {
          steps: ["guardrails", i, "language"],
          found: `is "${language}", and the stack's own presidio knows en only: it would refuse every request`,
          fix: `use en, or set analyzerUrl and anonymizerUrl of a presidio that knows it, in ${file}`,
        },
      ];
    }
    if (analyzerUrl !== undefined && anonymizerUrl !== undefined) return [];
    const [given, absent] =
      analyzerUrl === undefined ? ["anonymizerUrl", "analyzerUrl"] : ["analyzerUrl", "anonymizerUrl"];
    return [
      {
        steps: ["guardrails", i, absent ?? ""],
        found: `is missing, and ${given} is set`,
        fix: `set both in ${file}, or neither: then the stack has a presidio of its own`,
      },
    ];
  });
}
