import { type SafetyDefinition, safetyGuardrail } from "../settings/schema/definitions/safety.ts";

/** The row of LiteLLM's `guardrails` that puts our own guardrail on every request; parsed by plugins/cerberus_gateway/safety. */
export function safetyRow(safety: SafetyDefinition): Record<string, unknown> {
  const { categories, profiles, lookBackChars, enabled: _, ...limits } = safety;
  return {
    guardrail_name: safetyGuardrail,
    litellm_params: {
      guardrail: "cerberus_gateway.safety.guardrail.CerberusSafety",
      mode: ["pre_call", "post_call"],
      default_on: true,
      safety: {
        ...pluginNames(limits),
        categories,
        look_back_chars: lookBackChars,
        profiles: Object.fromEntries(Object.entries(profiles).map(([name, own]) => [name, pluginNames(own)])),
      },
    },
  };
}

const names: Readonly<Record<string, string>> = {
  maxBudgetPerRequestUsd: "max_budget_per_request",
  maxTokensPerRequest: "max_tokens_per_request",
  blockedContentTypes: "blocked_content_types",
  filterOutput: "filter_output",
  inputs: "inputs",
  requireApprovalOverUsd: "require_approval_over",
  approvalRules: "approval_rules",
};

const pluginNames = (limits: Readonly<Record<string, unknown>>): Record<string, unknown> =>
  Object.fromEntries(
    Object.entries(limits).flatMap(([name, value]) =>
      value === undefined || names[name] === undefined ? [] : [[names[name], value]],
    ),
  );
