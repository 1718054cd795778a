import { asText, valuesAt } from "./condition.ts";
import type { AuditLine } from "./line.ts";

/** Columns of an export unless others are asked for. */
export const defaultColumns: readonly string[] = [
  "seq",
  "timestamp",
  "event_type",
  "id",
  "data.status",
  "data.requested_model",
  "data.model",
  "data.key_alias",
  "data.user_id",
  "data.team_alias",
  "data.usage.prompt_tokens",
  "data.usage.completion_tokens",
  "data.cost_usd",
  "data.response_time_ms",
  "data.error.code",
  "data.approval_id",
];

/** Value of a column: a scalar as it is, several joined, anything deeper as JSON; empty where the line has none. */
export function cellOf(line: AuditLine, column: string): string | number | boolean {
  const values = valuesAt(line, column.split(".")).filter((value) => value !== null && value !== undefined);
  const [only] = values;
  if (values.length === 1 && (typeof only === "number" || typeof only === "boolean")) return only;
  return values.map(asText).join(" ");
}

/** One row of CSV (RFC 4180). Text that a spreadsheet would run as a formula gets a ' in front. */
export function csvRow(cells: readonly (string | number | boolean)[]): string {
  const quoted = cells.map((cell) => {
    if (typeof cell !== "string") return String(cell);
    const safe = /^[=+\-@\t\r]/.test(cell) ? `'${cell}` : cell;
    return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
  });
  return `${quoted.join(",")}\r\n`;
}
