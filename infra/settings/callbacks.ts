import type { CallbackDefinition } from "./schema/definitions/callback.ts";

/** How LiteLLM knows a callback. */
export interface CallbackFacts {
  /** LiteLLM's name of it (litellm/__init__.py). */
  readonly name: string;
  /** Secrets that it reads from the environment and can't do without. */
  readonly secrets: readonly string[];
  /** Python package that images built here lack. */
  readonly lacks?: string;
}

/** The one place that knows what a callback is called and which secrets it reads (litellm/integrations). */
export const callbackFacts: Readonly<Record<CallbackDefinition["type"], CallbackFacts>> = {
  otel: { name: "otel", secrets: [], lacks: "opentelemetry-exporter-otlp" },
  // LiteLLM's plain "langfuse" needs Langfuse's own package; this one speaks OpenTelemetry.
  langfuse: {
    name: "langfuse_otel",
    secrets: ["LANGFUSE_PUBLIC_KEY", "LANGFUSE_SECRET_KEY"],
    lacks: "opentelemetry-exporter-otlp",
  },
  langsmith: { name: "langsmith", secrets: ["LANGSMITH_API_KEY"] },
  datadog: { name: "datadog", secrets: ["DD_API_KEY"] },
  braintrust: { name: "braintrust", secrets: ["BRAINTRUST_API_KEY"] },
  posthog: { name: "posthog", secrets: ["POSTHOG_API_KEY"] },
  s3: { name: "s3_v2", secrets: ["AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"] },
  "generic-api": { name: "generic_api", secrets: [] },
};

/** Secrets of one callback, by its settings. */
export function callbackSecrets(callback: CallbackDefinition): readonly string[] {
  const { secrets } = callbackFacts[callback.type];
  if (callback.type === "otel" && callback.authenticated) return [...secrets, "OTEL_HEADERS"];
  if (callback.type === "generic-api" && callback.authenticated)
    return [...secrets, "GENERIC_LOGGER_HEADERS"];
  return secrets;
}
