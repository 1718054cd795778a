import { callbackFacts } from "../callbacks.ts";
import type { Settings } from "../parse.ts";
import type { DefinitionProblem } from "./rules.ts";

/** Images built from packages hold what LiteLLM's own server needs; some integrations need more, and would fail at start or on each call. */
export function integrationsAreInstalled({ images, callbacks, guardrails }: Settings): DefinitionProblem[] {
  if (images.source !== "packages") return [];
  const lacking = [
    ...callbacks.map(({ type }, i) => ({
      steps: ["callbacks", i, "type"],
      type,
      needs: callbackFacts[type].lacks,
    })),
    ...guardrails.map(({ type }, i) => ({
      steps: ["guardrails", i, "type"],
      type,
      needs: type === "hide-secrets" ? "detect-secrets" : undefined,
    })),
  ];
  return lacking.flatMap(({ steps, type, needs }) =>
    needs === undefined
      ? []
      : [
          {
            steps,
            found: `"${type}" needs the Python package ${needs}, which images built from packages lack`,
            fix: `pulumi config set --path images.source registry, or add ${needs} to images/litellm/requirements.in`,
          },
        ],
  );
}
