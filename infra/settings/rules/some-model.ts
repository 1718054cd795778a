import type { Problem } from "../errors.ts";
import type { Settings } from "../parse.ts";

/** A gateway without a model starts and refuses everything. */
export function someModel({ deployments }: Settings): Problem[] {
  if (deployments.length > 0) return [];
  return [
    {
      path: "providers",
      found: "no model can be deployed: no provider key or address is set, and demoModel is off",
      fix: "put a key such as OPENAI_API_KEY into .env and run ./setup.sh, or: pulumi config set demoModel true",
    },
  ];
}
