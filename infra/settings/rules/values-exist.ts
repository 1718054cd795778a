import { litellmRelease } from "../../images/catalog.ts";
import { knownValues } from "../../litellm/known-values.ts";
import type { Problem } from "../errors.ts";
import { providerOf } from "../gateway.ts";
import type { Settings } from "../parse.ts";
import { didYouMean } from "../problems.ts";
import type { DefinitionProblem } from "./rules.ts";

/** Names out of LiteLLM's own lists. It stops at an unknown guardrail, and leaves an unknown provider's rows out without a word. */
export function valuesExist({ deployments, guardrails, images }: Settings): (Problem | DefinitionProblem)[] {
  const release = litellmRelease[images.source];
  const known = knownValues(release);
  const problems: (Problem | DefinitionProblem)[] = [];
  const check = (where: string | readonly PropertyKey[], kind: keyof typeof what, name: string): void => {
    if (known[kind].has(name)) return;
    const names = [...known[kind]];
    const list = names.length > 40 ? "" : `; there are: ${names.join(", ")}`;
    problems.push({
      ...(typeof where === "string" ? { path: where } : { steps: where }),
      found: `LiteLLM ${release} has no ${what[kind]} "${name}"${didYouMean(name, names)}${list}`,
      fix: "correct its spelling",
    });
  };
  for (const { id, litellmModel, definition } of deployments) {
    if (definition.provider === "other")
      check(`models.${id}.litellmModel`, "providers", providerOf({ litellmModel }));
  }
  guardrails.forEach((guardrail, i) => {
    const at = ["guardrails", i];
    if (guardrail.type === "other") check([...at, "guardrail"], "guardrailTypes", guardrail.guardrail);
    if (guardrail.type !== "content-filter") return;
    guardrail.patterns.forEach((pattern, j) => {
      if ("prebuilt" in pattern)
        check([...at, "patterns", j, "prebuilt"], "prebuiltPatterns", pattern.prebuilt);
    });
    guardrail.categories.forEach(({ category }, j) => {
      check([...at, "categories", j, "category"], "categories", category);
    });
  });
  return problems;
}

const what = {
  providers: "provider",
  guardrailTypes: "guardrail type",
  prebuiltPatterns: "pattern",
  categories: "category",
} as const;
