import { expect, test } from "vitest";
import { Random } from "../../tests/audit-log/random.ts";
import { memoryLog, SignedLog, seal } from "../../tests/audit-log/signed-log.ts";
import type { Finding } from "./findings.ts";
import { verifyLog } from "./verify.ts";

const active = "litellm_audit.jsonl";
const rotated = "litellm_audit-000000000001.jsonl.gz";
const start = Date.parse("2026-11-25T10:00:00Z");

/** Forty lines in two files, a checkpoint after every ten. */
function whole() {
  const writer = new SignedLog("dev");
  const lines: string[] = [];
  while (lines.length < 40) {
    const n = lines.length + 1;
    if (n % 10 === 0) lines.push(writer.checkpoint(start + n, 9));
    else
      lines.push(
        writer.append(start + n, "chat_completion_success", `call-${n}`, { cost_usd: n / 100, model: "m" }),
      );
  }
  return { lines, head: writer.head(), publicKey: writer.publicKey };
}

/** What someone without the key can do to a log; gives the damaged lines and how far behind the damage it may first show. */
const damages: Readonly<
  Record<string, (lines: readonly string[], random: Random) => { lines: string[]; late: number }>
> = {
  "a byte changed": (lines, random) => {
    const at = random.below(lines.length);
    const bytes = Buffer.from(lines[at] ?? "");
    const byte = random.below(bytes.length);
    bytes[byte] = ((bytes[byte] ?? 0) ^ (1 << random.below(7))) & 0x7f;
    if (bytes[byte] === 0x0a) bytes[byte] = 0x0b;
    return { lines: lines.with(at, bytes.toString()), late: 0 };
  },
  "content changed and hashed anew": (lines, random) => {
    const at = random.below(lines.length);
    const body = (lines[at] ?? "").slice(0, -75);
    const changed = body.replace(/"timestamp":"\d{4}/, `"timestamp":"${2000 + random.below(20)}`);
    return { lines: lines.with(at, seal(`${changed}}`)), late: 1 };
  },
  "lines deleted": (lines, random) => {
    const at = random.below(lines.length - 1);
    return { lines: lines.toSpliced(at, 1 + random.below(lines.length - at - 1)), late: 0 };
  },
  "lines cut off at the end": (lines, random) => ({
    lines: lines.slice(0, random.below(lines.length)),
    late: 0,
  }),
  "a line cut in the middle": (lines, random) => {
    const at = random.below(lines.length);
    const line = lines[at] ?? "";
    return { lines: lines.with(at, line.slice(0, random.below(line.length))), late: 0 };
  },
  "a line copied": (lines, random) => {
    const at = random.below(lines.length + 1);
    return { lines: lines.toSpliced(at, 0, lines[random.below(lines.length)] ?? ""), late: 1 };
  },
  "a line made up": (lines, random) => {
    const at = random.below(lines.length + 1);
    const before = JSON.parse(lines[at - 1] ?? '{"seq":0,"hash":""}') as { seq: number; hash: string };
    const forged = `{"data":{},"event_type":"chat_completion_success","id":"forged","prev":"${before.hash || "0".repeat(64)}","seq":${before.seq + 1},"stack":"dev","timestamp":"2026-11-25T10:00:00.000000Z","v":1}`;
    return { lines: lines.toSpliced(at, 0, seal(forged)), late: 1 };
  },
  "two lines exchanged": (lines, random) => {
    const a = random.below(lines.length);
    const b = (a + 1 + random.below(lines.length - 1)) % lines.length;
    return { lines: lines.with(a, lines[b] ?? "").with(b, lines[a] ?? ""), late: 0 };
  },
};

const names = Object.keys(damages);

/** Where two logs first differ, as an index of lines. */
const firstDifference = (a: readonly string[], b: readonly string[]): number => {
  const at = a.findIndex((line, i) => line !== b[i]);
  return at === -1 ? a.length : at;
};

const text = (lines: readonly string[]) => lines.map((line) => `${line}\n`).join("");

/** Index of a finding's line in the log as a whole. */
const indexOf = ({ file, line }: Finding, inFirst: number, total: number): number =>
  file === rotated ? line - 1 : file === active ? inFirst + line - 1 : total;

test("10,000 random damages are all found, at the place where they begin", async () => {
  const { lines, head, publicKey } = whole();
  const tried = new Map<string, number>();
  for (let seed = 1; seed <= 10_000; seed += 1) {
    const random = new Random(seed);
    const name = names[seed % names.length] ?? "";
    const damaged = damages[name]?.(lines, random) ?? { lines: [], late: 0 };
    const at = firstDifference(damaged.lines, lines);
    if (at === lines.length && damaged.lines.length === lines.length) continue;
    const inFirst = Math.min(20, damaged.lines.length);
    const source = memoryLog(
      { [rotated]: text(damaged.lines.slice(0, inFirst)), [active]: text(damaged.lines.slice(inFirst)) },
      head,
    );

    const { findings } = await verifyLog(source, { publicKey, headPatienceMs: 0 });

    const where = `seed ${seed}: ${name} at line ${at + 1}`;
    expect(findings.length, where).toBeGreaterThan(0);
    const found = indexOf(findings[0] as Finding, inFirst, damaged.lines.length);
    expect(found, where).toBeGreaterThanOrEqual(at);
    // An end that is missing or too long is named behind the last line.
    expect(found, where).toBeLessThanOrEqual(at + damaged.late);
    tried.set(name, (tried.get(name) ?? 0) + 1);
  }
  const total = [...tried.values()].reduce((sum, count) => sum + count, 0);
  expect(total).toBeGreaterThan(9_900);
  expect(tried.size).toBe(names.length);
}, 60_000);
