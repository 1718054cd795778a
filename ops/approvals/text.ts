import { columns } from "../columns.ts";
import type { Approval } from "./approval.ts";

/** Text that a client wrote, without what would move the cursor or colour the terminal; line feeds stay if asked. */
export function printable(text: string, { lines = false } = {}): string {
  const shown = text.replace(/[^\P{C}\n]/gu, "\uFFFD");
  return lines ? shown : shown.replaceAll("\n", " ");
}

/** A length of time in the largest unit that fits, such as `5 min`. */
export function span(seconds: number): string {
  const units = [
    [86_400, "d"],
    [3_600, "h"],
    [60, "min"],
  ] as const;
  for (const [size, unit] of units) if (seconds >= size) return `${Math.floor(seconds / size)} ${unit}`;
  return `${Math.max(Math.floor(seconds), 0)} s`;
}

const money = (usd: number | null): string => {
  if (usd === null) return "unknown";
  return usd >= 1 ? `$${usd.toFixed(2)}` : `$${usd.toFixed(4)}`;
};

const requester = (approval: Approval): string =>
  printable(approval.key_alias ?? approval.user_id ?? `key ${approval.key_hash.slice(0, 8)}`);

const when = (unix: number): string => new Date(unix * 1_000).toISOString().replace(".000Z", "Z");

/** A table of approvals, newest first. */
export function table(approvals: readonly Approval[], now: number): string {
  const header = ["id", "status", "requester", "model", "estimate", "asked", "expires"];
  const rows = approvals.map((approval) => [
    approval.id,
    approval.status,
    requester(approval),
    printable(approval.model),
    money(approval.estimate_usd),
    `${span(now - approval.created)} ago`,
    approval.expires > now ? `in ${span(approval.expires - now)}` : "–",
  ]);
  return columns([header, ...rows]);
}

/** Everything about one approval. */
export function details(approval: Approval): string {
  const rows: [string, string | null][] = [
    ["id", approval.id],
    ["status", approval.status],
    ["requester", requester(approval)],
    ["user", approval.user_id],
    ["team", approval.team_id],
    ["model", approval.model],
    ["route", approval.route],
    ["estimate", money(approval.estimate_usd)],
    ["why", approval.reasons.join("; ")],
    ["asked", when(approval.created)],
    ["expires", when(approval.expires)],
    ["decided by", approval.decided_by],
    ["decided at", approval.decided_at === null ? null : when(approval.decided_at)],
    ["reason", approval.decision_reason],
    ["used at", approval.used_at === null ? null : when(approval.used_at)],
  ];
  const known = rows.filter((row): row is [string, string] => row[1] !== null);
  const facts = known.map(([name, value]) => `${name.padEnd(11)} ${printable(value)}\n`).join("");
  const prompt = printable(approval.preview, { lines: true }).replaceAll("\n", "\n  ");
  return `${facts}prompt (personal data and keys masked)\n  ${prompt}\n`;
}

/** One line for something that happened. */
export function change(approval: Approval): string {
  const by = approval.decided_by === null ? "" : ` by ${printable(approval.decided_by)}`;
  const what = `${requester(approval)} · ${printable(approval.model)} · ${money(approval.estimate_usd)}`;
  return `${approval.status.padEnd(8)} ${approval.id}  ${what}${by}\n`;
}
