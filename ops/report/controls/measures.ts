import type { Verification } from "../../audit/verify.ts";
import type { Configuration } from "../configuration.ts";

/** What measures are judged by. */
export interface Facts {
  /** Null when the report is made from a log alone. */
  readonly configuration: Configuration | null;
  readonly verification: Verification;
}

/** Something the gateway does against a risk, and how to see for oneself that it does. */
export interface Measure {
  /** A few words. */
  readonly name: string;
  /** One sentence. */
  readonly title: string;
  readonly isOn: (facts: {
    readonly configuration: Configuration;
    readonly verification: Verification;
  }) => boolean;
  /** Set where the log alone is enough to judge it. */
  readonly fromLog?: true;
  /** A command (`{stack}` is the stack's name), or a test as `file: its name`. */
  readonly proof: string;
}

type Config = Configuration["config"];

/** The safety guardrail's settings, if it runs on every request. */
function safety({ guardrails }: Config): Readonly<Record<string, unknown>> | undefined {
  const row = guardrails.find(
    ({ litellm_params: p }) => p.guardrail.includes("cerberus_gateway.safety") && p.default_on,
  );
  return row?.litellm_params.safety;
}

const isList = (value: unknown): value is readonly unknown[] => Array.isArray(value) && value.length > 0;
const isLimit = (value: unknown): boolean => typeof value === "number";

/** A guardrail that runs on every request before the model does, by its type and parameters. */
const runsBefore = (
  { guardrails }: Config,
  is: (params: { readonly guardrail: string; readonly [name: string]: unknown }) => boolean,
): boolean =>
  guardrails.some(
    ({ litellm_params: p }) => is(p) && p.default_on && [p.mode ?? []].flat().includes("pre_call"),
  );

/** Every credential is a name of an environment variable. Prices (input_cost_per_token) are numbers. */
const namesSecrets = ({ model_list, general_settings }: Config): boolean =>
  [...(model_list ?? []).map((row) => row.litellm_params), general_settings]
    .flatMap(Object.entries)
    .filter(([name]) => /(^|_)(api_key|master_key|password|secret|token)$/.test(name))
    .every(
      ([, value]) => typeof value !== "string" || value === "none-needed" || value.startsWith("os.environ/"),
    );

const lines = (type: string) => `npm run audit -- query --stack {stack} --type ${type}`;
const smoke = "npm run smoke -- --stack {stack}";

/** Every measure that controls refer to, by its name. */
export const measures = {
  safety: {
    name: "Safety checks",
    title: "Safety checks on every request; no client can switch them off",
    isOn: ({ configuration: c }) => safety(c.config) !== undefined,
    proof: lines("guardrail_denied"),
  },
  blockedContent: {
    name: "Blocked content",
    title: "Requests with blocked kinds of content are refused",
    isOn: ({ configuration: c }) => isList(safety(c.config)?.["blocked_content_types"]),
    proof: lines("guardrail_denied --where data.error.code=content_blocked"),
  },
  filteredOutput: {
    name: "Filtered answers",
    title: "Answers are filtered too, streams included",
    isOn: ({ configuration: c }) => safety(c.config)?.["filter_output"] === true,
    proof: smoke,
  },
  costCap: {
    name: "Cost limit per request",
    title: "Each request has a greatest cost",
    isOn: ({ configuration: c }) => isLimit(safety(c.config)?.["max_budget_per_request"]),
    proof: lines("guardrail_denied --where data.error.code=cost_limit_exceeded"),
  },
  tokenCap: {
    name: "Length limit per answer",
    title: "Each answer has a greatest length",
    isOn: ({ configuration: c }) => isLimit(safety(c.config)?.["max_tokens_per_request"]),
    proof: lines("guardrail_denied --where data.error.code=token_limit_exceeded"),
  },
  approval: {
    name: "Human approval",
    title: "Costly or named kinds of requests wait for a human",
    isOn: ({ configuration: c }) => {
      const rules = safety(c.config);
      return (
        Boolean(c.cerberus.approvals) &&
        (isLimit(rules?.["require_approval_over"]) || isList(rules?.["approval_rules"]))
      );
    },
    proof: lines("approval_*"),
  },
  fourEyes: {
    name: "Four eyes",
    title: "Nobody approves a request of their own",
    isOn: ({ configuration: c }) => c.cerberus.approvals?.four_eyes === true,
    proof: lines("approval_granted"),
  },
  toolRules: {
    name: "Tool rules",
    title: "Use of tools is ruled: refused, permitted by name, or approved by a human",
    isOn: ({ configuration: { config } }) => {
      const rules = safety(config);
      const inputs = rules?.["inputs"] as { tools?: boolean } | undefined;
      const approved = rules?.["approval_rules"];
      return (
        inputs?.tools === false ||
        runsBefore(config, (p) => p.guardrail === "tool_permission") ||
        (Array.isArray(approved) && approved.some((rule: { tools?: boolean }) => rule.tools === true))
      );
    },
    proof: smoke,
  },
  personalData: {
    name: "Personal data masked",
    title: "Personal data is masked or refused before it leaves for a provider",
    isOn: ({ configuration: c }) =>
      runsBefore(
        c.config,
        (p) =>
          p.guardrail === "presidio" || (p.guardrail === "litellm_content_filter" && isList(p["patterns"])),
      ),
    proof: lines("'*_success' --where data.guardrails.action=masked"),
  },
  secretsInPrompts: {
    name: "Secrets in prompts hidden",
    title: "Keys and passwords in prompts are hidden before they leave for a provider",
    isOn: ({ configuration: c }) => runsBefore(c.config, (p) => p.guardrail === "hide-secrets"),
    proof: smoke,
  },
  noPromptsKept: {
    name: "No prompts kept",
    title: "Prompts and answers stay out of logs; the audit log holds digests",
    isOn: ({ configuration: c }) =>
      c.config.litellm_settings["turn_off_message_logging"] === true &&
      ["off", "digest"].includes(c.cerberus.audit?.content ?? ""),
    proof: "npm run audit -- query --stack {stack} --text '\"prompt\":' (finds nothing)",
  },
  secretsByName: {
    name: "No secrets in configuration",
    title: "Configuration names secrets and holds none",
    isOn: ({ configuration: c }) => namesSecrets(c.config),
    proof: "infra/render/files.test.ts: no rendered file holds a secret",
  },
  cacheApart: {
    name: "Separate caches",
    title: "Cached answers are kept apart from other stacks",
    isOn: ({ configuration: c }) => {
      const { cache, cache_params: params } = c.config.litellm_settings as {
        cache?: boolean;
        cache_params?: { namespace?: unknown };
      };
      return cache !== true || typeof params?.namespace === "string";
    },
    proof:
      "smoke-tests/redis.test.ts: the second identical request is a cache hit, kept in the cache Redis under this stack's namespace",
  },
  modelsAsCode: {
    name: "Configuration as code",
    title: "Models and settings change by reviewed code only",
    isOn: ({ configuration: c }) => c.config.general_settings["store_model_in_db"] === false,
    proof: "npm run preview -- --stack {stack} (exit code 0: nothing differs from the code)",
  },
  pinnedImage: {
    name: "Pinned image",
    title: "The gateway runs an image fixed by its content",
    isOn: ({ configuration: c }) => /@?sha256:[0-9a-f]{64}/.test(c.cerberus.image ?? ""),
    proof: "infra/images/resolve.test.ts: takes every image by digest, never by tag",
  },
  gatewayBudget: {
    name: "Gateway budget",
    title: "The gateway as a whole has a budget",
    isOn: ({ configuration: c }) => isLimit(c.config.litellm_settings["max_budget"]),
    proof: lines("budget_denied"),
  },
  pricedModels: {
    name: "Priced models only",
    title: "Models without a price, which no budget could count, are refused",
    isOn: ({ configuration: c }) =>
      c.config.litellm_settings["block_requests_for_models_without_pricing"] === true,
    proof: "tests/live/read-back/read-back.test.ts: the budget and the closed doors are set",
  },
  failClosed: {
    name: "Limits fail closed",
    title: "A budget or rate limit that can't be checked refuses the request",
    isOn: ({ configuration: { config } }) =>
      config.general_settings["fail_closed_budget_enforcement"] === true &&
      config.general_settings["fail_closed_rate_limit_enforcement"] === true,
    proof: "tests/live/read-back/read-back.test.ts: the budget and the closed doors are set",
  },
  timeLimit: {
    name: "Time limit",
    title: "A model call ends after a set time",
    isOn: ({ configuration: c }) => isLimit(c.config.litellm_settings["request_timeout"]),
    proof: lines("'*_failure' --where data.error.class=Timeout"),
  },
  fallbackRights: {
    name: "Rights hold in fallbacks",
    title: "No key reaches a model through a fallback that it may not call by name",
    isOn: ({ configuration: c }) => c.config.general_settings["enforce_fallback_model_access"] === true,
    proof: lines("auth_denied"),
  },
  metrics: {
    name: "Metrics",
    title: "Metrics of every service are collected",
    isOn: ({ configuration: c }) => {
      const callbacks = c.config.litellm_settings["callbacks"];
      return Array.isArray(callbacks) && callbacks.includes("prometheus");
    },
    proof: smoke,
  },
  auditOn: {
    name: "Audit log",
    title: "Every request, refusal, approval and administrative change is on record",
    isOn: ({ configuration: c }) => Boolean(c.cerberus.audit),
    proof: "npm run audit -- stats --stack {stack}",
  },
  auditFirst: {
    name: "No record, no service",
    title: "What can't be recorded is not served",
    isOn: ({ configuration: c }) => c.cerberus.audit?.when_unavailable === "refuse",
    proof: lines("audit_unavailable"),
  },
  auditSigned: {
    name: "Signed record",
    title: "The record is chained, and signed at its checkpoints and its newest line",
    isOn: ({ verification }) => verification.checkpoints > 0,
    fromLog: true,
    proof: "npm run audit -- verify --stack {stack}",
  },
  auditIntact: {
    name: "Record verified",
    title: "The record was verified for this report and is intact",
    isOn: ({ verification }) => verification.intact,
    fromLog: true,
    proof: "npm run audit -- verify --stack {stack}",
  },
  sixMonths: {
    name: "Kept six months",
    title: "Records are kept for six months at least (184 days, the longest six months)",
    isOn: ({ configuration: c }) => (c.cerberus.writer?.retention_days ?? 0) >= 184,
    proof: "npm run audit -- query --stack {stack} --type log_pruned",
  },
} as const satisfies Readonly<Record<string, Measure>>;

export type MeasureId = keyof typeof measures;
