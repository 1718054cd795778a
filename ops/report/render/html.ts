import { readFileSync } from "node:fs";
import type { Block, Cell, Column, ReportDocument, Section, Table } from "../document.ts";
import { columnChart } from "./column-chart.ts";
import { escapeHtml as text } from "./escape.ts";

/** The report as one HTML file that needs nothing else: no script, no font, no address. */
export function toHtml({ title, subtitle, facts, sections }: ReportDocument): string {
  const css = readFileSync(new URL("report.css", import.meta.url), "utf8");
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<title>${text(title)}: ${text(subtitle)}</title>
<style>
${css}</style>
</head>
<body>
<header>
<p class="brand">Cerberus Gateway</p>
<h1>${text(title)}</h1>
<p class="subtitle">${text(subtitle)}</p>
<dl>${facts.map(([label, value]) => `<div><dt>${text(label)}</dt><dd>${text(value)}</dd></div>`).join("")}</dl>
</header>
<nav aria-label="Contents"><ol>${sections.map(({ id, title: name }) => `<li><a href="#${id}">${text(name)}</a></li>`).join("")}</ol></nav>
<main>
${sections.map(section).join("\n")}
</main>
</body>
</html>
`;
}

const section = ({ id, title, intro, blocks }: Section): string =>
  `<section id="${id}">
<h2>${text(title)}</h2>
<p class="intro">${text(intro)}</p>
${blocks.map(block).join("\n")}
</section>`;

function block(part: Block): string {
  switch (part.kind) {
    case "paragraph":
      return `<p>${text(part.text)}</p>`;
    case "callout":
      return `<div class="callout ${part.tone}"><strong>${text(part.title)}</strong><p>${text(part.text)}</p></div>`;
    case "tiles":
      return `<div class="tiles">${part.tiles
        .map(
          ({ label, value, note, tone = "plain" }) =>
            `<div class="tile ${tone}"><span class="label">${text(label)}</span><span class="value">${text(value)}</span><span class="note">${text(note)}</span></div>`,
        )
        .join("")}</div>`;
    case "table":
      return table(part);
    case "columns":
      return `<figure><figcaption>${text(part.title)}</figcaption>${columnChart(part)}</figure>`;
    case "terms":
      return `<h3>Words</h3><dl class="terms">${part.terms.map(([term, meaning]) => `<dt>${text(term)}</dt><dd>${text(meaning)}</dd>`).join("")}</dl>`;
    case "commands":
      return `<ul class="commands">${part.commands.map(([command, what]) => `<li><code>${text(command)}</code><span>${text(what)}</span></li>`).join("")}</ul>`;
  }
}

function table({ title, lead, columns, rows, empty, note }: Table): string {
  const above = `<h3>${text(title)}</h3>${lead ? `<p class="intro">${text(lead)}</p>` : ""}`;
  const foot = note ? `<p class="table-note">${text(note)}</p>` : "";
  if (rows.length === 0) return `${above}<p class="empty">${text(empty)}</p>${foot}`;
  const head = columns.map((column) => `<th scope="col"${look(column)}>${text(column.title)}</th>`).join("");
  const body = rows.map(
    (row) => `<tr>${row.map((value, i) => `<td${alignment(columns[i])}>${cell(value)}</td>`).join("")}</tr>`,
  );
  const short = rows.length <= 6 ? ' class="short"' : "";
  return `${above}<table${short}><thead><tr>${head}</tr></thead><tbody>
${body.join("\n")}
</tbody></table>${foot}`;
}

const alignment = (column: Column | undefined): string => (column?.align ? ' class="right"' : "");
const look = (column: Column): string =>
  alignment(column) + (column.width ? ` style="width:${column.width}%"` : "");

function cell(value: Cell): string {
  if (typeof value === "string") return breakable(value);
  if ("badge" in value) return `<span class="badge ${value.tone}">${text(value.badge)}</span>`;
  if ("code" in value) return `<code>${text(value.code)}</code>`;
  if ("strong" in value)
    return `<strong>${breakable(value.strong)}</strong><span class="small">${text(value.text)}</span>`;
  if ("bar" in value) {
    const length = Math.round(value.bar * 1000) / 10;
    return `<div class="bar"><svg viewBox="0 0 100 10" preserveAspectRatio="none" aria-hidden="true"><rect class="track" width="100" height="10"/><rect class="column" width="${length}" height="10"/></svg><span>${text(value.text)}</span></div>`;
  }
  return `<ul class="marks">${value.list
    .map(
      ({ mark, text: words }) =>
        `<li><span class="mark m${marks[mark] ?? ""}">${mark}</span><span>${text(words)}</span></li>`,
    )
    .join("")}</ul>`;
}

/** A long name may be broken anywhere; breaking short ones would only look odd. */
const breakable = (words: string): string =>
  /\S{25}/.test(words) ? `<span class="long">${text(words)}</span>` : text(words);

const marks: Readonly<Record<string, string>> = { "✓": "yes", "✗": "no" };
