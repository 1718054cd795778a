import { type Control, frameworks } from "./frameworks.ts";
import { type Facts, type Measure, type MeasureId, measures } from "./measures.ts";

/** on = all measures; partly = some; off = none; outside = the gateway can do nothing; unknown = no configuration to judge by. */
export type ControlState = "on" | "partly" | "off" | "outside" | "unknown";

export interface MeasureResult {
  readonly name: string;
  readonly title: string;
  /** Null when it can't be known. */
  readonly on: boolean | null;
  readonly proof: string;
}

export interface ControlResult {
  readonly framework: string;
  readonly framework_note: string;
  readonly id: string;
  readonly title: string;
  readonly about: string;
  readonly state: ControlState;
  readonly measures: readonly MeasureResult[];
  readonly reach: Control["reach"];
  readonly rest: string;
}

/** Judges every control by what a stack runs with and what its log shows. */
export function evaluate(facts: Facts): ControlResult[] {
  return frameworks.flatMap(({ name, note, controls }) =>
    controls.map((control) => ({ framework: name, framework_note: note, ...judged(control, facts) })),
  );
}

function judged({ measures: ids, ...words }: Control, facts: Facts) {
  const results = ids.map((id) => measured(id, facts));
  return { ...words, state: stateOf(results), measures: results };
}

function measured(id: MeasureId, facts: Facts): MeasureResult {
  const { name, title, proof, isOn, fromLog }: Measure = measures[id];
  const { configuration, verification } = facts;
  const stack = verification.stack ?? "<stack>";
  const result = { name, title, proof: proof.replaceAll("{stack}", stack) };
  if (configuration !== null) return { ...result, on: isOn({ configuration, verification }) };
  // Measures that the log decides look at nothing else.
  return { ...result, on: fromLog ? isOn({ configuration: noConfiguration, verification }) : null };
}

const noConfiguration = {
  config: { model_list: [], guardrails: [], litellm_settings: {}, general_settings: {} },
  cerberus: {},
};

function stateOf(results: readonly MeasureResult[]): ControlState {
  if (results.length === 0) return "outside";
  if (results.some(({ on }) => on === null)) return "unknown";
  const on = results.filter((result) => result.on).length;
  return on === results.length ? "on" : on > 0 ? "partly" : "off";
}
