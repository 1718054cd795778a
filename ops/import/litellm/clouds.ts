import type { Row } from "../draft.ts";
import { given } from "../plain.ts";
import { addressOf, resolvedText, unknownAddress } from "./environment.ts";
import { commonFields } from "./model-common.ts";
import type { ProviderRow } from "./provider-row.ts";
import { isLiteralSecret, variableOf } from "./secrets.ts";

/** LiteLLM's own when a row names none (litellm.AZURE_DEFAULT_API_VERSION). */
const azureVersion = "2025-02-01-preview";

export function azure(row: ProviderRow): Row | undefined {
  const { model, parts, entry, context } = row;
  const { params, info } = parts;
  const { say, notes } = entry;
  const { addresses } = context.draft;
  const base = addressOf(params, say, context, "AZURE_API_BASE");
  if (base === unknownAddress) return undefined;
  const key = row.keys.take(params, "azure", say);
  let apiVersion = resolvedText(params, "api_version", context);
  if (apiVersion === undefined) {
    apiVersion = context.environment.get("AZURE_API_VERSION") ?? azureVersion;
    notes.push(`apiVersion: none was written, so LiteLLM's own`);
  }
  const baseModel = info.text("base_model") ?? params.text("base_model");
  const shared = addresses.get("AZURE_API_BASE");
  const isOwnKey = key === undefined || key === "AZURE_API_KEY";
  if (isOwnKey && (base === undefined || shared === undefined || shared === base)) {
    if (base !== undefined) addresses.set("AZURE_API_BASE", base);
    const name = baseModel !== undefined && !baseModel.includes("/") ? `azure/${baseModel}` : baseModel;
    return { provider: "azure", model, apiVersion, ...given({ baseModel: name }), ...commonFields(parts) };
  }
  // A second Azure resource: the typed provider knows one address and one key.
  return {
    provider: "other",
    litellmModel: `azure/${model}`,
    ...given({ apiKeyVariable: key }),
    ...commonFields(parts),
    params: given({ api_base: base, api_version: apiVersion }),
  };
}

export function vertex(row: ProviderRow): Row {
  const { model, parts, context } = row;
  const { params } = parts;
  const project =
    resolvedText(params, "vertex_project", context) ?? context.environment.get("VERTEXAI_PROJECT");
  const location =
    resolvedText(params, "vertex_location", context) ?? context.environment.get("VERTEXAI_LOCATION");
  params.take("api_key");
  renamed(row, "vertex_credentials", "VERTEX_CREDENTIALS");
  return { provider: "vertex", model, ...given({ project, location }), ...commonFields(parts) };
}

export function bedrock(row: ProviderRow): Row {
  const { model, parts, context } = row;
  const { params } = parts;
  const region =
    resolvedText(params, "aws_region_name", context) ??
    context.environment.get("AWS_REGION_NAME") ??
    context.environment.get("AWS_REGION");
  renamed(row, "aws_access_key_id", "AWS_ACCESS_KEY_ID");
  renamed(row, "aws_secret_access_key", "AWS_SECRET_ACCESS_KEY");
  return { provider: "bedrock", model, ...given({ region }), ...commonFields(parts) };
}

/** A secret that comes from one variable here, whatever it was called. */
function renamed(
  { parts: { params }, entry: { say }, context }: ProviderRow,
  name: string,
  variable: string,
): void {
  const written = params.text(name);
  const from = variableOf(written);
  context.draft.variables.set(variable, from ?? "the environment");
  // A literal one is told with all the others.
  if (written === undefined || from === variable || (from === undefined && isLiteralSecret(name, written)))
    return;
  const found = `is taken from ${variable} here`;
  say.changed("variable-renamed", params.at(name), found, `put its value into .env as ${variable}`);
}
