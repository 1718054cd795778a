import { litellmRelease } from "../../images/catalog.ts";
import { knownModel } from "../../litellm/known-models.ts";
import type { Problem } from "../errors.ts";
import type { Settings } from "../parse.ts";

/** Models that a provider has retired, or that answer other calls than they are declared for. */
export function modelsAreKnown({ deployments, images }: Settings, today: string): Problem[] {
  const release = litellmRelease[images.source];
  return deployments.flatMap(({ id, litellmModel, definition }): Problem[] => {
    const known = knownModel(litellmModel, release);
    if (!known) return [];
    const problems: Problem[] = [];
    if (known.until !== undefined) {
      const verb = known.until < today ? "was retired" : "will be retired";
      problems.push({
        path: `models.${id}`,
        found: `${litellmModel} ${verb} by its provider on ${known.until}`,
        fix: "move to a newer model",
        warning: true,
      });
    }
    if (
      known.mode !== undefined &&
      known.mode !== definition.mode &&
      isOtherKind(known.mode, definition.mode)
    ) {
      problems.push({
        path: `models.${id}.mode`,
        found: `is ${definition.mode}, but ${litellmModel} answers ${known.mode} calls`,
        fix: `set mode: "${known.mode}"`,
      });
    }
    return problems;
  });
}

/** Chat models answer completions and responses too. */
const isOtherKind = (known: string, declared: string): boolean => {
  const text = new Set(["chat", "completion", "responses"]);
  return !(text.has(known) && text.has(declared));
};
