import type { Problem } from "../errors.ts";
import type { Settings } from "../parse.ts";
import { modelEntities, patternEntities, usesOwnPresidio } from "../presidio.ts";
import { didYouMean } from "../problems.ts";

/** The stack's own presidio finds what a guardrail looks for: an analyzer passes over a name it doesn't know in silence. */
export function presidioFinds({ guardrails, images }: Settings): Problem[] {
  const models: readonly string[] = images.source === "packages" ? [] : modelEntities;
  const known: readonly string[] = [...patternEntities, ...models];
  return guardrails.flatMap((guardrail, i) => {
    if (guardrail.type !== "presidio" || !usesOwnPresidio(guardrail)) return [];
    const unfound = Object.keys(guardrail.entities).filter((name) => !known.includes(name));
    return unfound.map((name): Problem => {
      const needsModel = (modelEntities as readonly string[]).includes(name);
      const found = needsModel
        ? "needs a language model, which images built from packages don't hold"
        : `is nothing the stack's own presidio finds${didYouMean(name, known)}`;
      return {
        path: `guardrails[${i}].entities.${name}`,
        found: `${found}; it finds: ${known.join(", ")}`,
        fix: `${needsModel ? "remove it, use the registry image source," : "correct it,"} or set analyzerUrl and anonymizerUrl of a presidio that has it`,
      };
    });
  });
}
