import { asNames, asPlain, type Consequence, means, ofLimit, type Plain, without } from "../consequence.ts";

/** The `safety` mapping of our own guardrail (plugins/cerberus_gateway/safety): limits, contents, approvals. */
export function ofSafety(what: string, before: unknown, after: unknown): Consequence[] {
  const [was, is] = [asPlain(before), asPlain(after)];
  if (Object.keys(was).length === 0 && Object.keys(is).length === 0) return [];
  return [
    ...ofNumbers(what, was, is),
    ...ofContent(what, was, is),
    ...ofInputs(what, asPlain(was["inputs"]), asPlain(is["inputs"])),
    ...ofApprovals(what, was, is),
    ...ofProfiles(what, asPlain(was["profiles"]), asPlain(is["profiles"])),
  ];
}

const numbers = {
  max_budget_per_request: ["the most that one request may cost", " USD"],
  max_tokens_per_request: ["the output tokens of one request", ""],
  require_approval_over: ["the cost from which a request needs approval", " USD"],
} as const;

/** A raised limit of a guardrail is a loosened guardrail: high when it goes, and when approvals begin later. */
function ofNumbers(what: string, was: Plain, is: Plain): Consequence[] {
  return Object.entries(numbers).flatMap(([key, [noun, unit]]) =>
    ofLimit(`${noun} (${what})`, was[key] ?? undefined, is[key] ?? undefined, unit, "high").map((found) =>
      key === "require_approval_over" && found.risk === "medium"
        ? { ...found, risk: "high" as const }
        : found,
    ),
  );
}

function ofContent(what: string, was: Plain, is: Plain): Consequence[] {
  const found: Consequence[] = [];
  const types = without(asNames(was["blocked_content_types"]), asNames(is["blocked_content_types"]));
  if (types.length > 0) found.push(means("high", `${what} would no longer block ${types.join(", ")}`));
  const [old, now] = [asPlain(was["categories"]), asPlain(is["categories"])];
  for (const name of Object.keys(old)) {
    const [rows, left] = [asPlain(old[name]), asPlain(now[name])];
    const lost = ["keywords", "patterns"].reduce(
      (sum, key) => sum + without(asNames(rows[key]), asNames(left[key])).length,
      0,
    );
    if (lost > 0)
      found.push(means("high", `${what} would look for ${lost} keyword(s) or pattern(s) less in ${name}`));
  }
  if (was["filter_output"] === true && is["filter_output"] === false) {
    found.push(means("high", `${what} would no longer filter answers`));
  }
  found.push(...shorter(what, was["look_back_chars"], is["look_back_chars"]));
  return found;
}

const shorter = (what: string, before: unknown, after: unknown): Consequence[] =>
  typeof before === "number" && typeof after === "number" && after < before
    ? [means("medium", `${what} would hold back ${after} instead of ${before} characters of a stream`)]
    : [];

function ofInputs(what: string, was: Plain, is: Plain): Consequence[] {
  return Object.keys({ ...was, ...is }).flatMap((kind) => {
    if (was[kind] === false && is[kind] !== false)
      return [means("medium", `${what} would let ${kind} through`)];
    if (was[kind] !== false && is[kind] === false) return [means("low", `${what} would refuse ${kind}`)];
    return [];
  });
}

function ofApprovals(what: string, was: Plain, is: Plain): Consequence[] {
  const rules = (side: Plain) => (Array.isArray(side["approval_rules"]) ? side["approval_rules"] : []);
  const texts = (side: Plain) => rules(side).map((rule: unknown) => JSON.stringify(rule));
  const lost = without(texts(was), texts(is)).length;
  return lost > 0
    ? [means("high", `${what} would ask for approval by ${lost} rule(s) less or otherwise`)]
    : [];
}

function ofProfiles(what: string, was: Plain, is: Plain): Consequence[] {
  return Object.keys(was).flatMap((name) =>
    is[name] === undefined
      ? [means("high", `${what} would lose the profile ${name}: its keys would get the general limits`)]
      : ofSafety(`${what}, profile ${name}`, was[name], is[name]),
  );
}
