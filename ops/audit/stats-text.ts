import type { Stats, Sum } from "./stats.ts";
import { amount, number, usd } from "./words.ts";

const barWidth = 24;
const rowLimit = 15;

/** A bar of block characters, eighths at its end. */
export function textBar(share: number, width: number): string {
  const eighths = Math.round(Math.min(1, Math.max(0, share)) * width * 8);
  return "█".repeat(Math.floor(eighths / 8)) + ("▏▎▍▌▋▊▉"[(eighths % 8) - 1] ?? "");
}

const ms = (value: number | null): string => (value === null ? "–" : `${Math.round(value)} ms`);

/** For a terminal. */
export function statsText(stats: Stats): string {
  const { by_type, by_model, by_team, calls, denials, latency_ms: latency } = stats;
  const types = Object.entries(by_type).map(([name, count]): Row => [name, count, number(count)]);
  const sums = (list: readonly Sum[]) =>
    list.map(
      (sum): Row => [
        sum.name,
        sum.cost_usd,
        `${usd(sum.cost_usd)}  ${amount(sum.calls, "call")}  ${amount(sum.total_tokens, "token")}`,
      ],
    );
  return [
    `${amount(stats.lines, "line")} from ${stats.first ?? "–"} to ${stats.last ?? "–"}`,
    `${amount(calls, "model call")}, ${usd(stats.cost_usd)}, ${amount(stats.prompt_tokens, "token")} in, ${number(stats.completion_tokens)} out; ${amount(denials, "request")} refused`,
    `response time: half within ${ms(latency.p50)}, 95 % within ${ms(latency.p95)}`,
    ...bars("Lines by type", types),
    ...bars("Spend by model", sums(by_model)),
    ...bars("Spend by team", sums(by_team)),
    "",
  ].join("\n");
}

type Row = readonly [name: string, value: number, text: string];

function bars(title: string, rows: readonly Row[]): string[] {
  if (rows.length === 0) return [];
  const shown = rows.slice(0, rowLimit);
  const most = Math.max(...shown.map(([, value]) => value)) || 1;
  const width = Math.max(...shown.map(([name]) => name.length));
  const lines = shown.map(
    ([name, value, text]) =>
      `  ${name.padEnd(width)}  ${textBar(value / most, barWidth).padEnd(barWidth)}  ${text}`,
  );
  const more = rows.length - shown.length;
  return ["", title, ...lines, ...(more > 0 ? [`  … and ${more} more (--json gives all)`] : [])];
}
