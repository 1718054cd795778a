import { parse } from "yaml";
import { template } from "../../../infra/render/yaml.ts";
import type { ImportContext } from "../draft.ts";
import type { Reporter, Steps } from "../finding.ts";
import { asNumber, asPlain, isPlain, type Plain } from "../plain.ts";
import {
  importAliases,
  importDefaultFallbacks,
  importFallbacks,
  importGroups,
  importNumber,
  importStrategy,
  keepPlain,
} from "./router.ts";

type Handler = (say: Reporter, steps: Steps, value: unknown, context: ImportContext) => void;

/** A setting of the stack rather than of the definitions. */
const setting =
  (path: string, least?: number, most?: number): Handler =>
  (say, steps, value, { draft }) => {
    const number = asNumber(value);
    if (number === undefined) {
      // It becomes part of a command that people copy.
      if (typeof value === "string" && /^[1-9]\d*(s|m|h|d|mo)$/.test(value)) draft.settings.set(path, value);
      else say.dropped(steps, "is neither a number nor a period such as 30d", `set ${path} yourself`);
      return;
    }
    const bounded = Math.min(most ?? number, Math.max(least ?? number, number));
    draft.settings.set(path, bounded);
    if (bounded !== number) {
      const found = `is ${number}, and ${bounded} here: ${least} to ${most} is allowed`;
      say.changed("bounded", steps, found, `pulumi config set --path ${path} <value>`);
    }
  };

/** The gateway brings its own: nothing is lost, and nothing to be said. */
const own: Handler = () => undefined;

/** Zero switches LiteLLM's budget off, and there is always one here. */
const budget: Handler = (say, steps, value, context) => {
  if (asNumber(value) !== 0) {
    setting("budget.maxUsd")(say, steps, value, context);
    return;
  }
  say.changed(
    "no-budget",
    steps,
    "is 0, which is no budget at all; there is always one here",
    "set budget.maxUsd",
  );
};

const cacheParams: Handler = (say, steps, value, context) => {
  for (const [key, part] of Object.entries(asPlain(value))) {
    const at = [...steps, key];
    if (key === "ttl") setting("cacheTtlSeconds", 1)(say, at, part, context);
    else if (key === "type" && part !== "redis") {
      say.changed(
        "cache-type",
        at,
        "the cache is a Redis of the gateway's own here",
        "nothing, unless you need the other kind",
      );
    } else if (!/^(type|host|port|password|username|url|namespace|ssl)$/.test(key)) say.dropped(at);
  }
};

const cache: Handler = (say, steps, value, context) => {
  if (isPlain(value)) cacheParams(say, steps, value, context);
  else if (value === false) {
    say.changed(
      "cache-on",
      steps,
      "is off; identical requests are answered from a cache here",
      "set cacheTtlSeconds to 1",
    );
  }
};

/** Where LiteLLM's settings go. To carry another one over, add its row. */
const handlers: Readonly<Record<string, Handler>> = {
  "litellm_settings.max_budget": budget,
  "litellm_settings.budget_duration": setting("budget.period"),
  "litellm_settings.request_timeout": setting("requestTimeoutSeconds", 5, 600),
  "litellm_settings.cache": cache,
  "litellm_settings.cache_params": cacheParams,
  "litellm_settings.num_retries": importNumber("retries", 0, 5),
  "litellm_settings.allowed_fails": importNumber("allowedFails", 0, Number.MAX_SAFE_INTEGER),
  "litellm_settings.fallbacks": importFallbacks,
  "litellm_settings.context_window_fallbacks": importFallbacks,
  "litellm_settings.content_policy_fallbacks": importFallbacks,
  "litellm_settings.default_fallbacks": importDefaultFallbacks,
  "router_settings.routing_strategy": importStrategy,
  "router_settings.num_retries": importNumber("retries", 0, 5),
  "router_settings.allowed_fails": importNumber("allowedFails", 0, Number.MAX_SAFE_INTEGER),
  "router_settings.cooldown_time": importNumber("cooldownSeconds", 1, Number.MAX_SAFE_INTEGER),
  "router_settings.enable_pre_call_checks": keepPlain("checkContextWindow"),
  "router_settings.timeout": setting("requestTimeoutSeconds", 5, 600),
  "router_settings.model_group_alias": importAliases,
  "router_settings.routing_groups": importGroups,
  "router_settings.fallbacks": importFallbacks,
  "router_settings.context_window_fallbacks": importFallbacks,
  "router_settings.content_policy_fallbacks": importFallbacks,
  "router_settings.default_fallbacks": importDefaultFallbacks,
  "router_settings.redis_host": own,
  "router_settings.redis_port": own,
  "router_settings.redis_password": own,
  "router_settings.redis_url": own,
  "general_settings.master_key": own,
  "general_settings.database_url": own,
  "general_settings.coordination_redis": own,
};

/** Sections whose keys are settings, strongest last: the router's own word counts more than LiteLLM's general one. */
const sections = ["general_settings", "litellm_settings", "router_settings"] as const;

let fixed: Plain | undefined;
/** What the gateway sets itself, always the same. */
function fixedValue(section: string, key: string): unknown {
  fixed ??= asPlain(parse(template("litellm/config.yaml")));
  return asPlain(fixed[section])[key];
}

/**
 * Carries the three sections of settings over.
 * @param readers where LiteLLM would read a key that stands in the wrong section, by `section.key`
 */
export function importSettings(
  say: Reporter,
  config: Plain,
  readers: ReadonlyMap<string, readonly string[]>,
  context: ImportContext,
): void {
  for (const section of sections) {
    for (const [key, value] of Object.entries(asPlain(config[section]))) {
      if (value === null) continue;
      const misplaced = readers.get(`${section}.${key}`);
      const reader = misplaced === undefined ? section : rightSection(misplaced, key, config);
      if (reader !== undefined)
        place(say, [section, key], reader, key, value, context, misplaced !== undefined);
    }
  }
}

/** The section that a misplaced key was meant for, unless it stands there as well. */
export const rightSection = (readers: readonly string[], key: string, config: Plain): string | undefined =>
  readers.find((name) => Object.hasOwn(handlers, `${name}.${key}`) && !(key in asPlain(config[name])));

function place(
  say: Reporter,
  steps: Steps,
  section: string,
  key: string,
  value: unknown,
  context: ImportContext,
  misplaced: boolean,
): void {
  const name = `${section}.${key}`;
  const handler = Object.hasOwn(handlers, name) ? handlers[name] : undefined;
  handler?.(say, steps, value, context);
  if (handler || misplaced) return;
  const always = fixedValue(section, key);
  if (always === undefined || always === null) say.dropped(steps);
  else if (JSON.stringify(always) !== JSON.stringify(value)) {
    const found = `is always ${JSON.stringify(always)} here`;
    say.changed("always", steps, found, "see config-templates/litellm/config.yaml for why");
  }
}
