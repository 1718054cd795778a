import { isDenial } from "../../audit/events.ts";
import type { AuditLine } from "../../audit/line.ts";
import type { Approval, DenialCount, GuardrailCount } from "../data.ts";

/** What was refused, and what the guardrails did. */
export class Decisions {
  readonly #denials = new Map<string, number>();
  readonly #guardrails = new Map<string, number>();

  add({ event_type: type, data }: AuditLine): void {
    if (isDenial(type)) count(this.#denials, [type, String(data.error?.code ?? "–")]);
    for (const { guardrail, action } of data.guardrails ?? []) count(this.#guardrails, [guardrail, action]);
  }

  denials(): DenialCount[] {
    return sorted(this.#denials).map(([[type, code], n]) => ({ type, code, count: n }));
  }

  /** Checks that let a request pass unchanged are no hits. */
  guardrails(): GuardrailCount[] {
    return sorted(this.#guardrails)
      .filter(([[, action]]) => action !== "allowed")
      .map(([[guardrail, action], n]) => ({ guardrail, action, count: n }));
  }
}

type Pair = readonly [string, string];

function count(counts: Map<string, number>, pair: Pair): void {
  const key = JSON.stringify(pair);
  counts.set(key, (counts.get(key) ?? 0) + 1);
}

const sorted = (counts: ReadonlyMap<string, number>): (readonly [Pair, number])[] =>
  [...counts]
    .sort(([a, m], [b, n]) => n - m || (a < b ? -1 : 1))
    .map(([key, n]) => [JSON.parse(key) as Pair, n]);

type Open = { -readonly [K in keyof Approval]: Approval[K] };

/** Requests that waited for a human, and what came of them. */
export class Approvals {
  readonly #byId = new Map<string, Open>();

  add({ event_type: type, data, timestamp }: AuditLine): void {
    const id = data.approval_id;
    if (typeof id !== "string") return;
    if (type === "approval_requested") {
      const known = this.#byId.get(id);
      const asked = {
        requested: timestamp,
        team: data.team_alias ?? data.team_id ?? null,
        user: data.user_id ?? data.end_user ?? null,
        model: data.requested_model ?? data.model ?? null,
        estimate_usd: data.estimate_usd ?? null,
        reasons: data.reasons ?? [],
      };
      this.#byId.set(id, { ...(known ?? unknown(id)), ...asked });
    }
    if (type === "approval_granted" || type === "approval_denied") {
      const approval = this.#at(id);
      approval.decision = type === "approval_granted" ? "approved" : "denied";
      approval.decided_by = data.decided_by ?? data.user_id ?? data.key_alias ?? null;
      if (approval.requested !== null) {
        approval.seconds = (Date.parse(timestamp) - Date.parse(approval.requested)) / 1000;
      }
    }
    if (type === "approval_used") this.#at(id).used = true;
  }

  /** In the order of their first line. */
  list(): Approval[] {
    return [...this.#byId.values()];
  }

  #at(id: string): Open {
    const approval = this.#byId.get(id) ?? unknown(id);
    this.#byId.set(id, approval);
    return approval;
  }
}

const unknown = (id: string): Open => ({
  id,
  requested: null,
  team: null,
  user: null,
  model: null,
  estimate_usd: null,
  reasons: [],
  decision: "none",
  decided_by: null,
  seconds: null,
  used: false,
});
