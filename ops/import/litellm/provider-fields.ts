import { providerFacts } from "../../../infra/settings/providers.ts";
import type { Row } from "../draft.ts";
import { given, isPlain, type Plain } from "../plain.ts";
import { azure, bedrock, vertex } from "./clouds.ts";
import { addressOf, resolved, unknownAddress } from "./environment.ts";
import { commonFields, type RowParts, withOwnPrice } from "./model-common.ts";
import type { ProviderRow } from "./provider-row.ts";
import { type TypedProvider, typedProvider } from "./providers.ts";
import { isLiteralSecret, variableOf } from "./secrets.ts";

/** The provider, its own fields and the common ones; undefined when the row was reported instead. */
export function providerFields(row: ProviderRow): Row | undefined {
  const { prefix, model, parts, entry, context } = row;
  const { params } = parts;
  const answer = params.text("mock_response");
  if (answer !== undefined) {
    params.take("api_key");
    params.take("api_base");
    return leaveRest(row, withOwnPrice({ provider: "demo", answer, ...commonFields(parts) }, entry));
  }
  const typed = typedProvider(prefix);
  if (typed === "azure") {
    const value = azure(row);
    return value && leaveRest(row, value);
  }
  if (typed === "vertex") return leaveRest(row, vertex(row));
  if (typed === "bedrock") return leaveRest(row, bedrock(row));
  const base = addressOf(params, entry.say, context, typed && providerFacts[typed].params["api_base"]);
  if (base === unknownAddress) return undefined;
  if (typed === "ollama") return ollama(row, base);
  if (base !== undefined && (typed === "openai-compatible" || (prefix === "openai" && !hasKey(params)))) {
    return compatible(row, base);
  }
  const key = row.keys.take(params, prefix, entry.say);
  const common = commonFields(parts);
  const extras = scalars(row);
  const keyed = typed === undefined || typed === "openai-compatible" ? undefined : typed;
  if (keyed && base === undefined && key === ownKey(keyed) && Object.keys(extras).length === 0) {
    return { provider: keyed, model, ...common };
  }
  const passed = { ...given({ api_base: base }), ...extras };
  return {
    provider: "other",
    litellmModel: `${prefix}/${model}`,
    ...given({ apiKeyVariable: key }),
    ...common,
    ...(Object.keys(passed).length > 0 ? { params: passed } : {}),
  };
}

const ownKey = (provider: TypedProvider): string | undefined => providerFacts[provider].params["api_key"];

function hasKey(params: RowParts["params"]): boolean {
  const key = params.rest()["api_key"];
  return variableOf(key) !== undefined || isLiteralSecret("api_key", key);
}

function compatible(row: ProviderRow, base: string): Row {
  const { prefix, model, parts, entry } = row;
  if (hasKey(parts.params)) {
    const apiKeyVariable = row.keys.take(parts.params, prefix, entry.say);
    const value = {
      provider: "other",
      litellmModel: `${prefix}/${model}`,
      apiKeyVariable,
      ...commonFields(parts),
      params: { api_base: base, ...scalars(row) },
    };
    return withOwnPrice(value, entry);
  }
  parts.params.take("api_key");
  if (prefix === "openai") {
    entry.notes.push("openai-compatible, not openai: your OpenAI key is not sent to another server");
  }
  return leaveRest(
    row,
    withOwnPrice({ provider: "openai-compatible", model, apiBase: base, ...commonFields(parts) }, entry),
  );
}

function ollama(row: ProviderRow, base: string | undefined): Row {
  const { model, parts, entry, context } = row;
  const { params } = parts;
  const { addresses } = context.draft;
  params.take("api_key");
  if (base === undefined) {
    entry.say.defect(
      "no-address",
      entry.steps,
      "has no api_base: LiteLLM would start an Ollama of its own inside the container",
      "put the server's address into .env as OLLAMA_API_BASE",
    );
  }
  const variable = "OLLAMA_API_BASE";
  const shared = addresses.get(variable);
  const value = { model, ...commonFields(parts) };
  if (base === undefined || shared === undefined || shared === base) {
    if (base !== undefined) addresses.set(variable, base);
    return leaveRest(row, withOwnPrice({ provider: "ollama", ...value }, entry));
  }
  const { model: _, ...common } = value;
  const params2 = { api_base: base, ...scalars(row) };
  return withOwnPrice(
    { provider: "other", litellmModel: `ollama_chat/${model}`, ...common, params: params2 },
    entry,
  );
}

/** What is left and can be passed on as it stands; what can't be is reported. */
function scalars({ parts: { params }, entry: { say }, context }: ProviderRow): Plain {
  const kept: Row = {};
  for (const [name, value] of Object.entries(params.rest())) {
    if (isLiteralSecret(name, value)) continue;
    const plain = resolved(value, context);
    if (plain === undefined && variableOf(value) !== undefined) {
      say.dropped(
        params.at(name),
        `comes from the variable ${variableOf(value)}, which no container of the gateway gets`,
        "write the value itself into params, if it is no secret",
      );
    } else if (isPlain(plain) || Array.isArray(plain) || plain === undefined) say.dropped(params.at(name));
    else kept[name] = plain;
  }
  return kept;
}

/** Typed providers take no parameters beside their own. */
function leaveRest({ parts: { params }, entry: { say } }: ProviderRow, value: Row): Row {
  for (const [name, left] of Object.entries(params.rest())) {
    if (!isLiteralSecret(name, left)) say.dropped(params.at(name));
  }
  return value;
}
