import { textBar } from "../../audit/stats-text.ts";
import { number, usd } from "../../audit/words.ts";
import type { Block, Cell, ColumnChart, ReportDocument, Section, Table, Tone } from "../document.ts";
import { escapeMarkdown as text } from "./escape.ts";

const signs: Readonly<Record<Tone, string>> = { good: "🟢 ", warn: "🟡 ", bad: "🔴 ", plain: "" };

/** The report as Markdown that reads well on GitHub and in a plain editor: tables, and bars made of letters. */
export function toMarkdown({ title, subtitle, facts, sections }: ReportDocument): string {
  return `${[
    `# ${title}`,
    `**${text(subtitle)}**`,
    facts.map(([label, value]) => `${label}: **${text(value)}**`).join(" · "),
    ...sections.flatMap(section),
  ].join("\n\n")}\n`;
}

const section = ({ title, intro, blocks }: Section): string[] => [
  `## ${title}`,
  text(intro),
  ...blocks.map(block).filter((part) => part !== ""),
];

function block(part: Block): string {
  switch (part.kind) {
    case "paragraph":
      return text(part.text);
    case "callout":
      return `> ${signs[part.tone]}**${text(part.title)}.** ${text(part.text)}`;
    case "tiles":
      return rows(
        part.tiles.map(({ label }) => label),
        part.tiles.map(() => ""),
        [
          part.tiles.map(({ value, tone = "plain" }) => `${signs[tone]}**${text(value)}**`),
          part.tiles.map(({ note }) => text(note)),
        ],
      );
    case "table":
      return table(part);
    case "columns":
      return chart(part);
    case "terms":
      return [
        "### Words",
        "",
        ...part.terms.map(([term, meaning]) => `- **${text(term)}**: ${text(meaning)}`),
      ].join("\n");
    case "commands":
      return part.commands.map(([command, what]) => `- \`${command}\`: ${text(what)}`).join("\n");
  }
}

function table({ title, lead, columns, rows: body, empty, note }: Table): string {
  const head = `### ${text(title)}${lead ? `\n\n${text(lead)}` : ""}`;
  const foot = note ? `\n\n${text(note)}` : "";
  if (body.length === 0) return `${head}\n\n${text(empty)}${foot}`;
  const names = columns.map((column) => column.title);
  return `${head}\n\n${rows(
    names,
    columns.map(({ align }) => align ?? ""),
    body.map((row) => row.map(cell)),
  )}${foot}`;
}

const rows = (
  head: readonly string[],
  align: readonly string[],
  body: readonly (readonly string[])[],
): string =>
  [head, align.map((side) => (side === "right" ? "---:" : "---")), ...body]
    .map((row) => `| ${row.join(" | ")} |`)
    .join("\n");

/** Bars lie on their side here; a picture would need a file of its own. */
function chart({ title, unit, points }: ColumnChart): string {
  const most = Math.max(...points.map(({ value }) => value), 0);
  const label = (value: number) => (unit === "usd" ? usd(value) : number(value));
  const width = Math.max(...points.map((point) => point.label.length), 0);
  const lines = points.map(
    (point) =>
      `${point.label.padEnd(width)} ${textBar(most === 0 ? 0 : point.value / most, 40).padEnd(40)} ${label(point.value)}`,
  );
  return `### ${text(title)}\n\n\`\`\`text\n${lines.join("\n")}\n\`\`\``;
}

function cell(value: Cell): string {
  if (typeof value === "string") return text(value);
  if ("badge" in value) return `${signs[value.tone]}${text(value.badge)}`;
  if ("code" in value) return code(value.code);
  if ("strong" in value)
    return `**${text(value.strong)}**${value.text === "" ? "" : `<br>${text(value.text)}`}`;
  if ("bar" in value) return `${textBar(value.bar, 12)} ${text(value.text)}`.trim();
  return value.list.map(({ mark, text: words }) => `${mark} ${text(words)}`).join("<br>");
}

/** A backtick would end it, a bar the cell. */
const code = (value: string): string =>
  `\`${value.replaceAll("`", "'").replaceAll("|", "\\|").replace(/\s+/g, " ")}\``;
