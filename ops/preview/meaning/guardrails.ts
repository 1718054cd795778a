import { failureSwitches } from "../../../infra/litellm/guardrail-failures.ts";
import type { ConfigPair } from "../configs.ts";
import { asNames, asPlain, asRows, type Consequence, means, type Plain, without } from "../consequence.ts";
import { ofSafety } from "./safety.ts";

/** Checks that come, go or are loosened. */
export function ofGuardrails({ before, after }: ConfigPair): Consequence[] {
  const names = [...new Set([...before.guardrails.keys(), ...after.guardrails.keys()])];
  return names.flatMap((name) => {
    const [was, is] = [before.guardrails.get(name), after.guardrails.get(name)];
    if (!was) return [means("low", `the guardrail ${name} would be added`)];
    if (!is) return [means("high", `the guardrail ${name} would be removed`)];
    return ofGuardrail(`the guardrail ${name}`, was, is);
  });
}

function ofGuardrail(what: string, was: Plain, is: Plain): Consequence[] {
  const found: Consequence[] = [...ofModes(what, was["mode"], is["mode"])];
  if (was["default_on"] === true && is["default_on"] !== true) {
    found.push(means("high", `${what} would no longer run on every request`));
  } else if (was["default_on"] !== is["default_on"]) {
    found.push(means("low", `${what} would run on every request`));
  }
  if (was["guardrail"] !== is["guardrail"]) {
    found.push(means("high", `${what} would be of another kind: ${String(is["guardrail"])}`));
    return found;
  }
  for (const list of lists) found.push(...ofList(what, list, was, is));
  found.push(...ofEntities(what, asPlain(was["pii_entities_config"]), asPlain(is["pii_entities_config"])));
  if (was["default_action"] === "deny" && is["default_action"] !== "deny") {
    found.push(means("high", `${what} would allow every tool that no rule names`));
  }
  if (opens(was, is)) {
    found.push(means("high", `${what} would let requests pass unchecked while its service fails`));
  }
  found.push(...ofSafety(what, was["safety"], is["safety"]));
  return [...found, ...ofOthers(what, was, is)];
}

/** Whether one of the type's own switches is turned to letting pass. */
function opens(was: Plain, is: Plain): boolean {
  const switches = Object.entries(failureSwitches[String(is["guardrail"])] ?? {});
  return switches.some(([param, { pass }]) => was[param] !== pass && is[param] === pass);
}

/** When it runs: what is checked before the call can still be stopped. */
function ofModes(what: string, was: unknown, is: unknown): Consequence[] {
  const [old, now] = [[was].flat().map(String), [is].flat().map(String)];
  const lost = without(old, now);
  if (lost.includes("pre_call"))
    return [means("high", `${what} would no longer check prompts before they leave`)];
  if (lost.includes("post_call")) return [means("high", `${what} would no longer check answers`)];
  if (lost.length > 0 || without(now, old).length > 0) {
    return [means("medium", `${what} would change its mode from ${old.join(", ")} to ${now.join(", ")}`)];
  }
  return [];
}

interface CheckList {
  readonly key: string;
  readonly noun: string;
  readonly name: (row: Plain) => unknown;
  /** What its rows do, from strict to loose. */
  readonly strictness: readonly (readonly [string, readonly string[]])[];
}

const blockMask = ["action", ["BLOCK", "MASK"]] as const;

const lists: readonly CheckList[] = [
  { key: "blocked_words", noun: "word", name: ({ keyword }) => keyword, strictness: [blockMask] },
  {
    key: "patterns",
    noun: "pattern",
    name: ({ pattern_name, name }) => pattern_name ?? name,
    strictness: [blockMask],
  },
  {
    key: "categories",
    noun: "category",
    name: ({ category }) => category,
    strictness: [blockMask, ["severity_threshold", ["low", "medium", "high"]]],
  },
  { key: "rules", noun: "rule", name: ({ id }) => id, strictness: [["decision", ["deny", "allow"]]] },
];

function ofList(
  what: string,
  { key, noun, name, strictness }: CheckList,
  was: Plain,
  is: Plain,
): Consequence[] {
  const byName = (rows: unknown) => new Map(asRows(rows).map((row) => [String(name(row)), row]));
  const [old, now] = [byName(was[key]), byName(is[key])];
  const lost = without([...old.keys()], [...now.keys()]);
  const found: Consequence[] = [];
  // The words themselves may be what nobody should read.
  const which = key === "blocked_words" ? `${lost.length}` : lost.join(", ");
  if (lost.length > 0) found.push(means("high", `${what} would check less: without the ${noun} ${which}`));
  const more = now.size - old.size + lost.length;
  if (more > 0) found.push(means("low", `${what} would check ${more} more ${noun}(s)`));
  for (const [id, row] of now) {
    const before = old.get(id);
    if (!before) continue;
    const label = key === "blocked_words" ? `a ${noun}` : `the ${noun} ${id}`;
    for (const [field, order] of strictness) {
      const [from, to] = [String(before[field]), String(row[field])];
      if (order.indexOf(to) > order.indexOf(from)) {
        const risk = key === "rules" ? "high" : "medium";
        found.push(means(risk, `${what} would be looser on ${label}: ${field} ${to} instead of ${from}`));
      } else if (from !== to)
        found.push(means("low", `${what} would be stricter on ${label}: ${field} ${to}`));
    }
    if (
      JSON.stringify([before["pattern"], before["tool_name"]]) !==
      JSON.stringify([row["pattern"], row["tool_name"]])
    ) {
      found.push(means("medium", `${what} would match other texts in ${label}`));
    }
  }
  return found;
}

function ofEntities(what: string, was: Plain, is: Plain): Consequence[] {
  const lost = without(Object.keys(was), Object.keys(is));
  const found = lost.length > 0 ? [means("high", `${what} would no longer look for ${lost.join(", ")}`)] : [];
  const masked = Object.keys(is).filter((name) => was[name] === "BLOCK" && is[name] === "MASK");
  if (masked.length > 0)
    found.push(means("medium", `${what} would mask ${masked.join(", ")} instead of blocking`));
  return found;
}

const told = new Set([
  "mode",
  "default_on",
  "guardrail",
  "pii_entities_config",
  "default_action",
  "safety",
  ...lists.map(({ key }) => key),
]);

function ofOthers(what: string, was: Plain, is: Plain): Consequence[] {
  const keys = without(asNames([...new Set([...Object.keys(was), ...Object.keys(is)])]), [...told]);
  return keys
    .filter((key) => JSON.stringify(was[key]) !== JSON.stringify(is[key]))
    .map((key) => means("medium", `${what} would change its ${key.replaceAll("_", " ")}`));
}
