import { usesOwnPresidio } from "../presidio.ts";
import type { GatewayDefinition } from "../schema/definitions/gateway.ts";
import type { GuardrailDefinition } from "../schema/definitions/guardrail.ts";
import type { DefinitionProblem } from "./rules.ts";

type Presidio = Extract<GuardrailDefinition, { type: "presidio" }>;
type Found = Pick<DefinitionProblem, "found" | "fix"> & { readonly at: keyof Presidio };

/** A presidio guardrail can do what it says: it has both its services, knows the language, and masks before a text leaves. */
export function presidioIsWhole({ guardrails }: GatewayDefinition, file: string): DefinitionProblem[] {
  return guardrails.flatMap((guardrail, i) => {
    if (guardrail.type !== "presidio") return [];
    const problems = [...addresses(guardrail), ...languages(guardrail), ...modes(guardrail)];
    return problems.map(({ at, found, fix }) => ({
      steps: ["guardrails", i, at],
      found,
      fix: `${fix}, in ${file}`,
    }));
  });
}

function addresses({ analyzerUrl, anonymizerUrl }: Presidio): Found[] {
  if ((analyzerUrl === undefined) === (anonymizerUrl === undefined)) return [];
  const [given, absent] =
    analyzerUrl === undefined
      ? (["anonymizerUrl", "analyzerUrl"] as const)
      : (["analyzerUrl", "anonymizerUrl"] as const);
  return [
    {
      at: absent,
      found: `is missing, and ${given} is set`,
      fix: "set both, or neither: then the stack has a presidio of its own",
    },
  ];
}

function languages(guardrail: Presidio): Found[] {
  if (!usesOwnPresidio(guardrail) || guardrail.language === "en") return [];
  return [
    {
      at: "language",
      found: `is "${guardrail.language}", and the stack's own presidio knows en only: it would refuse every request`,
      fix: "use en, or set analyzerUrl and anonymizerUrl of a presidio that knows it",
    },
  ];
}

/**
 * Seen on the wire with LiteLLM 1.106.2: in post_call a streamed answer passes unmasked while presidio is away. pre_call
 * refuses such a request before it comes to that, and during_call is moved there (masking-comes-first.ts).
 */
function modes({ mode }: Presidio): Found[] {
  const all = [mode].flat();
  if (all.includes("pre_call") || all.includes("during_call")) return [];
  if (all.includes("post_call")) {
    return [
      {
        at: "mode",
        found: "has post_call without pre_call: a streamed answer would pass as it is while presidio is away",
        fix: 'use ["pre_call", "post_call"]',
      },
    ];
  }
  return [];
}
