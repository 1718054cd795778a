import type { Random } from "./random.ts";
import type { Json, SignedLog } from "./signed-log.ts";

const people = [
  {
    team_id: "team-research",
    team_alias: "research",
    user_id: "ada",
    key_alias: "research-notebooks",
    key_hash: "a1".repeat(32),
  },
  {
    team_id: "team-support",
    team_alias: "support",
    user_id: "grace",
    key_alias: "support-bot",
    key_hash: "b2".repeat(32),
  },
  {
    team_id: "team-support",
    team_alias: "support",
    user_id: "edsger",
    key_alias: "support-bot",
    key_hash: "b2".repeat(32),
  },
  {
    team_id: "team-platform",
    team_alias: "platform",
    user_id: "linus",
    key_alias: "cerberus-agent",
    key_hash: "c3".repeat(32),
  },
] as const;
/** Model, USD per 1,000 tokens, usual milliseconds. */
const models = [
  ["gpt-4o-mini", 0.003, 900],
  ["claude-sonnet-4-6", 0.05, 2400],
  ["deepseek-v4-flash", 0.002, 700],
] as const;
const image = `cerberus-gateway/litellm@sha256:${"d".repeat(64)}`;

type Event = readonly [type: string, data: { readonly [key: string]: Json }];

/** Made-up traffic of an ordinary gateway, decided by a seed; a request may give several lines. */
export function requestEvents(random: Random, configHash: string): Event[] {
  const who = random.pick(people);
  const [model, price, usual] = random.pick(models);
  const base = {
    ...who,
    requested_model: model,
    route: "/v1/chat/completions",
    method: "POST",
    ip: "10.4.0.7",
    replica: "litellm-1",
    config_hash: configHash,
    image,
  };
  const fate = random.next();
  const passed = { guardrail: "cerberus_safety", action: "allowed" };
  if (fate < 0.012)
    return [
      [
        "auth_denied",
        {
          route: base.route,
          method: "POST",
          status: 401,
          ip: "10.4.0.99",
          replica: "litellm-1",
          error: { code: "invalid_key" },
        },
      ],
    ];
  if (fate < 0.02) return [["rate_limited", { ...base, status: 429, error: { code: "rate_limited" } }]];
  if (fate < 0.028) {
    const category = random.pick(["harmful", "illegal", "internal"]);
    return [
      [
        "guardrail_denied",
        {
          ...base,
          status: 400,
          error: { code: "content_blocked" },
          guardrails: [{ guardrail: "cerberus_safety", action: "blocked", category }],
        },
      ],
    ];
  }
  if (fate < 0.031) return [["budget_denied", { ...base, status: 429, error: { code: "budget_exceeded" } }]];
  if (fate < 0.034)
    return [
      [
        "request_rejected",
        { ...base, requested_model: "gpt-9", status: 400, error: { code: "invalid_request" } },
      ],
    ];
  const masked = random.chance(0.04) ? [{ guardrail: "personal-numbers", action: "masked" }] : [];
  const facts = { ...base, guardrails: [...masked, passed], stream: random.chance(0.4) };
  const ms = Math.round(usual * (0.4 + 1.6 * random.next() ** 3 + random.next() * 0.4));
  if (fate < 0.045)
    return [
      [
        "chat_completion_failure",
        { ...facts, status: 502, response_time_ms: ms, error: { class: "APIError", code: "upstream_error" } },
      ],
    ];
  const usage = { prompt_tokens: 200 + random.below(3000), completion_tokens: 50 + random.below(900) };
  const total = usage.prompt_tokens + usage.completion_tokens;
  const cached = random.chance(0.08);
  const cost = cached ? 0 : Number(((total / 1000) * price).toFixed(7));
  const outcome: Event = [
    "chat_completion_success",
    {
      ...facts,
      model,
      status: 200,
      response_time_ms: cached ? 12 : ms,
      cache_hit: cached,
      cost_usd: cost,
      usage: { ...usage, total_tokens: total },
      prompt_digest: "e".repeat(64),
      response_digest: "f".repeat(64),
    },
  ];
  return facts.stream ? [["chat_completion_started", { ...base, stream: true }], outcome] : [outcome];
}

/** Appends one request's lines under one call id. */
export function appendRequest(
  log: SignedLog,
  ms: number,
  callId: string,
  events: readonly Event[],
): string[] {
  return events.map(([type, data]) =>
    log.append(ms, type, type.endsWith("_started") ? `${callId}:started` : callId, {
      ...data,
      call_id: callId,
    }),
  );
}
