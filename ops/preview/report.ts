import { besideText, type Radar } from "../access/radar.ts";
import type { Consequence, risks } from "./consequence.ts";
import type { FileChange } from "./rendered-diff.ts";
import type { Step } from "./steps.ts";

/** Everything a reviewer gets to see of one preview; holds no secret. */
export interface Report {
  readonly stack: string;
  /** Operation → how many resources. */
  readonly counts: Readonly<Record<string, number>>;
  readonly consequences: readonly Consequence[];
  readonly files: readonly FileChange[];
  /** What a reader should know of how it was found. */
  readonly notes: readonly string[];
  /** What the running gateway holds beside the code; absent where none runs yet, or none was asked. */
  readonly access?: Radar;
}

export function makeReport(
  stack: string,
  steps: readonly Step[],
  found: readonly Consequence[],
  files: readonly FileChange[],
  notes: readonly string[] = [],
): Report {
  const counts: Record<string, number> = {};
  for (const { op } of steps) if (op !== "same" && op !== "read") counts[op] = (counts[op] ?? 0) + 1;
  return { stack, counts, consequences: found, files, notes };
}

export const hasChanges = ({ counts }: Report): boolean => Object.keys(counts).length > 0;

const summary = ({ stack, counts }: Report): string => {
  const parts = Object.entries(counts).map(([op, count]) => `${count} to ${op}`);
  return `${stack}: ${parts.length === 0 ? "no changes" : parts.join(", ")}`;
};

const show = (value: unknown): string => (value === undefined ? "(absent)" : JSON.stringify(value));

const fileLine = ({ file, path, before, after }: FileChange): string =>
  path.length === 0 ? `${file}: changed` : `${file}: ${path.join(".")}: ${show(before)} → ${show(after)}`;

const besideRows = ({ access }: Report): string[] => [
  ...(access?.beside ?? []).map(besideText),
  ...(access?.blind ?? []).map((why) => `not compared: ${why}`),
];

/** For a terminal. */
export function asText(report: Report): string {
  const consequences = report.consequences.map(({ risk, text }) => `  [${risk}] ${text}`);
  const files = report.files.map((change) => `  ${fileLine(change)}`);
  const beside = besideRows(report);
  return [
    summary(report),
    ...(consequences.length > 0 ? ["", "What it means:", ...consequences] : []),
    ...(files.length > 0 ? ["", "What changes in the rendered files:", ...files] : []),
    ...(beside.length > 0
      ? ["", "What the gateway holds beside the code:", ...beside.map((row) => `  ${row}`)]
      : []),
    ...(report.notes.length > 0 ? ["", ...report.notes.map((note) => `note: ${note}`)] : []),
    "",
  ].join("\n");
}

const marks: Readonly<Record<(typeof risks)[number], string>> = {
  "data loss": "🟥 **data loss**",
  high: "🟧 high",
  medium: "🟨 medium",
  low: "⬜ low",
};

/** For a comment under a change: the first line is what finds it again. */
export function asMarkdown(report: Report): string {
  const lines = [`<!-- cerberus-preview:${report.stack} -->`, `### Preview of ${summary(report)}`, ""];
  if (report.consequences.length > 0) {
    lines.push("| risk | what it means |", "|---|---|");
    for (const { risk, text } of report.consequences) lines.push(`| ${marks[risk]} | ${cell(text)} |`);
    lines.push("");
  }
  const beside = besideRows(report);
  if (beside.length > 0)
    lines.push("Beside the code, at the gateway:", "", ...beside.map((row) => `- ${cell(row)}`), "");
  if (report.files.length > 0) {
    lines.push(
      "<details><summary>Rendered files</summary>",
      "",
      "```",
      ...bounded(report.files.map(fileLine)),
      "```",
      "</details>",
      "",
    );
  }
  for (const note of report.notes) lines.push(`> ${cell(note)}`);
  if (report.notes.length > 0) lines.push("");
  return lines.join("\n");
}

/** GitHub takes comments of 65,536 characters; what it means comes first and stays whole. */
const longest = 40_000;

function bounded(lines: readonly string[]): string[] {
  let size = 0;
  const kept = lines.filter((line) => {
    size += line.length + 1;
    return size <= longest;
  });
  return kept.length === lines.length ? kept : [...kept, `… and ${lines.length - kept.length} more`];
}

const cell = (text: string): string => text.replaceAll("|", "\\|").replaceAll("<", "&lt;");
