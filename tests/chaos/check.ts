import type { Answer } from "./load.ts";

/** The parts of an audit line that the check reads. */
export interface Line {
  readonly id: string;
  readonly event_type: string;
}

export interface Verdict {
  /** Answers that arrived whole, with status 200. */
  readonly answers: number;
  readonly missing: readonly string[];
  readonly twice: readonly string[];
  /** Streams that were begun and never closed by a line of their own. */
  readonly open: readonly string[];
}

/** Every answer that a client got whole is in the log exactly once, and every stream that was begun has an end there. */
export function check(answers: readonly Answer[], lines: readonly Line[]): Verdict {
  const outcomes = new Map<string, number>();
  const started = new Set<string>();
  for (const { id } of lines) {
    if (id.endsWith(":started")) started.add(id.replace(/:started$/, ""));
    else outcomes.set(id, (outcomes.get(id) ?? 0) + 1);
  }
  const whole = answers.flatMap(({ callId, status, whole: all }) =>
    status === 200 && all && callId !== undefined ? [callId] : [],
  );
  return {
    answers: whole.length,
    missing: whole.filter((id) => !outcomes.has(id)),
    twice: [...outcomes].flatMap(([id, count]) => (count > 1 ? [id] : [])),
    open: [...started].filter((id) => !outcomes.has(id)),
  };
}
