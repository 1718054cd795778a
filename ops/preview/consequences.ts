import { ofAccess } from "./access.ts";
import type { FileChange } from "./rendered-diff.ts";
import type { Step } from "./steps.ts";

/** From what can't be undone to what is only good to know. */
export const risks = ["data loss", "high", "medium", "low"] as const;
export type Risk = (typeof risks)[number];

/** What a change means to those who depend on the gateway. */
export interface Consequence {
  readonly risk: Risk;
  readonly text: string;
}

/** Everything a reviewer should weigh, the gravest first. */
export function consequences(steps: readonly Step[], changes: readonly FileChange[]): Consequence[] {
  const found = [...steps.flatMap(ofStep), ...changes.flatMap(ofChange), ...restarts(steps)];
  const once = new Map(found.map((consequence) => [consequence.text, consequence]));
  return [...once.values()].sort(
    (a, b) => risks.indexOf(a.risk) - risks.indexOf(b.risk) || (a.text < b.text ? -1 : 1),
  );
}

const goes = ({ op }: Step): boolean => op === "delete" || op.includes("replace");

function ofStep(step: Step): Consequence[] {
  const { type, name, before, after } = step;
  const found: Consequence[] = [];
  if (type.endsWith(":Volume") && name.endsWith("-data") && goes(step)) {
    found.push({
      risk: "data loss",
      text: `the volume ${text(before?.["name"])} and all its data would be removed`,
    });
  }
  if (name.endsWith("salt-key") && goes(step)) {
    found.push({
      risk: "data loss",
      text: "the salt key would change: credentials in the database could not be read any more",
    });
  }
  if (name.endsWith("database-password") && goes(step)) {
    found.push({
      risk: "high",
      text: "the database's password would change, while the data volume keeps the old one",
    });
  }
  if (step.wasProtected && !step.isProtected && step.op !== "delete") {
    found.push({ risk: "high", text: `${name} would no longer be protected from being destroyed` });
  }
  if (type.endsWith(":Container") && before && after && before["image"] !== after["image"]) {
    found.push({
      risk: "medium",
      text: `${text(after["name"])} would run ${text(after["image"])} instead of ${text(before["image"])}`,
    });
  }
  if (name === "agent-key" && before && after) found.push(...ofKey(before, after));
  if (name === "access-objects" && after) found.push(...ofAccess(before ?? {}, after));
  return found;
}

function ofKey(
  before: Readonly<Record<string, unknown>>,
  after: Readonly<Record<string, unknown>>,
): Consequence[] {
  const [old, now] = [names(before["models"]), names(after["models"])];
  const lost = old.filter((name) => !now.includes(name));
  const found: Consequence[] = [];
  if (lost.length > 0) found.push({ risk: "high", text: `the agent key would lose ${lost.join(", ")}` });
  if (before["key"] !== after["key"] && typeof before["key"] === "string") {
    found.push({ risk: "high", text: "the agent key would be another one: agents need the new value" });
  }
  found.push(...compared("the agent key's budget", before["maxBudgetUsd"], after["maxBudgetUsd"], " USD"));
  found.push(
    ...compared(
      "the agent key's rate limit",
      before["requestsPerMinute"],
      after["requestsPerMinute"],
      " per minute",
    ),
  );
  return found;
}

/** A limit that rises lets more through; one that falls may stop what works today. */
function compared(what: string, before: unknown, after: unknown, unit: string): Consequence[] {
  if (typeof before !== "number" || typeof after !== "number" || before === after) return [];
  const verb = after > before ? "would rise" : "would fall";
  return [
    { risk: after > before ? "medium" : "low", text: `${what} ${verb} from ${before} to ${after}${unit}` },
  ];
}

/** Settings whose loss opens a door; the value is what keeps it shut. */
const doors: Readonly<Record<string, readonly [unknown, string]>> = {
  "litellm_settings.turn_off_message_logging": [true, "prompts and answers would be written to logs"],
  "litellm_settings.block_requests_for_models_without_pricing": [
    true,
    "models without a price would be served, and move no budget",
  ],
  "general_settings.fail_closed_budget_enforcement": [
    true,
    "requests would pass when budgets can't be checked",
  ],
  "general_settings.fail_closed_rate_limit_enforcement": [
    true,
    "requests would pass when rate limits can't be checked",
  ],
  "general_settings.enforce_fallback_model_access": [
    true,
    "keys would reach models through fallbacks that they may not call by name",
  ],
  "general_settings.store_model_in_db": [false, "models and settings could be changed beside this code"],
};

function ofChange(change: FileChange): Consequence[] {
  if (change.file !== "litellm/config.yaml") return [];
  const { path, before, after } = change;
  const [section, row = ""] = path;
  const key = path.join(".");
  const door = doors[key];
  if (door && before === door[0] && after !== door[0]) return [{ risk: "high", text: door[1] }];
  if (key === "litellm_settings.max_budget") return compared("the gateway's budget", before, after, " USD");
  if (section === "guardrails") return ofGuardrail(row, path.at(-1) ?? "", before, after);
  if (section === "model_list") return ofModel(row, path.slice(2).join("."), before, after);
  if (section === "router_settings" && path[1]?.includes("fallbacks")) {
    const [, kind = "", from] = path;
    const where = kind.replaceAll("_", " ");
    if (after === undefined && from !== undefined)
      return [{ risk: "medium", text: `${from} would have no ${where} any more` }];
    return [{ risk: "low", text: `${where} of ${from ?? "the gateway"} would change` }];
  }
  return [];
}

function ofGuardrail(name: string, leaf: string, before: unknown, after: unknown): Consequence[] {
  if (leaf === "guardrail_name" && after === undefined)
    return [{ risk: "high", text: `the guardrail ${name} would be removed` }];
  if (leaf === "guardrail_name" && before === undefined)
    return [{ risk: "low", text: `the guardrail ${name} would be added` }];
  if (before === undefined || after === undefined) return [];
  if (leaf === "default_on" && before === true) {
    return [{ risk: "high", text: `the guardrail ${name} would no longer run on every request` }];
  }
  return [{ risk: "medium", text: `the guardrail ${name} would change its ${leaf.replaceAll("_", " ")}` }];
}

function ofModel(id: string, leaf: string, before: unknown, after: unknown): Consequence[] {
  if (leaf === "model_name" && after === undefined)
    return [{ risk: "high", text: `the deployment ${id} would be removed` }];
  if (leaf === "model_name" && before === undefined)
    return [{ risk: "low", text: `the deployment ${id} would be added` }];
  if (before === undefined && after === undefined) return [];
  if (leaf.endsWith("cost_per_token") && after === undefined && before !== undefined) {
    return [{ risk: "medium", text: `the deployment ${id} would lose its own price` }];
  }
  if (before === undefined || after === undefined) return [];
  return [
    {
      risk: "low",
      text: `the deployment ${id} would change its ${leaf.replace("litellm_params.", "").replaceAll("_", " ")}`,
    },
  ];
}

/** Which containers would restart, and what callers notice of it. */
function restarts(steps: readonly Step[]): Consequence[] {
  const services = steps.filter(
    (step) => step.type.endsWith(":Container") && step.name.endsWith("-container"),
  );
  const replicas = services.filter(
    ({ name, op }) => /^litellm-\d+-container$/.test(name) && op !== "create" && op !== "delete",
  );
  return services.filter(goes).map(({ name, op, before }): Consequence => {
    const container = text(before?.["name"]);
    if (op === "delete") return { risk: "medium", text: `${container} would be removed` };
    if (name.startsWith("litellm-") && replicas.length > 1) {
      return { risk: "low", text: `${container} would restart; the other replicas serve meanwhile` };
    }
    if (/^(litellm|frontdoor|postgres)/.test(name)) {
      return {
        risk: "medium",
        text: `${container} would restart: requests fail until it is healthy again (up to a minute)`,
      };
    }
    return { risk: "low", text: `${container} would restart` };
  });
}

const text = (value: unknown): string => (typeof value === "string" ? value : "?");
const names = (value: unknown): string[] =>
  Array.isArray(value) ? value.filter((name) => typeof name === "string") : [];
