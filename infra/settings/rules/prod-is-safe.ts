import type { Problem } from "../errors.ts";
import type { Settings } from "../parse.ts";
import type { GuardrailDefinition } from "../schema/definitions/guardrail.ts";

/** Switches that are fine for a try-out and wrong where people depend on the gateway. */
export function prodIsSafe({
  profile,
  demoModel,
  protectData,
  guardrails,
  safety,
  audit,
}: Settings): Problem[] {
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
  if (!audit.enabled || audit.whenUnavailable !== "refuse") {
    problems.push({
      path: "audit",
      found: "the prod profile serves no request that it can't record",
      fix: "pulumi config rm --path audit.enabled and --path audit.whenUnavailable",
    });
  }
  if (!safety.enabled && !guardrails.some(guards)) {
    problems.push({
      path: "guardrails",
      found:
        "the prod profile needs a guardrail that runs on every request before the call, and refuses what it can't check",
      fix: 'leave safety.enabled on, or add one with mode "pre_call" and defaultOn to infra/catalog/gateway.ts',
    });
  }
  return problems;
}

/** Whether nothing gets past a guardrail, whatever becomes of the service behind it. */
const guards = (guardrail: GuardrailDefinition): boolean =>
  guardrail.defaultOn &&
  [guardrail.mode].flat().includes("pre_call") &&
  !("whenUnreachable" in guardrail && guardrail.whenUnreachable === "pass");
