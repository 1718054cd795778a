import type { Problem } from "../errors.ts";
import { publicNames } from "../gateway.ts";
import type { Settings } from "../parse.ts";
import { didYouMean } from "../problems.ts";
import { builtInCategories, type SafetyDefinition } from "../schema/definitions/safety.ts";

/** What the safety guardrail names is there, and what it asks people for can be answered. */
export function safetyIsWhole(settings: Settings): Problem[] {
  const { safety, approvals, audit, deployments, aliases } = settings;
  if (!safety.enabled) return [];
  const problems: Problem[] = [];
  const categories = [...new Set([...builtInCategories, ...Object.keys(safety.categories)])];
  const models = publicNames({ deployments, aliases });
  const check = (limits: Partial<SafetyDefinition>, path: string): void => {
    for (const [i, name] of (limits.blockedContentTypes ?? []).entries()) {
      if (categories.includes(name)) continue;
      problems.push({
        path: `${path}.blockedContentTypes[${i}]`,
        found: `no category is called "${name}"${didYouMean(name, categories)}; there are: ${categories.join(", ")}`,
        fix: "correct it, or define it in safety.categories",
      });
    }
    for (const [i, rule] of (limits.approvalRules ?? []).entries()) {
      for (const name of rule.models.filter((model) => !models.includes(model))) {
        problems.push({
          path: `${path}.approvalRules[${i}].models`,
          found: `no deployed model is called "${name}"${didYouMean(name, models)}`,
          fix: `use one of: ${models.join(", ")}`,
          warning: true,
        });
      }
    }
    const asks = typeof limits.requireApprovalOverUsd === "number" || (limits.approvalRules ?? []).length > 0;
    if (asks && !approvals.enabled) {
      problems.push({
        path: `${path}.requireApprovalOverUsd`,
        found: "asks for approvals, and approvals.enabled is false: nobody could give one",
        fix: "pulumi config set --path approvals.enabled true, or set requireApprovalOverUsd to null and remove approvalRules",
      });
    }
  };
  check(safety, "safety");
  for (const [name, profile] of Object.entries(safety.profiles))
    check(profile as Partial<SafetyDefinition>, `safety.profiles.${name}`);
  if (approvals.enabled && !audit.enabled) {
    problems.push({
      path: "audit.enabled",
      found: "is false: an approval that is not recorded counts for nothing, so none could be given",
      fix: "pulumi config set --path audit.enabled true, or approvals.enabled false",
    });
  }
  return problems;
}
