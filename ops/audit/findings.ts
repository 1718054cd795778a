/** Everything that can be wrong with a log, and what it means for someone who reads it for the first time. */
export const meanings = {
  unreadable: "a line is not JSON of this format: it was damaged, or written by something else",
  not_canonical: "a line is not written the way the writer writes: something else wrote it",
  changed: "a line's content does not match its own hash: it was edited",
  broken_chain: "a line does not follow the one before it: one of the two was replaced",
  missing_lines: "lines are gone",
  out_of_order: "a line stands where it does not belong: copied, moved or inserted",
  duplicate_id: "two lines have one id",
  other_stack: "a line belongs to another stack",
  bad_checkpoint: "a signed checkpoint is not good: the lines before it were rewritten, or the signature was",
  other_key: "a signature was made with another key than the one that is trusted",
  torn_line: "a line was cut off while it was written; the writer puts that on record when it starts again",
  head_missing: "litellm_audit.head.json is gone or unreadable: lines cut off at the end would not show",
  bad_head: "litellm_audit.head.json is not signed by the writer",
  truncated: "the log ends before the position that was signed: its newest lines were cut off",
  rewritten: "at a signed position stands another line than the signed one",
  unsigned_tail:
    "the newest lines are not covered by the signed head: they were added by something else, or the writer was killed",
} as const;
export type FindingKind = keyof typeof meanings;

/** Where something is in the log. */
export interface Position {
  readonly file: string;
  /** From 1. */
  readonly line: number;
  /** Of the line's start in the uncompressed file, in bytes. */
  readonly offset: number;
}

export interface Finding extends Position {
  readonly kind: FindingKind;
  /** Sequence number, where one is known. */
  readonly seq: number | null;
  readonly found: string;
  readonly expected: string;
}

/** Collects findings: all are counted, the first ones kept. */
export class Findings {
  readonly #kept: Finding[] = [];
  readonly #limit: number;
  total = 0;

  constructor(limit: number) {
    this.#limit = limit;
  }

  add(kind: FindingKind, at: Position, seq: number | null, found: string, expected: string): void {
    this.total += 1;
    if (this.#kept.length >= this.#limit) return;
    const { file, line, offset } = at;
    this.#kept.push({ kind, file, line, offset, seq, found, expected });
  }

  /** In the log's order. */
  sorted(files: readonly string[]): Finding[] {
    return this.#kept.sort((a, b) => files.indexOf(a.file) - files.indexOf(b.file) || a.line - b.line);
  }
}
