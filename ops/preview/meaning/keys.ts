import { agentKeyAlias } from "../../../infra/names.ts";
import { asNames, type Consequence, means, ofLimit, ofPeriod, type Plain, without } from "../consequence.ts";
import { goes, type Step } from "../steps.ts";
import { anotherValue } from "./access.ts";

/** Virtual keys: a resource with an alias and the models that it may call. */
export function ofKeys(steps: readonly Step[]): Consequence[] {
  return steps.filter(isKey).flatMap(({ op, before, after, ...step }): Consequence[] => {
    const what = nameOf(before ?? after ?? {});
    if (op === "create") return [means("low", `${what} would be made`)];
    if (goes({ op, before, after, ...step }) && !after) {
      return [means("high", `${what} would be revoked: whoever uses it gets errors`)];
    }
    return before && after ? ofKey(what, before, after) : [];
  });
}

const isKey = ({ type, before, after }: Step): boolean => {
  const inputs = before ?? after ?? {};
  return type.endsWith("dynamic:Resource") && typeof inputs["alias"] === "string" && "models" in inputs;
};

const nameOf = ({ alias }: Plain): string =>
  alias === agentKeyAlias ? "the agent key" : `the key ${String(alias)}`;

/** States of before there were generations have the first one. */
const generation = ({ generation }: Plain): number => (typeof generation === "number" ? generation : 1);

const formerEnds = (what: string, until: unknown): Consequence =>
  typeof until === "string"
    ? means("medium", `${what}'s former value would stay valid up to ${until}`)
    : means("medium", `${what}'s former value would end`);

function ofKey(what: string, before: Plain, after: Plain): Consequence[] {
  const [old, now] = [asNames(before["models"]), asNames(after["models"])];
  const found: Consequence[] = [];
  const lost = without(old, now);
  if (lost.length > 0) found.push(means("high", `${what} would lose ${lost.join(", ")}`));
  const won = without(now, old);
  if (won.length > 0) found.push(means("low", `${what} could call ${won.join(", ")}`));
  const [was, is] = [generation(before), generation(after)];
  if (was !== is) {
    const former = was === is - 1 ? after["formerUntil"] : undefined;
    found.push(anotherValue(what, former));
  } else if (typeof before["key"] === "string" && before["key"] !== after["key"])
    found.push(anotherValue(what, undefined));
  else if (before["formerUntil"] !== after["formerUntil"]) found.push(formerEnds(what, after["formerUntil"]));
  return [
    ...found,
    ...ofLimit(`${what}'s budget`, before["maxBudgetUsd"], after["maxBudgetUsd"], " USD", "high"),
    ...ofPeriod(`${what}'s budget`, before["budgetPeriod"], after["budgetPeriod"]),
    ...ofLimit(
      `${what}'s rate limit`,
      before["requestsPerMinute"],
      after["requestsPerMinute"],
      " per minute",
    ),
    ...ofLimit(`${what}'s token limit`, before["tokensPerMinute"], after["tokensPerMinute"], " per minute"),
  ];
}
