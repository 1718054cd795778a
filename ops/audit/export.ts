import { cellOf, csvRow, defaultColumns } from "./columns.ts";
import type { Filter } from "./filters.ts";
import type { AuditRecord } from "./records.ts";

export const exportFormats = ["csv", "json", "jsonl"] as const;
export type ExportFormat = (typeof exportFormats)[number];

/** The chosen lines as text, piece by piece. Without columns, jsonl gives the lines as they stand in the log. */
export async function* exported(
  batches: AsyncIterable<readonly AuditRecord[]>,
  filter: Filter,
  format: ExportFormat,
  columns: readonly string[] | undefined,
): AsyncGenerator<string> {
  const names = columns ?? defaultColumns;
  const asObject = ({ line, text }: AuditRecord) =>
    columns === undefined
      ? text
      : JSON.stringify(Object.fromEntries(names.map((name) => [name, cellOf(line, name)])));
  if (format === "csv") yield csvRow(names);
  if (format === "json") yield "[";
  let separator = "\n";
  for await (const batch of batches) {
    const chosen = batch.filter(filter);
    if (chosen.length === 0) continue;
    if (format === "csv") {
      yield chosen.map(({ line }) => csvRow(names.map((name) => cellOf(line, name)))).join("");
    } else if (format === "jsonl") yield chosen.map((record) => `${asObject(record)}\n`).join("");
    else {
      yield separator + chosen.map(asObject).join(",\n");
      separator = ",\n";
    }
  }
  if (format === "json") yield "\n]\n";
}
