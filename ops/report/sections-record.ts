import { meanings } from "../audit/findings.ts";
import { amount, number, usd } from "../audit/words.ts";
import type { Approval, ReportData } from "./data.ts";
import type { Cell, Section, Table } from "./document.ts";
import { duration, minute, moment } from "./words.ts";

const rowLimit = 20;

export function approvalsSection({ approvals }: ReportData): Section {
  const decided = approvals.filter(({ decision }) => decision !== "none");
  const times = decided.flatMap(({ seconds }) => seconds ?? []).sort((a, b) => a - b);
  const middle = times[Math.floor(times.length / 2)];
  const approved = decided.filter(({ decision }) => decision === "approved").length;
  return {
    id: "approvals",
    title: "Approvals by people",
    intro:
      "Costly requests, and kinds of requests that the owner names, wait until a person approves them. An approval is good for one request.",
    blocks: [
      {
        kind: "paragraph",
        text: `${amount(approvals.length, "request")} asked for approval: ${number(approved)} approved, ${number(decided.length - approved)} denied, ${number(approvals.length - decided.length)} not decided.${middle === undefined ? "" : ` Half of the decisions took less than ${duration(middle)}.`}`,
      },
      {
        kind: "table",
        title: "Decisions",
        columns: [
          { title: "asked (UTC)" },
          { title: "by" },
          { title: "for" },
          { title: "estimate", align: "right" },
          { title: "decision" },
          { title: "decided by" },
          { title: "after", align: "right" },
        ],
        rows: approvals.slice(0, rowLimit).map(approvalRow),
        empty: "No request asked for approval.",
        ...(approvals.length > rowLimit
          ? {
              note: `The first ${rowLimit} of ${approvals.length}. The JSON form of this report has all of them.`,
            }
          : {}),
      },
    ],
  };
}

const approvalRow = (a: Approval): Cell[] => [
  a.requested === null ? "before the range" : minute(a.requested),
  [a.team, a.user].filter(Boolean).join(" / ") || "–",
  { strong: a.model ?? "–", text: a.reasons.join(", ") },
  a.estimate_usd === null ? "–" : usd(a.estimate_usd),
  a.decision === "none"
    ? { badge: "not decided", tone: "warn" }
    : {
        badge: a.used ? `${a.decision}, used` : a.decision,
        tone: a.decision === "approved" ? "good" : "bad",
      },
  a.decided_by ?? "–",
  a.seconds === null ? "–" : duration(a.seconds),
];

export function changesSection({ changes }: ReportData): Section {
  const { configurations, admin, starts, stops } = changes;
  return {
    id: "changes",
    title: "Changes to the gateway",
    intro:
      "Configuration comes from reviewed code and has a fingerprint that stands in every line of the log. Keys, teams and budgets are administered while the gateway runs.",
    blocks: [
      {
        kind: "table",
        title: "Configurations that served requests",
        columns: [{ title: "since" }, { title: "configuration" }, { title: "image" }],
        rows: configurations.map(({ since, config_hash, image }): Cell[] => [
          moment(since),
          { code: config_hash },
          { code: shortImage(image) },
        ]),
        empty: "No line of the range names a configuration.",
        note: `The gateway's processes were started ${amount(starts, "time")} and stopped ${amount(stops, "time")}.`,
      },
      {
        kind: "table",
        title: "Administrative changes",
        columns: [{ title: "when (UTC)" }, { title: "what" }, { title: "by" }, { title: "of" }],
        rows: admin
          .slice(0, rowLimit)
          .map(({ timestamp, operation, by, target }): Cell[] => [
            minute(timestamp),
            operation,
            by,
            { code: target },
          ]),
        empty: "Nothing was changed.",
        ...(admin.length > rowLimit
          ? {
              note: `The first ${rowLimit} of ${admin.length}. The JSON form of this report has all of them.`,
            }
          : {}),
      },
    ],
  };
}

/** The middle of a long digest says nothing. */
const shortImage = (image: string | null): string =>
  image?.replace(/(sha256:[0-9a-f]{12})[0-9a-f]{52}/, "$1…") ?? "–";

export function recordSection({ verification: v, retention }: ReportData): Section {
  const key =
    v.keyFrom === "pinned"
      ? "with the public key that the stack (or the person who made this report) gave"
      : "with the first key seen in the log itself; a log rewritten as a whole with another key would not show";
  return {
    id: "record",
    title: "Can this record be trusted?",
    intro:
      "Each line of the log holds a fingerprint of the line before it, and a key that only the log's writer has signs it at short intervals. Whoever changes, removes, adds or moves a line breaks that chain. For this report the whole log was read and checked.",
    blocks: [
      v.intact
        ? {
            kind: "callout",
            tone: "good",
            title: "The log is intact",
            text: `All ${number(v.lines)} lines follow one another; ${amount(v.checkpoints, "signed checkpoint")} and the signed position of the newest line were checked ${key}.`,
          }
        : {
            kind: "callout",
            tone: "bad",
            title: "The log is not intact",
            text: `${amount(v.findingsTotal, "finding")}, listed below. Figures in this report rest on lines that can't all be trusted.`,
          },
      ...(v.intact ? [] : [findingsTable(v.findings)]),
      {
        kind: "table",
        title: "The log",
        columns: [{ title: "what", width: 30 }, { title: "found" }],
        rows: [
          [
            "lines",
            `${number(v.lines)} in ${amount(v.files, "file")}${v.first && v.last ? `, number ${v.first.seq} to ${v.last.seq}` : ""}`,
          ],
          [
            "time",
            retention.oldest && retention.newest
              ? `${moment(retention.oldest)} to ${moment(retention.newest)}`
              : "–",
          ],
          [
            "kept for",
            retention.days === null
              ? "not known (no configuration was given)"
              : `${retention.days} days${retention.days < 184 ? ": up to four days short of the six months of the EU AI Act" : ""}`,
          ],
          [
            "torn ends",
            v.tornEnds === 0
              ? "none"
              : `${v.tornEnds}, cut off and put on record by the writer after it was killed`,
          ],
          ["public key", { code: v.publicKey ?? "none" }],
          ["newest line", { code: v.last ? `${v.last.seq}:${v.last.hash}` : "none" }],
        ],
        empty: "",
        note: "Note down the newest line: a later check with --head shows whether it is still there.",
      },
    ],
  };
}

function findingsTable(findings: ReportData["verification"]["findings"]): Table {
  return {
    kind: "table",
    title: "Findings",
    columns: [{ title: "where" }, { title: "what" }, { title: "found" }, { title: "expected" }],
    rows: findings
      .slice(0, rowLimit)
      .map(({ kind, file, line, found, expected }): Cell[] => [
        { code: `${file}:${line}` },
        { strong: kind, text: meanings[kind] },
        { code: found },
        { code: expected },
      ]),
    empty: "",
  };
}
