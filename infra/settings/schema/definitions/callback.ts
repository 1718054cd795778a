import * as z from "zod";

const events = z
  .enum(["all", "success", "failure"])
  .default("all")
  .describe("Which calls it is told of: all, those that succeeded or those that failed");

const common = { events };

const Otel = z.strictObject({
  type: z.literal("otel"),
  ...common,
  endpoint: z.url().describe("OTLP/HTTP address of the collector"),
  serviceName: z.string().min(1).default("litellm").describe("service.name of its traces"),
  authenticated: z
    .boolean()
    .default(false)
    .describe("Sends the headers in the secret OTEL_HEADERS (name=value,name=value)"),
});

const Langfuse = z.strictObject({
  type: z.literal("langfuse"),
  ...common,
  host: z.url().default("https://cloud.langfuse.com").describe("Langfuse server, reached by OpenTelemetry"),
});

const Langsmith = z.strictObject({
  type: z.literal("langsmith"),
  ...common,
  project: z.string().min(1).default("litellm").describe("Project its runs belong to"),
  baseUrl: z.url().default("https://api.smith.langchain.com"),
});

const Datadog = z.strictObject({
  type: z.literal("datadog"),
  ...common,
  site: z
    .string()
    .regex(/^[a-z0-9.-]+$/, "must be a Datadog site such as datadoghq.eu")
    .describe("Datadog site, such as datadoghq.eu"),
});

const Braintrust = z.strictObject({
  type: z.literal("braintrust"),
  ...common,
  baseUrl: z.url().default("https://api.braintrustdata.com/v1"),
});

const Posthog = z.strictObject({
  type: z.literal("posthog"),
  ...common,
  baseUrl: z.url().default("https://us.i.posthog.com"),
});

const S3 = z.strictObject({
  type: z.literal("s3"),
  ...common,
  bucket: z.string().regex(/^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/, "must be a bucket's name"),
  region: z.string().regex(/^[a-z0-9-]+$/, "must be a region such as eu-central-1"),
  endpoint: z.url().optional().describe("Address of another S3 server (MinIO, Ceph, …)"),
  path: z.string().min(1).optional().describe("Folder in the bucket"),
});

const GenericApi = z.strictObject({
  type: z.literal("generic-api"),
  ...common,
  url: z.url().describe("Where each batch of calls is posted as JSON"),
  authenticated: z
    .boolean()
    .default(false)
    .describe("Sends the headers in the secret GENERIC_LOGGER_HEADERS (name=value,name=value)"),
});

/** Where LiteLLM reports calls to, beside Prometheus; all of them free of a licence. Prompts and answers are not sent. */
export const CallbackDefinition = z.discriminatedUnion("type", [
  Otel,
  Langfuse,
  Langsmith,
  Datadog,
  Braintrust,
  Posthog,
  S3,
  GenericApi,
]);
export type CallbackDefinition = z.infer<typeof CallbackDefinition>;
