import type { ConfigPair, LitellmConfig } from "../configs.ts";
import { asNames, asRows, asWord, type Consequence, means, without } from "../consequence.ts";

const kinds = {
  fallbacks: "fallbacks",
  context_window_fallbacks: "fallbacks for long prompts",
  content_policy_fallbacks: "fallbacks for refused content",
} as const;
type Kind = keyof typeof kinds;

/** Where names lead: aliases and fallbacks. */
export function ofRoutes(pair: ConfigPair): Consequence[] {
  const fallbacks = (Object.keys(kinds) as Kind[]).flatMap((kind) => ofFallbacks(pair, kind));
  return [...ofAliases(pair), ...fallbacks];
}

function ofAliases({ before, after }: ConfigPair): Consequence[] {
  return Object.entries(before.aliases).flatMap(([alias, was]) => {
    const is = after.aliases[alias];
    if (is === was || (is === undefined && after.names.has(alias))) return [];
    if (is === undefined) return [means("high", `the name ${alias} would go: its callers would get errors`)];
    return [means("medium", `${alias} would mean ${asWord(is)} instead of ${asWord(was)}`)];
  });
}

const tableOf = ({ router }: LitellmConfig, kind: Kind): Map<string, string[]> =>
  new Map(
    asRows(router[kind]).flatMap((row) => Object.entries(row).map(([from, to]) => [from, asNames(to)])),
  );

function ofFallbacks({ before, after }: ConfigPair, kind: Kind): Consequence[] {
  const [old, now] = [tableOf(before, kind), tableOf(after, kind)];
  const noun = kinds[kind];
  return [...new Set([...old.keys(), ...now.keys()])].flatMap((from): Consequence[] => {
    // Its own removal is told already.
    if (!after.names.has(from) && !now.has(from)) return [];
    const [was, is] = [old.get(from) ?? [], now.get(from) ?? []];
    const dangling = is.filter((name) => !after.names.has(name));
    if (dangling.length > 0) {
      return [means("high", `${noun} of ${from} would lead nowhere: ${dangling.join(", ")} is not deployed`)];
    }
    const undeployed = without(was, is).filter((name) => !after.names.has(name));
    const why = undeployed.length > 0 ? `: ${undeployed.join(", ")} would not be deployed any more` : "";
    if (was.length > 0 && is.length === 0) {
      return [means(why === "" ? "medium" : "high", `${from} would have no ${noun} any more${why}`)];
    }
    if (why !== "") return [means("medium", `${from} would have fewer ${noun}${why}`)];
    return was.join() === is.join() ? [] : [means("low", `${noun} of ${from} would be ${is.join(", ")}`)];
  });
}
