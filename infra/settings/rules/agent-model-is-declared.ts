import type { Problem } from "../errors.ts";
import { publicNames } from "../gateway.ts";
import type { Settings } from "../parse.ts";
import { didYouMean } from "../problems.ts";
import { nameMatcher } from "../schema/definitions/names.ts";

/** Agents would get a CERBERUS_MODEL that every call refuses. */
export function agentModelIsDeclared({ agent, deployments, aliases }: Settings): Problem[] {
  const names = publicNames({ deployments, aliases });
  if (names.length === 0 || nameMatcher(names)(agent.model)) return [];
  return [
    {
      path: "agent.model",
      found: `no deployed model is called "${agent.model}"${didYouMean(agent.model, names)}`,
      fix: `use one of: ${names.join(", ")}`,
    },
  ];
}
