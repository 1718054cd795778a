import type { Entry, ImportContext, Row } from "../draft.ts";
import type { Reporter, Steps } from "../finding.ts";
import { asList, asPlain, asText, type Plain } from "../plain.ts";
import type { KeyVariables } from "./keys.ts";
import { modeOf, type RowParts } from "./model-common.ts";
import { providerFields } from "./provider-fields.ts";
import { guessPrefix, typedProvider } from "./providers.ts";
import { Parameters } from "./row.ts";

/** Turns `model_list` into definitions, each deployment typed by its provider where nothing of it would be lost. */
export function importModels(say: Reporter, config: Plain, context: ImportContext, keys: KeyVariables): void {
  const credentials = new Map(
    asList(config["credential_list"]).map((row) => {
      const { credential_name: name, credential_values: values } = asPlain(row);
      return [name, asPlain(values)] as const;
    }),
  );
  asList(config["model_list"]).forEach((row, i) => {
    importModel(say, asPlain(row), ["model_list", i], credentials, context, keys);
  });
}

function importModel(
  say: Reporter,
  row: Plain,
  steps: Steps,
  credentials: ReadonlyMap<unknown, Plain>,
  context: ImportContext,
  keys: KeyVariables,
): void {
  const own = asPlain(row["litellm_params"]);
  const credential = credentials.get(own["litellm_credential_name"]) ?? {};
  const parts: RowParts = {
    row: new Parameters(row, steps),
    params: new Parameters({ ...credential, ...own }, [...steps, "litellm_params"]),
    info: new Parameters(row["model_info"], [...steps, "model_info"]),
  };
  const { params, info } = parts;
  parts.row.take("litellm_params");
  parts.row.take("model_info");
  params.take("litellm_credential_name");
  const name = asText(parts.row.take("model_name"));
  const model = params.text("model");
  if (name === undefined && row["model_name"] !== undefined) {
    const found = "is no text: YAML reads words such as off, no and 123 as something else";
    say.defect("not-text", [...steps, "model_name"], found, "put it in quotes");
    return;
  }
  if (name === undefined || model === undefined) {
    const missing = name === undefined ? "model_name" : "litellm_params.model";
    say.defect(
      "incomplete-row",
      steps,
      `has no ${missing}: LiteLLM drops the row or refuses to start`,
      "add it",
    );
    return;
  }
  const named = splitName(model, params.text("custom_llm_provider"));
  if (named === undefined) {
    say.defect(
      "no-provider",
      params.at("model"),
      `"${model}" names no provider, and LiteLLM knows no model of that name`,
      `write provider/model, such as openai/${model}`,
    );
    return;
  }
  if (parts.row.take("blocked") === true || info.take("blocked") === true) {
    say.dropped(steps, `the deployment of ${name} is blocked, and there are no blocked deployments here`);
    return;
  }
  const notes: string[] = [];
  const { mode, guessed } = modeOf(info, `${named.prefix}/${named.model}`);
  if (guessed) {
    const found = `has no mode, and its model answers ${mode} calls: health checks would call it as a chat`;
    say.defect("mode-missing", steps, found, `set model_info.mode: ${mode}; it is imported so`);
    notes.push(`mode: LiteLLM's own map says ${mode}`);
  }
  const entry: Entry<Row> = { value: {}, say, steps, notes };
  const provider = providerFields({ ...named, parts, entry, context, keys });
  if (provider === undefined) {
    const value = {
      name,
      provider: "other",
      litellmModel: `${named.prefix}/${named.model}`,
      params: { api_base: "?" },
    };
    context.draft.setAside.push({ part: "models", value, why: "its address could not be taken over" });
    return;
  }
  const health = healthOf(name, model, info, say, [...steps, "model_name"]);
  const value = { name, ...provider, ...(mode === undefined ? {} : { mode }), ...health };
  context.draft.models.push({ ...entry, value });
  for (const key of Object.keys(info.rest())) say.dropped(info.at(key));
  for (const key of Object.keys(parts.row.rest())) say.dropped(parts.row.at(key));
}

/** What a wildcard is asked by: without a model of its own, LiteLLM probes it with any it knows, at any price. */
function healthOf(name: string, model: string, info: Parameters, say: Reporter, steps: Steps): object {
  const healthModel = info.text("health_check_model");
  if (healthModel !== undefined) return { healthModel: healthModel.replace(/^[a-z0-9_]+\//, "") };
  if (!name.includes("*") && !model.includes("*")) return {};
  const found = "is a wildcard without health_check_model: LiteLLM would probe it with any model it knows";
  say.defect("no-health-model", steps, found, "set healthModel; it is imported without health checks");
  return { healthCheck: false };
}

interface NamedModel {
  /** LiteLLM's name of the provider. */
  readonly prefix: string;
  readonly model: string;
}

function splitName(model: string, custom: string | undefined): NamedModel | undefined {
  const slash = model.indexOf("/");
  const prefix = slash > 0 ? model.slice(0, slash) : undefined;
  if (custom !== undefined) {
    return { prefix: custom, model: prefix === custom ? model.slice(slash + 1) : model };
  }
  if (prefix !== undefined && (typedProvider(prefix) || /^[a-z0-9_-]+$/.test(prefix))) {
    return { prefix, model: model.slice(slash + 1) };
  }
  const guess = guessPrefix(model);
  return guess === undefined ? undefined : { prefix: guess, model };
}
