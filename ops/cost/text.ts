import { csvRow } from "../audit/columns.ts";
import { textBar } from "../audit/stats-text.ts";
import { amount, number } from "../audit/words.ts";
import type { Amount, Reconciliation } from "./reconcile.ts";
import type { Dimension } from "./spend.ts";
import { type Sum, totalOf } from "./sums.ts";

/** Widest bar, in characters. */
const barWidth = 30;
const usdText = (usd: number): string => `${usd.toFixed(6)} USD`;
const callsText = (calls: number): string => amount(calls, "call");

export interface CostReport {
  readonly stack: string;
  readonly by: Dimension;
  /** ISO times. */
  readonly since: string;
  readonly until: string;
  readonly sums: readonly Sum[];
  /** `null` when the stack keeps no audit log. */
  readonly reconciliation: Reconciliation | null;
}

/** The report for a terminal. */
export function costText({ stack, by, since, until, sums, reconciliation }: CostReport): string {
  const rows = [...sums, totalOf(sums)];
  const most = Math.max(...sums.map(({ usd }) => usd), 0);
  const width = (cell: (sum: Sum) => string) => Math.max(...rows.map((row) => cell(row).length));
  const cells = [
    (sum: Sum) => usdText(sum.usd),
    (sum: Sum) => callsText(sum.calls),
    (sum: Sum) => `${number(sum.tokens)} tokens`,
  ];
  const names = width(({ name }) => name);
  const widths = cells.map(width);
  const line = (sum: Sum, chart: string) => {
    const figures = cells.map((cell, index) => cell(sum).padStart(widths[index] ?? 0)).join("  ");
    return `  ${sum.name.padEnd(names)}  ${figures}  ${chart}`.trimEnd();
  };
  const head = `cost of ${stack} by ${by}, ${since.slice(0, 16)}Z to ${until.slice(0, 16)}Z`;
  const body = sums.map((sum) => line(sum, most === 0 ? "" : textBar(sum.usd / most, barWidth)));
  return `${[head, ...body, line(totalOf(sums), "")].join("\n")}\n${reconciliationText(reconciliation)}`;
}

const both = ({ calls, usd }: Amount): string => `${callsText(calls)}, ${usdText(usd)}`;

function reconciliationText(found: Reconciliation | null): string {
  if (found === null) return "the stack keeps no audit log: nothing to compare with\n";
  const lines = [`audit log: ${both(found.agree)} agree, call by call`];
  const say = (what: string, part: Amount) => {
    if (part.calls > 0) lines.push(`  ${what}: ${both(part)}`);
  };
  say("recorded within the last minute, and not booked yet", found.pending);
  say("UNEXPLAINED, another cost in each book", found.differ);
  say("UNEXPLAINED, booked and not in the audit log", found.bookedOnly);
  say("UNEXPLAINED, in the audit log and not booked", found.recordedOnly);
  if (found.examples.length > 0) lines.push(`  such as ${found.examples.join(", ")}`);
  return `${lines.join("\n")}\n`;
}

/** The sums for a spreadsheet. */
export function costCsv({ by, sums }: CostReport): string {
  const rows = sums.map(({ name, usd, calls, tokens }) => csvRow([name, usd.toFixed(9), calls, tokens]));
  return [csvRow([by, "cost_usd", "calls", "tokens"]), ...rows].join("");
}
