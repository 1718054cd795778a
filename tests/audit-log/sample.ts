import { Random } from "./random.ts";
import { SignedLog } from "./signed-log.ts";
import { appendRequest, requestEvents } from "./traffic.ts";

const minute = 60_000;
const day = 24 * 60 * minute;
/** First moment of the sample. */
export const sampleStart = Date.parse("2026-11-01T00:00:00Z");
export const sampleDays = 30;
const image = `cerberus-gateway/litellm@sha256:${"d".repeat(64)}`;
const hashes = ["3f9a1c20b7de", "84c1e0d95a6b"] as const;
const approvers = ["margaret", "barbara"] as const;

/** A month of made-up traffic with approvals, administration and a change of configuration; the seed decides it all. */
export function sampleLog(seed = 7): { lines: string[]; head: string; publicKey: string } {
  const random = new Random(seed);
  const log = new SignedLog("prod");
  const lines: string[] = [];
  const add = (...more: readonly string[]) => {
    lines.push(...more);
    if (lines.length % 200 < more.length) lines.push(log.checkpoint(now, 200));
  };
  let now = sampleStart;
  add(
    log.append(now, "log_opened", "open-1", { image }),
    log.append(now, "gateway_started", "start-1", { image, config_hash: hashes[0], replica: "litellm-1" }),
  );
  for (let d = 0; d < sampleDays; d += 1) {
    const weekend = [0, 6].includes(new Date(sampleStart + d * day).getUTCDay());
    const requests = weekend ? 30 + random.below(15) : 110 + random.below(50) + 2 * d;
    const configHash = d < 17 ? hashes[0] : hashes[1];
    if (d === 17)
      add(
        log.append(now + 1, "gateway_started", "start-2", {
          image,
          config_hash: configHash,
          replica: "litellm-1",
        }),
      );
    for (let n = 0; n < requests; n += 1) {
      now = Math.round(sampleStart + d * day + ((n + random.next()) / requests) * day);
      add(...appendRequest(log, now, `call-${d}-${n}`, requestEvents(random, configHash)));
      if (random.chance(0.006)) add(...approval(log, random, now, `apr_${d}x${n}`));
    }
    if (d % 6 === 2) add(...administration(log, now, d));
  }
  lines.push(
    log.append(now + minute, "gateway_stopped", "stop-1", { replica: "litellm-1" }),
    log.checkpoint(now + minute, 1),
  );
  return { lines, head: log.head(), publicKey: log.publicKey };
}

function approval(log: SignedLog, random: Random, ms: number, id: string): string[] {
  const who = {
    team_id: "team-research",
    team_alias: "research",
    user_id: "ada",
    key_alias: "research-notebooks",
  };
  const asked = {
    ...who,
    approval_id: id,
    requested_model: "claude-sonnet-4-6",
    estimate_usd: Number((5 + 9 * random.next()).toFixed(2)),
    reasons: ["estimate above 5 USD"],
  };
  const verdict = { guardrails: [{ guardrail: "cerberus_safety", action: "approval_required" }] };
  const lines = [
    log.append(ms, "approval_requested", `${id}-asked`, asked),
    log.append(ms + 1, "approval_required", `${id}-refused`, {
      ...asked,
      ...verdict,
      status: 403,
      error: { code: "approval_required" },
    }),
  ];
  if (random.chance(0.15)) return lines;
  const decided = ms + Math.round(minute * (1 + 50 * random.next() ** 2));
  const granted = random.chance(0.75);
  const decision = {
    approval_id: id,
    decided_by: random.pick(approvers),
    decision_reason: granted ? "planned evaluation" : "not this month",
  };
  lines.push(
    log.append(decided, granted ? "approval_granted" : "approval_denied", `${id}-decided`, decision),
  );
  if (granted) {
    const used = { ...who, approval_id: id, requested_model: asked.requested_model };
    const answer = {
      model: asked.requested_model,
      status: 200,
      response_time_ms: 41_000,
      cost_usd: Number((asked.estimate_usd * 0.6).toFixed(4)),
      usage: { prompt_tokens: 180_000, completion_tokens: 60_000, total_tokens: 240_000 },
    };
    lines.push(
      log.append(decided + minute, "approval_used", `${id}-used`, used),
      log.append(decided + 2 * minute, "chat_completion_success", `${id}-call`, { ...used, ...answer }),
    );
  }
  return lines;
}

function administration(log: SignedLog, ms: number, d: number): string[] {
  return [
    log.append(ms, "admin_change", `admin-${d}-1`, {
      operation: "key/generate",
      user_id: "cerberus-admin",
      target: { key_alias: `notebook-${d}`, team: "research" },
    }),
    log.append(ms, "admin_change", `admin-${d}-2`, {
      operation: "team/update",
      user_id: "cerberus-admin",
      target: { team_id: "team-support", max_budget: 200 + d },
    }),
  ];
}
