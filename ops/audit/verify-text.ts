import { type Finding, type FindingKind, meanings } from "./findings.ts";
import type { Verification } from "./verify.ts";
import { amount } from "./words.ts";

const keyWords = {
  pinned: (key: string) => `by the pinned key ${key}`,
  "first seen": (key: string) =>
    `by ${key}: the first key seen in the log itself. A log rewritten as a whole with another key would pass: pin it with --public-key`,
  none: () => "nothing is signed",
} as const;

/** What a verification found, for a terminal. */
export function verificationText(v: Verification): string {
  const range =
    v.first && v.last
      ? `seq ${v.first.seq} to ${v.last.seq}, ${v.first.timestamp} to ${v.last.timestamp}`
      : "no line";
  return [
    `${v.intact ? "INTACT" : "NOT INTACT"}: ${amount(v.lines, "line")} in ${amount(v.files, "file")} (${range})`,
    `signatures: ${amount(v.checkpoints, "checkpoint")} and the head, ${keyWords[v.keyFrom](v.publicKey ?? "")}`,
    ...(v.tornEnds > 0
      ? [`${amount(v.tornEnds, "torn end")}, cut off and put on record by the writer after it was killed`]
      : []),
    ...(v.last ? [`newest line: --head ${v.last.seq}:${v.last.hash}`] : []),
    ...findingsText(v),
    "",
  ].join("\n");
}

function findingsText({ findings, findingsTotal }: Verification): string[] {
  if (findingsTotal === 0) return [];
  const more = findingsTotal - findings.length;
  return [
    "",
    `${amount(findingsTotal, "finding")}:`,
    ...findings.map(findingLine),
    ...(more > 0 ? [`  … and ${more} more (--max-findings shows more)`] : []),
    "",
    ...explanations(findings),
  ];
}

const findingLine = ({ kind, file, line, offset, seq, found, expected }: Finding): string =>
  `  ${file}:${line} (byte ${offset}${seq === null ? "" : `, seq ${seq}`}) ${kind}: found ${found}; expected ${expected}`;

function explanations(findings: readonly Finding[]): string[] {
  const kinds = new Set<FindingKind>(findings.map(({ kind }) => kind));
  return [...kinds].map((kind) => `  ${kind}: ${meanings[kind]}`);
}
