import type { Findings, Position } from "./findings.ts";
import { CheckpointData, type Envelope, noHash, PrunedData } from "./line.ts";
import type { RawLine } from "./lines.ts";
import { RecentIds } from "./recent-ids.ts";
import { readSealed, type SealedLine } from "./seal.ts";
import { checkpointText, isSigned } from "./signatures.ts";

/** A line that the next one may follow. `hash` is null where the line before could not be read. */
interface Anchor {
  readonly seq: number;
  readonly hash: string | null;
}

/** Lines missing at the start of a file: all right if retention's own record says so. */
interface Gap {
  readonly at: Position;
  readonly from: number;
  readonly to: number;
  readonly lastHash: string;
}

/** A signed or told position: this hash must stand at this seq. */
export interface Target {
  readonly seq: number;
  readonly hash: string;
  /** Who says so, for the finding. */
  readonly from: string;
}

/**
 * Follows the chain line by line. One wrong line gives one finding where possible: after it, the chain is taken up again from
 * whatever the next line may rightly follow.
 */
export class Chain {
  readonly #findings: Findings;
  readonly #targets: readonly Target[];
  readonly #ids = new RecentIds();
  readonly #gaps: Gap[] = [];
  readonly #pruned: PrunedData[] = [];
  #anchors: readonly Anchor[] = [{ seq: 0, hash: noHash }];
  #end: Position | undefined;
  #stack: string | undefined;

  /** The key that signatures are checked with: pinned, or the first one seen. */
  publicKey: string | undefined;
  lines = 0;
  bytes = 0;
  checkpoints = 0;
  /** Torn ends that the writer found when it started, cut off and put on record. */
  torn = 0;
  first: Envelope | undefined;
  last: Envelope | undefined;

  constructor(findings: Findings, publicKey: string | undefined, targets: readonly Target[] = []) {
    this.#findings = findings;
    this.publicKey = publicKey;
    this.#targets = targets;
  }

  feed(file: string, raw: RawLine): void {
    const at = { file, line: raw.line, offset: raw.offset };
    this.#end = { file, line: raw.line + 1, offset: raw.offset + raw.bytes.length + 1 };
    this.bytes += raw.bytes.length + 1;
    const sealed = readSealed(raw.bytes);
    if (typeof sealed === "string" || !raw.terminated) {
      const found = typeof sealed === "string" ? sealed : "a line without its end";
      this.#unread(at, raw.terminated ? "unreadable" : "torn_line", found);
      return;
    }
    this.#follow(at, sealed);
    this.#content(at, sealed.line);
    this.lines += 1;
    this.first ??= sealed.line;
    this.last = sealed.line;
  }

  /** A file that can't be read any further. */
  breaksOff(file: string, reason: string): void {
    const at = this.#end?.file === file ? this.#end : { file, line: 1, offset: 0 };
    this.#unread(at, "unreadable", `a file that breaks off (${reason})`);
  }

  /** Says what can only be said at the end, and where the end is. */
  finish(lastFile: string): Position {
    for (const gap of this.#gaps) if (!this.#isRecorded(gap)) this.#missing(gap.at, gap.from, gap.to);
    return this.#end ?? { file: lastFile, line: 1, offset: 0 };
  }

  /** A line that can't be read: the next one may follow whatever it was, or what was before it. */
  #unread(at: Position, kind: "unreadable" | "torn_line", found: string): void {
    const seq = (this.#anchors[0]?.seq ?? 0) + 1;
    this.#findings.add(kind, at, seq, found, `line ${seq} of the log`);
    this.#anchors = [...this.#anchors.slice(0, 4), { seq, hash: null }];
  }

  #anchor(line: Envelope): Anchor | undefined {
    return this.#anchors.find(
      ({ seq, hash }) => line.seq === seq + 1 && (hash === null || hash === line.prev),
    );
  }

  /** Seq, prev and hash. */
  #follow(at: Position, { line, computed, odd }: SealedLine): void {
    const good = computed === line.hash;
    if (!good)
      this.#findings.add("changed", at, line.seq, `content with hash ${computed}`, `hash ${line.hash}`);
    if (odd !== undefined) this.#findings.add("not_canonical", at, line.seq, odd, "canonical JSON");
    const anchor = this.#anchor(line);
    if (anchor !== undefined && good) this.#anchors = [{ seq: line.seq, hash: line.hash }];
    else if (good) this.#misplaced(at, line);
    else {
      const seq = anchor === undefined ? (this.#anchors[0]?.seq ?? 0) + 1 : line.seq;
      this.#anchors = [{ seq, hash: line.hash }, { seq, hash: computed }, ...this.#anchors.slice(0, 4)];
    }
  }

  /** A whole line that follows nothing before it. */
  #misplaced(at: Position, line: Envelope): void {
    const before = this.#anchors[0] ?? { seq: 0, hash: noHash };
    const here = { seq: line.seq, hash: line.hash };
    if (line.seq <= before.seq) {
      this.#findings.add("out_of_order", at, line.seq, `seq ${line.seq}`, `seq ${before.seq + 1}`);
      this.#anchors = [...this.#anchors.slice(0, 4), here];
      return;
    }
    if (line.seq === before.seq + 1) {
      this.#findings.add("broken_chain", at, line.seq, `prev ${line.prev}`, `prev ${before.hash}`);
    } else if (at.line === 1) {
      this.#gaps.push({ at, from: before.seq + 1, to: line.seq - 1, lastHash: line.prev });
    } else this.#missing(at, before.seq + 1, line.seq - 1);
    this.#anchors = [here];
  }

  #missing(at: Position, from: number, to: number): void {
    const lines = from === to ? `line ${from}` : `lines ${from} to ${to}`;
    this.#findings.add("missing_lines", at, to + 1, `seq ${to + 1}`, `seq ${from} (${lines} missing)`);
  }

  /** Records of earlier deletions were deleted with their files: the last one of a run at the start is enough. */
  #isRecorded({ from, to, lastHash }: Gap): boolean {
    return this.#pruned.some(
      (record) =>
        record.last_seq === to && record.last_hash === lastHash && (from === 1 || record.first_seq === from),
    );
  }

  #content(at: Position, line: Envelope): void {
    this.#stack ??= line.stack;
    if (line.stack !== this.#stack) {
      this.#findings.add("other_stack", at, line.seq, `stack ${line.stack}`, `stack ${this.#stack}`);
    }
    if (!this.#ids.add(line.id))
      this.#findings.add("duplicate_id", at, line.seq, line.id, "an id of its own");
    for (const target of this.#targets) {
      if (target.seq !== line.seq || target.hash === line.hash) continue;
      this.#findings.add(
        "rewritten",
        at,
        line.seq,
        `hash ${line.hash}`,
        `hash ${target.hash}, by ${target.from}`,
      );
    }
    // A long torn end is told in several parts.
    if (line.event_type === "torn_line" && (line.data["part"] ?? 1) === 1) this.torn += 1;
    if (line.event_type === "checkpoint") this.#checkpoint(at, line);
    if (line.event_type === "log_pruned") {
      const record = PrunedData.safeParse(line.data);
      if (record.success) this.#pruned.push(record.data);
    }
  }

  #checkpoint(at: Position, line: Envelope): void {
    this.checkpoints += 1;
    const parsed = CheckpointData.safeParse(line.data);
    if (!parsed.success) {
      const field = parsed.error.issues[0]?.path.join(".");
      this.#findings.add(
        "bad_checkpoint",
        at,
        line.seq,
        `no usable ${field}`,
        "head, signature and public_key",
      );
      return;
    }
    const { head, signature, public_key: key } = parsed.data;
    this.publicKey ??= key;
    if (key !== this.publicKey) {
      this.#findings.add("other_key", at, line.seq, `key ${key}`, `key ${this.publicKey}`);
    } else if (head !== line.prev) {
      this.#findings.add("bad_checkpoint", at, line.seq, `head ${head}`, `head ${line.prev} (its prev)`);
    } else if (!isSigned(checkpointText(line), signature, key)) {
      this.#findings.add("bad_checkpoint", at, line.seq, "a signature that is not good", `one by key ${key}`);
    }
  }
}
