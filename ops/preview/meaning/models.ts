import { knownModel } from "../../../infra/litellm/known-models.ts";
import type { ConfigPair, LitellmConfig } from "../configs.ts";
import {
  asPlain,
  asWord,
  type Consequence,
  means,
  ofLimit,
  ofPeriod,
  type Plain,
  type Risk,
} from "../consequence.ts";

/** Deployments that come, go or change. */
export function ofModels({ before, after }: ConfigPair): Consequence[] {
  const ids = [...new Set([...before.rows.keys(), ...after.rows.keys()])];
  return ids.flatMap((id) => {
    const [old, now] = [before.rows.get(id), after.rows.get(id)];
    if (!old) return [means("low", `the deployment ${id} would be added`)];
    return now ? ofDeployment(id, old, now) : [removed(id, old, after)];
  });
}

function removed(id: string, old: Plain, after: LitellmConfig): Consequence {
  const group = String(old["model_name"]);
  const gone = `the deployment ${id} would be removed`;
  if (after.names.has(group)) return means("medium", `${gone}; the rest of ${group} takes its traffic`);
  return means("high", `${gone}, and with it the model ${group}: its callers would get errors`);
}

/** Limits of a deployment: LiteLLM's name → what it is, its unit, and how much weighs its loss. */
const limits: Readonly<Record<string, readonly [string, string, Risk]>> = {
  rpm: ["requests per minute", "", "medium"],
  tpm: ["tokens per minute", "", "medium"],
  max_parallel_requests: ["parallel requests", "", "medium"],
  max_tokens: ["output tokens unless a client names its own", "", "medium"],
  max_budget: ["budget", " USD", "high"],
};

function ofDeployment(id: string, old: Plain, now: Plain): Consequence[] {
  const what = `the deployment ${id}`;
  const [was, is] = [asPlain(old["litellm_params"]), asPlain(now["litellm_params"])];
  const found = [
    ...ofPrice(what, old, now),
    ...Object.entries(limits).flatMap(([name, [noun, unit, ifGone]]) =>
      ofLimit(`${noun} of ${what}`, was[name], is[name], unit, ifGone),
    ),
    ...ofPeriod(`the budget of ${what}`, was["budget_duration"], is["budget_duration"]),
  ];
  if (was["model"] !== is["model"]) {
    found.push(
      means(
        "medium",
        `${what} would be answered by ${asWord(is["model"])} instead of ${asWord(was["model"])}`,
      ),
    );
  }
  if (was["api_base"] !== is["api_base"]) {
    const to = asWord(is["api_base"], "its provider's own address");
    found.push(means("high", `prompts for ${what} would be sent to ${to}`));
  }
  const told = new Set([...Object.keys(limits), "model", "api_base", "budget_duration"]);
  const others = [
    ...changedKeys(was, is),
    ...changedKeys(asPlain(old["model_info"]), asPlain(now["model_info"])),
  ];
  for (const name of others) {
    if (told.has(name) || name.includes("cost_per")) continue;
    found.push(means("low", `${what} would change its ${name.replaceAll("_", " ")}`));
  }
  return found;
}

const changedKeys = (a: Plain, b: Plain): string[] =>
  [...new Set([...Object.keys(a), ...Object.keys(b)])].filter(
    (name) => JSON.stringify(a[name]) !== JSON.stringify(b[name]),
  );

function ofPrice(what: string, old: Plain, now: Plain): Consequence[] {
  const [was, is] = [priceOf(old), priceOf(now)];
  if (was.kind !== "none" && is.kind === "none") {
    return [
      means("high", `${what} would lose its price: LiteLLM refuses its calls, and none would move a budget`),
    ];
  }
  if (was.kind === "own" && is.kind === "map") {
    return [means("medium", `${what} would lose its own price, and be priced by LiteLLM's map`)];
  }
  if (was.kind !== "own" || is.kind !== "own") return [];
  const cheaper = was.prices.some((price, i) => (is.prices[i] ?? 0) < price);
  if (cheaper)
    return [means("medium", `a token of ${what} would count for less: budgets last longer than before`)];
  const dearer = was.prices.some((price, i) => (is.prices[i] ?? 0) > price);
  return dearer ? [means("low", `a token of ${what} would count for more`)] : [];
}

interface Price {
  readonly kind: "own" | "map" | "none";
  readonly prices: readonly number[];
}

function priceOf(row: Plain): Price {
  const params = asPlain(row["litellm_params"]);
  const own = ["input_cost_per_token", "output_cost_per_token"].map((name) => params[name]);
  const prices = own.filter((price) => typeof price === "number");
  const hasOther = Object.keys(params).some((name) => name.includes("cost_per"));
  if (prices.length > 0 || hasOther) return { kind: "own", prices };
  const named = asPlain(row["model_info"])["base_model"] ?? params["model"];
  return { kind: knownModel(String(named))?.priced ? "map" : "none", prices };
}
