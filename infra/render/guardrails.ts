import { containerPorts, hosts } from "../names.ts";
import { failureSwitches } from "../litellm/guardrail-failures.ts";
import type { GuardrailDefinition } from "../settings/schema/definitions/guardrail.ts";
import { fromEnvironment, given } from "./values.ts";

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
        output_parse_pii: definition.restoreInAnswers,
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
      return given({
        guardrail: "generic_guardrail_api",
        api_base: definition.url,
        api_key: definition.apiKeyVariable && fromEnvironment(definition.apiKeyVariable),
        ...whenUnreachable("generic_guardrail_api", definition.whenUnreachable),
      });
    case "custom":
      return { guardrail: definition.class, ...definition.params };
    case "other":
      return given({
        guardrail: definition.guardrail,
        api_key: definition.apiKeyVariable && fromEnvironment(definition.apiKeyVariable),
        ...whenUnreachable(definition.guardrail, definition.whenUnreachable),
        ...definition.params,
      });
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
/** The parameters by which a type is told what to do when it can't check; some pass everything unless told. */
function whenUnreachable(type: string, choice: "refuse" | "pass"): Record<string, unknown> {
  const switches = Object.entries(failureSwitches[type] ?? {});
  return Object.fromEntries(switches.map(([param, values]) => [param, values[choice]]));
}
