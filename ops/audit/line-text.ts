import type { AuditLine } from "./line.ts";
import { amount, usd } from "./words.ts";

/** One line of the log for a terminal: when, what, who, which model, what came of it. */
export function lineText({ seq, timestamp, event_type, id, data }: AuditLine): string {
  const who = [data.team_alias ?? data.team_id, data.user_id, data.key_alias ?? data.key_hash?.slice(0, 8)];
  const tokens = data.usage?.total_tokens;
  const verdicts = data.guardrails?.filter(({ action }) => action !== "allowed") ?? [];
  const facts = [
    who.filter(Boolean).join("/"),
    data.model ?? data.requested_model,
    data.status,
    data.error?.code,
    verdicts.map(({ guardrail, action }) => `${guardrail}:${action}`).join(","),
    tokens && amount(tokens, "token"),
    typeof data.cost_usd === "number" && usd(data.cost_usd),
    typeof data.response_time_ms === "number" && `${Math.round(data.response_time_ms)} ms`,
    data.operation,
    data.approval_id,
    id,
  ].filter(Boolean);
  return printable(`${seq} ${timestamp.slice(0, 23)}Z ${event_type.padEnd(26)} ${facts.join("  ")}`);
}

/** Clients choose some of these texts: control characters must not reach a terminal. */
const printable = (text: string): string => text.replace(/\p{Cc}/gu, "\ufffd");
