import { asNames, type Consequence, means, ofLimit, ofPeriod, type Risk, without } from "../consequence.ts";
import type { FileChange } from "../rendered-diff.ts";

/** A setting that opens a door: when it does, and what comes in or gets out. */
interface Door {
  readonly isOpen: (value: unknown) => boolean;
  readonly text: string;
  readonly risk?: Risk;
}

const unless = (kept: unknown) => (value: unknown) => value !== kept;
const when = (open: unknown) => (value: unknown) => value === open;

/** By file and path. Another one is another row. */
const doors: Readonly<Record<string, Door>> = {
  "litellm/config.yaml litellm_settings.turn_off_message_logging": {
    isOpen: unless(true),
    text: "prompts and answers would be written to logs",
  },
  "litellm/config.yaml general_settings.store_prompts_in_spend_logs": {
    isOpen: when(true),
    text: "prompts and answers would be stored in the database",
  },
  "litellm/config.yaml litellm_settings.block_requests_for_models_without_pricing": {
    isOpen: unless(true),
    text: "models without a price would be served, and move no budget",
  },
  "litellm/config.yaml general_settings.fail_closed_budget_enforcement": {
    isOpen: unless(true),
    text: "requests would pass when budgets can't be checked",
  },
  "litellm/config.yaml general_settings.fail_closed_rate_limit_enforcement": {
    isOpen: unless(true),
    text: "requests would pass when rate limits can't be checked",
  },
  "litellm/config.yaml general_settings.enforce_fallback_model_access": {
    isOpen: unless(true),
    text: "keys would reach models through fallbacks that they may not call by name",
  },
  "litellm/config.yaml general_settings.store_model_in_db": {
    isOpen: unless(false),
    text: "models and settings could be changed beside this code",
  },
  "litellm/config.yaml general_settings.allow_requests_on_db_unavailable": {
    isOpen: when(true),
    text: "any key would be accepted while the database is away",
  },
  "litellm/config.yaml general_settings.health_check_details": {
    isOpen: when(true),
    text: "health answers would name addresses and errors of providers",
    risk: "medium",
  },
  "litellm/config.yaml general_settings.background_health_checks": {
    isOpen: when(true),
    text: "health checks would call every model, and pay for it, around the clock",
    risk: "medium",
  },
  "litellm/config.yaml litellm_settings.cache": {
    isOpen: unless(true),
    text: "no answer would be cached: the same request is paid for each time",
    risk: "medium",
  },
  "litellm/config.yaml litellm_settings.cache_params.mode": {
    isOpen: unless("default_on"),
    text: "answers would be cached only where a request asks for it",
    risk: "low",
  },
  "litellm/cerberus.json audit": { isOpen: when(null), text: "requests would no longer be audited" },
  "litellm/cerberus.json audit.content": {
    isOpen: when("masked"),
    text: "prompts and answers would start being stored in the audit log, with personal data masked",
  },
  "litellm/cerberus.json audit.when_unavailable": {
    isOpen: unless("refuse"),
    text: "requests would pass without an audit line when the audit log is away",
  },
  "litellm/cerberus.json approvals": { isOpen: when(null), text: "no request would need approval any more" },
  "litellm/cerberus.json approvals.four_eyes": {
    isOpen: unless(true),
    text: "people could approve their own requests",
  },
};

/** Numbers and periods of the whole gateway. */
const limits: Readonly<Record<string, readonly [string, string, Risk?]>> = {
  "litellm/config.yaml litellm_settings.max_budget": ["the gateway's budget", " USD", "high"],
  "litellm/config.yaml litellm_settings.cache_params.ttl": ["the age of cached answers", " s"],
  "litellm/config.yaml litellm_settings.request_timeout": ["the longest time of a model call", " s"],
  "litellm/cerberus.json approvals.approved_ttl_seconds": ["the time in which an approval counts", " s"],
};

/** What a changed setting of the whole gateway means. */
export function ofSetting({ file, path, before, after }: FileChange): Consequence[] {
  const key = `${file} ${path.join(".")}`;
  const door = doors[key];
  if (door) {
    const opens = !door.isOpen(before) && door.isOpen(after);
    return opens ? [means(door.risk ?? "high", door.text)] : [];
  }
  const limit = limits[key];
  if (limit) return ofLimit(limit[0], before, after, limit[1], limit[2]);
  if (key === "litellm/config.yaml litellm_settings.budget_duration") {
    return ofPeriod("the gateway's budget", before, after);
  }
  if (key === "litellm/cerberus.json writer.retention_days") return ofRetention(before, after);
  if (/^litellm\/config\.yaml litellm_settings\.(\w+_)?callbacks?$/.test(key))
    return ofCallbacks(before, after);
  return [];
}

/** Less of a record is the loss here, not more. */
function ofRetention(before: unknown, after: unknown): Consequence[] {
  if (typeof before !== "number" || typeof after !== "number" || before === after) return [];
  const text = `audit lines would be kept for ${after} instead of ${before} days`;
  return [after < before ? means("high", `${text}: older ones go`) : means("low", text)];
}

function ofCallbacks(before: unknown, after: unknown): Consequence[] {
  // Our own record is told by what is in cerberus.json.
  const foreign = (value: unknown) => asNames(value).filter((name) => !name.startsWith("cerberus_gateway."));
  const [old, now] = [foreign(before), foreign(after)];
  const more = without(now, old).map((name) => means("high", `every call would also be reported to ${name}`));
  const less = without(old, now).map((name) =>
    means("medium", `calls would no longer be reported to ${name}`),
  );
  return [...more, ...less];
}
