/** What the audit log says of a call. */
export interface Recorded {
  readonly id: string;
  readonly usd: number;
  /** When its line was written, ms since 1970. */
  readonly atMs: number;
}

/** Calls and what they cost. */
export interface Amount {
  readonly calls: number;
  readonly usd: number;
}

/** Two books, compared call by call. */
export interface Reconciliation {
  /** Calls of which both say the same cost. */
  readonly agree: Amount;
  /** Only in the audit log, and so young that LiteLLM has not booked them yet. */
  readonly pending: Amount;
  /** Unexplained: both have the call, with another cost; the sum of the differences. */
  readonly differ: Amount;
  /** Unexplained: LiteLLM booked a cost that the audit log does not have. */
  readonly bookedOnly: Amount;
  /** Unexplained: the audit log has a cost that LiteLLM did not book. */
  readonly recordedOnly: Amount;
  /** Ids of the first unexplained calls. */
  readonly examples: readonly string[];
}

/** LiteLLM writes its spend log every 10 s, later under load. */
const pendingMs = 60_000;
/** Below any price: what floating point makes of one sum in two orders. */
const noUsd = 1e-9;
const mostExamples = 10;

/**
 * Compares the books. A call that cost nothing in one book may be missing in the other.
 * @param booked   call id → USD, of every call that may have a line
 * @param inRange  ids of booked calls that began in the range, so that their line must be there
 * @param recorded lines of the range
 */
export function reconcile(
  booked: ReadonlyMap<string, number>,
  inRange: ReadonlySet<string>,
  recorded: Iterable<Recorded>,
  nowMs: number,
): Reconciliation {
  const sums = { agree: none(), pending: none(), differ: none(), bookedOnly: none(), recordedOnly: none() };
  const examples: string[] = [];
  const count = (kind: keyof typeof sums, id: string, usd: number) => {
    sums[kind].calls += 1;
    sums[kind].usd += usd;
    if (kind !== "agree" && kind !== "pending" && examples.length < mostExamples) examples.push(id);
  };
  const seen = new Set<string>();
  for (const { id, usd, atMs } of recorded) {
    seen.add(id);
    const other = booked.get(id);
    if (other !== undefined && Math.abs(other - usd) <= noUsd) count("agree", id, usd);
    else if (other !== undefined) count("differ", id, other - usd);
    else if (usd <= noUsd) continue;
    else count(nowMs - atMs < pendingMs ? "pending" : "recordedOnly", id, usd);
  }
  for (const id of inRange) {
    const usd = booked.get(id) ?? 0;
    if (!seen.has(id) && usd > noUsd) count("bookedOnly", id, usd);
  }
  return { ...sums, examples };
}

const none = (): { calls: number; usd: number } => ({ calls: 0, usd: 0 });

/** Whether every difference is explained. */
export const explained = ({ differ, bookedOnly, recordedOnly }: Reconciliation): boolean =>
  differ.calls + bookedOnly.calls + recordedOnly.calls === 0;
