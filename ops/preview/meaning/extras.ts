import type { ConfigPair } from "../configs.ts";
import {
  asNames,
  asPlain,
  asRows,
  asWord,
  type Consequence,
  means,
  ofLimit,
  ofPeriod,
  type Plain,
  without,
} from "../consequence.ts";

/** Doors beside the models: pass-through paths, tool servers; and what holds back what is sent to providers. */
export function ofExtras({ before, after }: ConfigPair): Consequence[] {
  const general = [
    asPlain(before.whole["general_settings"]),
    asPlain(after.whole["general_settings"]),
  ] as const;
  return [
    ...ofPaths(general[0], general[1]),
    ...ofServers(asPlain(before.whole["mcp_servers"]), asPlain(after.whole["mcp_servers"])),
    ...ofProviderBudgets(before.router, after.router),
    ...ofRateLimits(before.router, after.router),
  ];
}

function ofPaths(before: Plain, after: Plain): Consequence[] {
  const byPath = (settings: Plain) =>
    new Map(asRows(settings["pass_through_endpoints"]).map((row) => [asWord(row["path"]), row]));
  const [old, now] = [byPath(before), byPath(after)];
  return [...new Set([...old.keys(), ...now.keys()])].flatMap((path) => {
    const [was, is] = [old.get(path), now.get(path)];
    const target = asWord(is?.["target"]);
    if (!was) return [means("medium", `${path} would pass requests on to ${target}`)];
    if (!is) return [means("medium", `${path} would no longer be there`)];
    if (was["target"] === is["target"]) return [];
    return [means("high", `${path} would pass requests, and its secrets, on to ${target} instead`)];
  });
}

function ofServers(before: Plain, after: Plain): Consequence[] {
  return [...new Set([...Object.keys(before), ...Object.keys(after)])].flatMap((name) => {
    const [was, is] = [asPlain(before[name]), asPlain(after[name])];
    if (!(name in before))
      return [means("medium", `callers would reach tools of ${name}: ${asWord(is["url"])}`)];
    if (!(name in after)) return [means("medium", `callers would lose the tools of ${name}`)];
    const found: Consequence[] = [];
    if (was["allow_all_keys"] !== true && is["allow_all_keys"] === true) {
      found.push(means("high", `every key would reach the tools of ${name}`));
    }
    if (was["url"] !== is["url"]) {
      found.push(means("high", `the tools of ${name} would be called at ${asWord(is["url"])} instead`));
    }
    const [some, others] = [asNames(was["allowed_tools"]), asNames(is["allowed_tools"])];
    const more = some.length > 0 ? without(others, some) : [];
    if (more.length > 0)
      found.push(means("medium", `callers would reach more tools of ${name}: ${more.join(", ")}`));
    if (some.length > 0 && others.length === 0) {
      found.push(means("high", `callers would reach every tool of ${name}`));
    }
    return found;
  });
}

function ofProviderBudgets(before: Plain, after: Plain): Consequence[] {
  const [old, now] = [asPlain(before["provider_budget_config"]), asPlain(after["provider_budget_config"])];
  return [...new Set([...Object.keys(old), ...Object.keys(now)])].flatMap((name) => {
    const [was, is] = [asPlain(old[name]), asPlain(now[name])];
    const what = `the budget of the provider ${name}`;
    return [
      ...ofLimit(what, was["budget_limit"], is["budget_limit"], " USD", "high"),
      ...ofPeriod(what, was["time_period"], is["time_period"]),
    ];
  });
}

function ofRateLimits(before: Plain, after: Plain): Consequence[] {
  const enforced = (router: Plain) =>
    asNames(router["optional_pre_call_checks"]).includes("enforce_model_rate_limits");
  return enforced(before) && !enforced(after)
    ? [means("high", "rate limits of deployments would be advice to the routing, and no longer be enforced")]
    : [];
}
