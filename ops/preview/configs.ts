import { parse } from "yaml";
import { asPlain, asRows, type Plain } from "./consequence.ts";
import { uploadsOf } from "./rendered-diff.ts";
import type { Step } from "./steps.ts";

/** LiteLLM's configuration as one side of a change has it. */
export interface LitellmConfig {
  /** Deployments by their id. */
  readonly rows: ReadonlyMap<string, Plain>;
  /** What clients may ask for: model groups and aliases. */
  readonly names: ReadonlySet<string>;
  readonly aliases: Plain;
  /** litellm_params of guardrails by their name. */
  readonly guardrails: ReadonlyMap<string, Plain>;
  readonly router: Plain;
  /** All of it, for what is none of the above. */
  readonly whole: Plain;
}

export interface ConfigPair {
  readonly before: LitellmConfig;
  readonly after: LitellmConfig;
}

/** Both sides of config.yaml; undefined where one of them has none, as in a new stack. */
export function configPair(steps: readonly Step[]): ConfigPair | undefined {
  const writers = steps.filter(({ name, op }) => name === "litellm-config-writer" && op !== "same");
  const before = read(writers.find((step) => step.before)?.before);
  const after = read(writers.find((step) => step.after)?.after);
  return before && after ? { before, after } : undefined;
}

function read(inputs: Plain | undefined): LitellmConfig | undefined {
  const text = uploadsOf(inputs).get("config.yaml");
  if (text === undefined) return undefined;
  const config = asPlain(parse(text));
  const router = asPlain(config["router_settings"]);
  const aliases = asPlain(router["model_group_alias"]);
  const rows = asRows(config["model_list"]);
  return {
    rows: new Map(rows.map((row) => [String(asPlain(row["model_info"])["id"] ?? row["model_name"]), row])),
    names: new Set([...rows.map((row) => String(row["model_name"])), ...Object.keys(aliases)]),
    aliases,
    guardrails: new Map(
      asRows(config["guardrails"]).map((row) => [
        String(row["guardrail_name"]),
        asPlain(row["litellm_params"]),
      ]),
    ),
    router,
    whole: config,
  };
}
