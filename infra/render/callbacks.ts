import { callbackFacts } from "../settings/callbacks.ts";
import type { CallbackDefinition } from "../settings/schema/definitions/callback.ts";
import { fromEnvironment, given } from "./values.ts";

type Callbacks = readonly CallbackDefinition[];

/** LiteLLM's names of the callbacks that are told of such calls. */
export const callbackNames = (callbacks: Callbacks, events: CallbackDefinition["events"]): string[] =>
  callbacks.filter((callback) => callback.events === events).map(({ type }) => callbackFacts[type].name);

/** What callbacks read from LiteLLM's environment and is no secret. */
export function callbackVariables(callbacks: Callbacks): Record<string, string> {
  return Object.assign({}, ...callbacks.map(variables)) as Record<string, string>;
}

function variables(callback: CallbackDefinition): Record<string, string> {
  switch (callback.type) {
    case "otel":
      return {
        OTEL_EXPORTER: "otlp_http",
        OTEL_ENDPOINT: callback.endpoint,
        OTEL_SERVICE_NAME: callback.serviceName,
      };
    case "langfuse":
      return { LANGFUSE_OTEL_HOST: callback.host };
    case "langsmith":
      return { LANGSMITH_PROJECT: callback.project, LANGSMITH_BASE_URL: callback.baseUrl };
    case "datadog":
      return { DD_SITE: callback.site };
    case "braintrust":
      return { BRAINTRUST_API_BASE: callback.baseUrl };
    case "posthog":
      return { POSTHOG_API_URL: callback.baseUrl };
    case "generic-api":
      return { GENERIC_LOGGER_ENDPOINT: callback.url };
    case "s3":
      return {};
  }
}

/** `s3_callback_params`, where calls go to S3. */
export function s3Params(callbacks: Callbacks): Record<string, unknown> | undefined {
  const s3 = callbacks.find((callback) => callback.type === "s3");
  if (!s3) return undefined;
  return given({
    s3_bucket_name: s3.bucket,
    s3_region_name: s3.region,
    s3_aws_access_key_id: fromEnvironment("AWS_ACCESS_KEY_ID"),
    s3_aws_secret_access_key: fromEnvironment("AWS_SECRET_ACCESS_KEY"),
    s3_endpoint_url: s3.endpoint,
    s3_path: s3.path,
  });
}
