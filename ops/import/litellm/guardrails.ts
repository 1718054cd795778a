import { safetyGuardrail } from "../../../infra/settings/schema/definitions/safety.ts";
import type { ImportContext, Row } from "../draft.ts";
import type { Reporter, Steps } from "../finding.ts";
import { asList, asPlain, asText, given, type Plain } from "../plain.ts";
import { guardrailFields } from "./guardrail-types.ts";
import { Parameters } from "./row.ts";

/** Turns `guardrails` into definitions. */
export function importGuardrails(say: Reporter, config: Plain, context: ImportContext): void {
  asList(config["guardrails"]).forEach((row, i) => {
    importGuardrail(say, asPlain(row), ["guardrails", i], context);
  });
}

function importGuardrail(say: Reporter, row: Plain, steps: Steps, context: ImportContext): void {
  const written = asText(row["guardrail_name"]);
  const params = new Parameters(row["litellm_params"], [...steps, "litellm_params"]);
  const type = params.text("guardrail");
  if (written === undefined || type === undefined) {
    const missing = written === undefined ? "guardrail_name" : "litellm_params.guardrail";
    say.defect("incomplete-row", steps, `has no ${missing}, so it checks nothing`, "add it");
    return;
  }
  const notes: string[] = [];
  const name = nameOf(written, type);
  if (name !== written) {
    const why =
      written === safetyGuardrail
        ? "the gateway's own guardrail has that name, and guards every request (safety in gateway.yaml)"
        : "names hold small letters, digits, _ and -";
    const found = `"${written}" is called "${name}" here: ${why}`;
    say.changed("renamed", [...steps, "guardrail_name"], found, "use the new name in keys and requests");
  }
  const mode = modeOf(say, params, type, notes);
  const defaultOn = runsAlways(say, params, written, notes);
  const entry = { value: {} as Row, say, steps, notes };
  const fields = guardrailFields({ type, params, entry, context });
  if (fields === undefined) return;
  const { guardrail_info: info } = row;
  if (info !== undefined) say.dropped([...steps, "guardrail_info"]);
  context.draft.guardrails.push({ ...entry, value: { name, ...fields, ...given({ mode }), defaultOn } });
}

const nameOf = (written: string, type: string): string =>
  (written === safetyGuardrail ? `${written}-${type}` : written)
    .toLowerCase()
    .replaceAll(/[^a-z0-9_-]+/g, "-")
    .replaceAll(/^[^a-z0-9]+|-+$/g, "");

/** Masking beside the call masks nothing: the text has left by then. */
function modeOf(say: Reporter, params: Parameters, type: string, notes: string[]): unknown {
  const mode = params.take("mode");
  const modes = [mode].flat();
  if (type !== "presidio" || !modes.includes("during_call")) return mode;
  say.defect(
    "mask-too-late",
    params.at("mode"),
    "during_call runs beside the model call: nothing guarantees that a text is masked before it leaves",
    "use pre_call; it is imported so",
  );
  notes.push("mode: during_call masked too late");
  const early = [...new Set(modes.map((one) => (one === "during_call" ? "pre_call" : one)))];
  return early.length === 1 ? early[0] : early;
}

function runsAlways(say: Reporter, params: Parameters, name: string, notes: string[]): boolean {
  const at = params.at("default_on");
  const written = params.take("default_on");
  if (typeof written === "boolean") return written;
  // The Cerberus document means its safety control for every request, though it never says so.
  if (name === safetyGuardrail) {
    const found = "has no default_on, so LiteLLM ran it only where a request asked for it";
    say.defect("guardrail-off", at, found, "set default_on: true; it is imported so");
    notes.push("defaultOn: it guards every request now");
    return true;
  }
  const found = "is not set: the guardrail runs only where a key or a request asks for it";
  say.defect(
    "guardrail-off",
    at,
    found,
    "set defaultOn: true in gateway.yaml if every request should be checked",
  );
  return false;
}
