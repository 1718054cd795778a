import { isDenial } from "../../audit/events.ts";
import { isOfTeam } from "../../audit/filters.ts";
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
  readonly #team: string | null;

  /** @param team id or alias of the only team that counts; null = all */
  constructor(team: string | null) {
    this.#team = team;
  }

  /** Takes lines of all teams: an approver is seldom of the requester's own. */
  add(line: AuditLine): void {
    const { event_type: type, data, timestamp } = line;
    const id = data.approval_id;
    if (typeof id !== "string" || !this.#counts(id, line)) return;
    const event = data.approval_event ?? type;
    if (event === "approval_requested") Object.assign(this.#at(id), askedFor(line));
    if (event === "approval_used") this.#at(id).used = true;
    if (type !== "approval_granted" && type !== "approval_denied") return;
    const approval = this.#at(id);
    approval.decision = type === "approval_granted" ? "approved" : "denied";
    approval.decided_by = data.decided_by ?? data.user_id ?? data.key_alias ?? null;
    approval.team ??= data.requester_team_id ?? null;
    approval.user ??= data.requester_user_id ?? null;
    approval.model ??= data.requested_model ?? null;
    approval.estimate_usd ??= data.estimate_usd ?? null;
    if (approval.reasons.length === 0) approval.reasons = data.reasons ?? [];
    if (approval.requested !== null) {
      approval.seconds = (Date.parse(timestamp) - Date.parse(approval.requested)) / 1000;
    }
  }

  /** In the order of their first line. */
  list(): Approval[] {
    return [...this.#byId.values()];
  }

  #counts(id: string, line: AuditLine): boolean {
    const team = this.#team;
    return (
      team === null || this.#byId.has(id) || isOfTeam(line, team) || line.data.requester_team_id === team
    );
  }

  #at(id: string): Open {
    const approval = this.#byId.get(id) ?? unknown(id);
    this.#byId.set(id, approval);
    return approval;
  }
}

const askedFor = ({ data, timestamp }: AuditLine): Partial<Open> => ({
  requested: timestamp,
  team: data.team_alias ?? data.team_id ?? null,
  user: data.user_id ?? data.end_user ?? data.key_alias ?? null,
  model: data.requested_model ?? data.model ?? null,
  estimate_usd: data.estimate_usd ?? null,
  reasons: data.reasons ?? [],
});

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
