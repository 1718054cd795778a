import type { Problem } from "../errors.ts";
import type { Settings } from "../parse.ts";

/** Switches that are fine for a try-out and wrong where people depend on the gateway. */
export function prodIsSafe({ profile, demoModel, protectData }: Settings): Problem[] {
  if (profile !== "prod") return [];
  const problems: Problem[] = [];
  if (demoModel !== null) {
    problems.push({
      path: "demoModel",
      found: "the prod profile has no built-in demo model",
      fix: "pulumi config rm demoModel",
    });
  }
  if (!protectData) {
    problems.push({
      path: "protectData",
      found: "the prod profile keeps data volumes and the salt key protected",
      fix: "pulumi config rm protectData",
    });
  }
  return problems;
}
