import { isReference } from "../../secret-text.ts";
import type { Entry, ImportContext, Row } from "../draft.ts";
import { asList, asPlain, given, isPlain, type Plain } from "../plain.ts";
import { resolved } from "./environment.ts";
import type { Parameters } from "./row.ts";
import { isLiteralSecret, variableOf } from "./secrets.ts";

export interface GuardrailRow {
  /** LiteLLM's name of the type. */
  readonly type: string;
  readonly params: Parameters;
  readonly entry: Entry<Row>;
  readonly context: ImportContext;
}

/** LiteLLM's types that have one here, and how their parameters are carried over. */
const types: Readonly<Record<string, (row: GuardrailRow) => Row>> = {
  litellm_content_filter: (row) => leaveRest(row, contentFilter(row.params)),
  presidio: (row) => leaveRest(row, presidio(row)),
  openai_moderation: (row) => leaveRest(row, { type: "openai-moderation" }),
  "hide-secrets": (row) => leaveRest(row, { type: "hide-secrets" }),
  tool_permission: (row) => leaveRest(row, toolPermission(row.params)),
};

/** The type and its fields; undefined when the row was reported instead. */
export function guardrailFields(row: GuardrailRow): Row | undefined {
  const known = Object.hasOwn(types, row.type) ? types[row.type] : undefined;
  if (known) return known(row);
  const { params, entry, context, type } = row;
  const rest = params.rest();
  if (type === "generic_guardrail_api" && Object.keys(rest).every((name) => name === "api_base")) {
    return { type: "generic-api", ...given({ url: resolved(rest["api_base"], context) }) };
  }
  const passed: Row = {};
  for (const [name, value] of Object.entries(rest)) {
    const plain = resolved(value, context);
    const variable = variableOf(value);
    if (isLiteralSecret(name, value) || (variable !== undefined && plain === undefined)) {
      entry.say.dropped(
        entry.steps,
        `the guardrail needs ${variable ?? name}, and guardrails get no secrets of their own here`,
        "use a type of guardrail that needs none, such as content-filter",
      );
      return undefined;
    }
    if (holdsSecret(plain)) entry.say.dropped(params.at(name));
    else passed[name] = plain;
  }
  return { type: "other", guardrail: type, params: passed };
}

function contentFilter(params: Parameters): Row {
  const words = asList(params.take("blocked_words")).map((row) => {
    const { keyword, action, description } = asPlain(row);
    return given({ keyword, action, description: description ?? undefined });
  });
  const patterns = asList(params.take("patterns")).map((row) => {
    const { pattern_type: kind, pattern_name: prebuilt, pattern, name, action } = asPlain(row);
    return kind === "prebuilt"
      ? given({ prebuilt, action })
      : given({ name: name ?? prebuilt ?? "pattern", regex: pattern, action });
  });
  const categories = asList(params.take("categories"))
    .map(asPlain)
    .filter(({ enabled }) => enabled !== false)
    .map(({ category, action, severity_threshold: severityThreshold }) =>
      given({ category, action, severityThreshold }),
    );
  return { type: "content-filter", blockedWords: words, patterns, categories };
}

/** What is masked where nobody says what: what a prompt should never hold. */
const usualEntities = { CREDIT_CARD: "MASK", US_SSN: "MASK", EMAIL_ADDRESS: "MASK", PHONE_NUMBER: "MASK" };

function presidio({ params, entry, context }: GuardrailRow): Row {
  const { say, notes, steps } = entry;
  const address = (param: string, variable: string): unknown =>
    resolved(params.text(param), context) ?? context.environment.get(variable);
  const analyzerUrl = address("presidio_analyzer_api_base", "PRESIDIO_ANALYZER_API_BASE");
  const anonymizerUrl = address("presidio_anonymizer_api_base", "PRESIDIO_ANONYMIZER_API_BASE");
  const written = asPlain(params.take("pii_entities_config"));
  const hasEntities = Object.keys(written).length > 0;
  if (!hasEntities) {
    const found = "names no entities: LiteLLM then takes an error of the analyzer for nothing found";
    const fix = `name them; it is imported with ${Object.keys(usualEntities).join(", ")}`;
    say.defect("no-entities", params.at("pii_entities_config"), found, fix);
    notes.push("entities: none were named");
  }
  if (analyzerUrl === undefined && anonymizerUrl === undefined) {
    const found = "names no Presidio server, so LiteLLM has nothing to ask";
    say.defect("no-presidio", steps, found, "nothing: the stack brings one of its own");
  }
  return {
    type: "presidio",
    ...given({ analyzerUrl, anonymizerUrl, language: params.text("presidio_language") }),
    entities: hasEntities ? written : usualEntities,
  };
}

function toolPermission(params: Parameters): Row {
  const rules = asList(params.take("rules")).map((row, i) => {
    const { id, tool_name: tool, decision } = asPlain(row);
    return given({ id: id ?? `rule-${i + 1}`, tool, decision: lower(decision) });
  });
  return {
    type: "tool-permission",
    rules,
    ...given({ defaultAction: lower(params.take("default_action")) }),
  };
}

const lower = (value: unknown): unknown => (typeof value === "string" ? value.toLowerCase() : value);

function leaveRest({ params, entry: { say } }: GuardrailRow, value: Row): Row {
  for (const [name, left] of Object.entries(params.rest())) {
    if (!isLiteralSecret(name, left)) say.dropped(params.at(name));
  }
  return value;
}

/** Looks into lists and maps, where a header may carry a key. */
function holdsSecret(value: unknown, name = ""): boolean {
  if (Array.isArray(value)) return value.some((part) => holdsSecret(part, name));
  if (isPlain(value)) return Object.entries(value as Plain).some(([key, part]) => holdsSecret(part, key));
  return isLiteralSecret(name, value) || (typeof value === "string" && isReference(value));
}
