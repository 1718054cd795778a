import { expect, test } from "vitest";
import { explained, type Reconciliation, type Recorded, reconcile } from "./reconcile.ts";
import type { Booked } from "./spend.ts";
import { Sums } from "./sums.ts";
import { costCsv, costText } from "./text.ts";

const now = Date.parse("2026-11-25T12:00:00Z");
const old = now - 3_600_000;

/** The books of two maps from call id to USD; every booked call is in range. */
function compare(
  booked: Record<string, number>,
  recorded: Record<string, number>,
  atMs = old,
): Reconciliation {
  const lines: Recorded[] = Object.entries(recorded).map(([id, usd]) => ({ id, usd, atMs }));
  return reconcile(new Map(Object.entries(booked)), new Set(Object.keys(booked)), lines, now);
}

test("equal books agree, whatever floating point makes of a sum", () => {
  const found = compare({ a: 0.1 + 0.2, b: 0 }, { a: 0.3, b: 0 });
  expect(found.agree).toEqual({ calls: 2, usd: 0.3 });
  expect(explained(found)).toBe(true);
});

test("a call that cost nothing may be in one book only", () => {
  expect(explained(compare({ failed: 0 }, { refused: 0 }))).toBe(true);
});

test("a call of this minute that is not booked yet is pending, an older one is unexplained", () => {
  const young = compare({}, { a: 0.5 }, now - 10_000);
  expect(young.pending).toEqual({ calls: 1, usd: 0.5 });
  expect(explained(young)).toBe(true);
  const late = compare({}, { a: 0.5 });
  expect(late.recordedOnly).toEqual({ calls: 1, usd: 0.5 });
  expect(explained(late)).toBe(false);
});

test.each([
  { name: "another cost", booked: { a: 0.7 }, recorded: { a: 0.5 }, kind: "differ" as const, usd: 0.2 },
  { name: "no line", booked: { a: 0.7 }, recorded: {}, kind: "bookedOnly" as const, usd: 0.7 },
])("$name is unexplained, with the call as an example", ({ booked, recorded, kind, usd }) => {
  const found = compare(booked, recorded as Record<string, number>);
  expect(found[kind].calls).toBe(1);
  expect(found[kind].usd).toBeCloseTo(usd, 12);
  expect(found.examples).toEqual(["a"]);
  expect(explained(found)).toBe(false);
});

const call = (team: string, usd: number): Booked => ({
  callId: `${Math.random()}`,
  usd,
  tokens: 10,
  startMs: old,
  team,
  user: "u",
  model: "m",
  key: "k",
});

function report(reconciliation: Reconciliation | null) {
  const sums = new Sums("team");
  for (const one of [call("research", 0.25), call("=cmd", 0.125), call("research", 0.25)]) sums.add(one);
  const range = { since: "2026-11-18T00:00:00.000Z", until: "2026-11-25T12:00:00.000Z" };
  return { stack: "dev", by: "team" as const, ...range, sums: sums.sorted(), reconciliation };
}

test("the terminal shows dearest first, a bar each, the total, and what the audit log says", () => {
  const text = costText(report(compare({ a: 0.5 }, { a: 0.5 })));
  expect(text).toBe(
    [
      "cost of dev by team, 2026-11-18T00:00Z to 2026-11-25T12:00Z",
      `  research  0.500000 USD  2 calls  20 tokens  ${"█".repeat(30)}`,
      `  =cmd      0.125000 USD   1 call  10 tokens  ${"█".repeat(7)}▌`,
      "  total     0.625000 USD  3 calls  30 tokens",
      "audit log: 1 call, 0.500000 USD agree, call by call",
      "",
    ].join("\n"),
  );
});

test("a spreadsheet gets full figures, and no formula", () => {
  const rows = costCsv(report(null)).trim().split(/\r?\n/);
  expect(rows[0]).toBe("team,cost_usd,calls,tokens");
  expect(rows[1]).toBe("research,0.500000000,2,20");
  expect(rows[2]).not.toMatch(/^"?=/);
});
