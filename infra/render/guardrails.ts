import { containerPorts, hosts } from "../names.ts";
import type { GuardrailDefinition } from "../settings/schema/definitions/guardrail.ts";

/** One row of LiteLLM's `guardrails`. */
export function guardrailRow(definition: GuardrailDefinition): Record<string, unknown> {
  const { name, mode, defaultOn } = definition;
  return {
    guardrail_name: name,
    litellm_params: { ...params(definition), mode, default_on: defaultOn },
  };
}

/** The type and its own parameters, by LiteLLM's names (litellm/types/guardrails.py). */
function params(definition: GuardrailDefinition): Record<string, unknown> {
  switch (definition.type) {
    case "content-filter":
      return {
        guardrail: "litellm_content_filter",
        blocked_words: definition.blockedWords,
        patterns: definition.patterns.map((pattern) =>
          "prebuilt" in pattern
            ? { pattern_type: "prebuilt", pattern_name: pattern.prebuilt, action: pattern.action }
            : { pattern_type: "regex", name: pattern.name, pattern: pattern.regex, action: pattern.action },
        ),
        categories: definition.categories.map(({ category, action, severityThreshold }) => ({
          category,
          enabled: true,
          action,
          severity_threshold: severityThreshold,
        })),
      };
    case "presidio":
      return {
        guardrail: "presidio",
        presidio_analyzer_api_base: definition.analyzerUrl ?? ownPresidio(hosts.presidioAnalyzer),
        presidio_anonymizer_api_base: definition.anonymizerUrl ?? ownPresidio(hosts.presidioAnonymizer),
        presidio_filter_scope: presidioScope(definition.mode),
        pii_entities_config: definition.entities,
        presidio_language: definition.language,
        presidio_analyze_chunk_size_bytes: analyzedBytes,
        timeout: definition.timeoutSeconds,
      };
    case "openai-moderation":
      return { guardrail: "openai_moderation" };
    case "hide-secrets":
      return { guardrail: "hide-secrets" };
    case "tool-permission":
      return {
        guardrail: "tool_permission",
        rules: definition.rules.map(({ id, tool, decision }) => ({ id, tool_name: tool, decision })),
        default_action: definition.defaultAction,
      };
    case "generic-api":
      return { guardrail: "generic_guardrail_api", api_base: definition.url };
    case "other":
      return { guardrail: definition.guardrail, ...definition.params };
  }
}

/**
 * Most of a text in one call to the analyzer. Its time grows with the square of what it finds, and a replica makes one call
 * at a time: between the calls for a long text others get theirs.
 */
const analyzedBytes = 20_000;

const ownPresidio = (host: string): string => `http://${host}:${containerPorts.presidio}`;

/** Which way presidio looks. LiteLLM's default is both, whatever the mode, and answers would wait for their last word. */
const presidioScope = (mode: GuardrailDefinition["mode"]): "input" | "both" =>
  [mode].flat().includes("post_call") ? "both" : "input";
