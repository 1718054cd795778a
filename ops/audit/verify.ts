import { setTimeout as sleep } from "node:timers/promises";
import { UserError } from "../../infra/settings/errors.ts";
import { Chain, type Target } from "./chain.ts";
import { type Finding, Findings, type Position } from "./findings.ts";
import { Head } from "./line.ts";
import { linesOf } from "./lines.ts";
import { DamagedFileError, headName, type LogSource } from "./log-folder.ts";
import { headText, isSigned } from "./signatures.ts";

export interface VerifyOptions {
  /** Hex of the key that must have signed; without it the first one seen is taken, and that is said. */
  readonly publicKey?: string | undefined;
  /** A position known from elsewhere (metric, backup): it must be in the log. */
  readonly expectedHead?: { readonly seq: number; readonly hash: string } | undefined;
  /** Findings that are kept; all are counted. */
  readonly maxFindings?: number;
  /** How long the signed head may take to catch up with the newest lines, in milliseconds; the writer renews it every second. */
  readonly headPatienceMs?: number;
}

export interface Verification {
  readonly intact: boolean;
  readonly stack: string | null;
  readonly files: number;
  readonly lines: number;
  readonly bytes: number;
  readonly first: { readonly seq: number; readonly timestamp: string } | null;
  readonly last: { readonly seq: number; readonly timestamp: string; readonly hash: string } | null;
  readonly checkpoints: number;
  /** Torn ends that the writer found after it was killed, cut off and put on record: no damage. */
  readonly tornEnds: number;
  readonly publicKey: string | null;
  /** Whether the key was given, or taken from the log itself: then a log rewritten with a new key would pass. */
  readonly keyFrom: "pinned" | "first seen" | "none";
  readonly findings: readonly Finding[];
  readonly findingsTotal: number;
}

/**
 * Reads a log from its first line to its last and says everything that is wrong with it.
 * @throws UserError when it can't be read at all
 */
export async function verifyLog(source: LogSource, options: VerifyOptions = {}): Promise<Verification> {
  const { publicKey, expectedHead, maxFindings = 100, headPatienceMs = 2500 } = options;
  const findings = new Findings(maxFindings);
  // Read before the lines: a line is on disk before the head that signs it, so this position must be found.
  const headBefore = readHead(source);
  const targets: Target[] = [
    ...(typeof headBefore === "string" ? [] : [{ ...headBefore, from: "the signed head" }]),
    ...(expectedHead ? [{ ...expectedHead, from: "--head" }] : []),
  ];
  const chain = new Chain(findings, publicKey, targets);
  await using log = await source.open();
  const { files } = log;
  for (const file of files) {
    try {
      for await (const batch of linesOf(file.chunks())) for (const line of batch) chain.feed(file.name, line);
    } catch (error) {
      if (!(error instanceof DamagedFileError)) throw error;
      chain.breaksOff(file.name, error.reason);
    }
  }
  const names = files.map(({ name }) => name);
  const end = chain.finish(names.at(-1) ?? "");
  const lastSeq = chain.last?.seq ?? 0;
  if (expectedHead && chain.first && expectedHead.seq < chain.first.seq) {
    throw new UserError(
      `the position --head ${expectedHead.seq} is older than the log, which begins with seq ${chain.first.seq}`,
      "give a newer position, or add the files that retention deleted",
    );
  }
  for (const { seq, from } of targets) {
    if (seq > lastSeq)
      findings.add("truncated", end, lastSeq + 1, `${lastSeq} as the last seq`, `seq ${seq}, by ${from}`);
  }
  checkHead(findings, headBefore, chain, end);
  const vouched = Math.max(0, ...targets.map(({ seq }) => seq));
  if (typeof headBefore !== "string" && lastSeq > vouched) {
    await checkTail(findings, source, chain, end, { vouched, patienceMs: headPatienceMs });
  }
  return {
    intact: findings.total === 0,
    stack: chain.last?.stack ?? null,
    files: files.length,
    lines: chain.lines,
    bytes: chain.bytes,
    first: chain.first ? { seq: chain.first.seq, timestamp: chain.first.timestamp } : null,
    last: chain.last ? { seq: lastSeq, timestamp: chain.last.timestamp, hash: chain.last.hash } : null,
    checkpoints: chain.checkpoints,
    tornEnds: chain.torn,
    publicKey: chain.publicKey ?? null,
    keyFrom: publicKey ? "pinned" : chain.publicKey ? "first seen" : "none",
    findings: findings.sorted([...names, headName]),
    findingsTotal: findings.total,
  };
}

/** The head, or why there is none. */
function readHead(source: LogSource): Head | string {
  const text = source.head();
  if (text === undefined) return `no ${headName}`;
  try {
    const parsed = Head.safeParse(JSON.parse(text));
    return parsed.success ? parsed.data : `a wrong ${parsed.error.issues[0]?.path.join(".") || "shape"}`;
  } catch {
    return `a ${headName} that is no JSON`;
  }
}

function checkHead(findings: Findings, head: Head | string, chain: Chain, end: Position): void {
  const at = { ...end, file: headName, line: 1, offset: 0 };
  if (typeof head === "string") {
    findings.add("head_missing", at, null, head, "the signed position of the newest line");
    return;
  }
  chain.publicKey ??= head.public_key;
  if (head.public_key !== chain.publicKey) {
    findings.add("other_key", at, head.seq, `key ${head.public_key}`, `key ${chain.publicKey}`);
  } else if (!isSigned(headText(head), head.signature, head.public_key)) {
    findings.add("bad_head", at, head.seq, "a signature that is not good", `one by key ${head.public_key}`);
  }
}

interface Tail {
  /** Newest seq that the head (or --head) already stood for. */
  readonly vouched: number;
  readonly patienceMs: number;
}

/** Lines newer than the head: a living writer signs them within a second. */
async function checkTail(
  findings: Findings,
  source: LogSource,
  chain: Chain,
  end: Position,
  { vouched, patienceMs }: Tail,
): Promise<void> {
  const { last } = chain;
  if (last === undefined) return;
  for (let waited = 0; ; waited += 250) {
    const head = readHead(source);
    if (typeof head !== "string" && head.seq >= last.seq && isGood(head, chain.publicKey)) {
      if (head.seq > last.seq || head.hash === last.hash) return;
      findings.add("rewritten", end, last.seq, `hash ${last.hash}`, `hash ${head.hash}, by the signed head`);
      return;
    }
    if (waited >= patienceMs) break;
    await sleep(250);
  }
  findings.add(
    "unsigned_tail",
    end,
    last.seq,
    `lines ${vouched + 1} to ${last.seq} unsigned`,
    `${vouched} as the last seq`,
  );
}

const isGood = (head: Head, key: string | undefined): boolean =>
  head.public_key === key && isSigned(headText(head), head.signature, head.public_key);
