import { didYouMean } from "../../../infra/settings/problems.ts";
import { type FallbackKind, fallbackKinds, type ImportContext } from "../draft.ts";
import type { Reporter, Steps } from "../finding.ts";
import { asList, asNumber, asPlain, asText, isPlain } from "../plain.ts";

/** LiteLLM's routing strategies → ours. */
const strategies: Readonly<Record<string, string | undefined>> = {
  "simple-shuffle": "simple-shuffle",
  "least-busy": "least-busy",
  "latency-based-routing": "latency-based-routing",
  "cost-based-routing": "cost-based-routing",
  "usage-based-routing-v2": "usage-based-routing-v2",
  "usage-based-routing": "usage-based-routing-v2",
  lar1: undefined,
  "provider-budget-routing": undefined,
};

export function importStrategy(say: Reporter, steps: Steps, value: unknown, { draft }: ImportContext): void {
  const written = String(value);
  const ours = Object.hasOwn(strategies, written) ? strategies[written] : undefined;
  if (ours !== undefined) draft.routing["strategy"] = ours;
  if (ours === written) return;
  const known = Object.keys(strategies);
  if (ours !== undefined) {
    say.changed("strategy", steps, `${written} was replaced by ${ours} in LiteLLM`, `keep ${ours}`);
  } else if (known.includes(written)) {
    say.dropped(
      steps,
      `the strategy ${written} is not carried over; requests are shuffled by weight instead`,
    );
  } else {
    const found = `LiteLLM knows no strategy "${written}" and refuses to start${didYouMean(written, known)}`;
    say.defect("unknown-strategy", steps, found, `use one of: ${known.join(", ")}`);
  }
}

/** Names that stand for model groups; a list, which LiteLLM accepts and never resolves, becomes a group of its own. */
export function importAliases(say: Reporter, steps: Steps, value: unknown, { draft }: ImportContext): void {
  for (const [alias, to] of Object.entries(asPlain(value))) {
    const at = [...steps, alias];
    const target = asText(to) ?? asText(asPlain(to)["model"]);
    if (Array.isArray(to)) {
      say.defect(
        "list-alias",
        at,
        "leads to a list: LiteLLM accepts it, and every call answers 400 (no healthy deployments)",
        "name one model, or make it a group; it is imported as a group of all their deployments",
      );
      const names = to.filter((name) => typeof name === "string");
      draft.aliases.set(alias, { value: names, say, steps: at, notes: [] });
    } else if (target !== undefined) {
      draft.aliases.set(alias, { value: target, say, steps: at, notes: [] });
      if (isPlain(to) && to["hidden"] === true) {
        say.changed(
          "hidden-alias",
          at,
          "is listed among the models: no alias is hidden here",
          "nothing, if it may be seen",
        );
      }
    } else say.defect("bad-alias", at, "leads to no model", "write the name of a model group");
  }
}

/** `routing_groups`: several models behind one name, which is what an alias with a list is here. */
export function importGroups(say: Reporter, steps: Steps, value: unknown, { draft }: ImportContext): void {
  asList(value).forEach((row, i) => {
    const { group_name: name, models, routing_strategy: strategy } = asPlain(row);
    const at = [...steps, i];
    const names = asList(models).filter((model) => typeof model === "string");
    if (typeof name !== "string" || names.length === 0) {
      say.dropped(at, "names no group or no models");
      return;
    }
    draft.aliases.set(name, { value: names, say, steps: at, notes: [] });
    if (strategy !== undefined) {
      const found = `the group ${name} is routed like all others: a strategy belongs to the whole gateway here`;
      say.changed("group-strategy", [...at, "routing_strategy"], found, "set routing.strategy");
    }
  });
}

const kinds: Readonly<Record<string, FallbackKind>> = {
  fallbacks: "general",
  context_window_fallbacks: "contextWindow",
  content_policy_fallbacks: "contentPolicy",
};

/** A list of one-entry maps, `[{a: [b, c]}]`. */
export function importFallbacks(say: Reporter, steps: Steps, value: unknown, { draft }: ImportContext): void {
  const table = draft.fallbacks[kinds[String(steps.at(-1))] ?? fallbackKinds[0]];
  const rows = Array.isArray(value)
    ? value.map((row, i) => [row, [...steps, i]] as const)
    : [[value, steps] as const];
  for (const [row, at] of rows) {
    for (const [from, to] of Object.entries(asPlain(row))) {
      const here = [...at, from];
      const names = [to].flat().flatMap((target) => (typeof target === "string" ? [target] : []));
      if (names.length < [to].flat().length) {
        say.dropped(
          here,
          "a fallback with parameters of its own is not carried over",
          "name model groups only",
        );
      }
      if (names.length > 0) table.set(from, { value: names, say, steps: here, notes: [] });
    }
  }
}

/** Targets for every model that names none. */
export function importDefaultFallbacks(
  say: Reporter,
  steps: Steps,
  value: unknown,
  { draft }: ImportContext,
): void {
  const names = asList(value).filter((name) => typeof name === "string");
  draft.fallbacks.general.set("*", { value: names, say, steps, notes: [] });
}

/** A whole number within the definitions' bounds; what had to be moved is said. */
export const importNumber =
  (key: string, least: number, most: number) =>
  (say: Reporter, steps: Steps, value: unknown, { draft }: ImportContext): void => {
    const number = asNumber(value);
    if (number === undefined) {
      say.dropped(steps, "is no number", "write one");
      return;
    }
    const bounded = Math.min(most, Math.max(least, Math.ceil(number)));
    draft.routing[key] = bounded;
    if (bounded === number) return;
    const found = `is ${number}, and ${bounded} here: ${least} to ${most} is allowed`;
    say.changed("bounded", steps, found, `set routing.${key} if ${bounded} is not what you want`);
  };

export const keepPlain =
  (key: string) =>
  (_say: Reporter, _steps: Steps, value: unknown, { draft }: ImportContext): void => {
    draft.routing[key] = value;
  };
