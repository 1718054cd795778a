import { number, usd } from "../../audit/words.ts";
import type { ColumnChart } from "../document.ts";
import { escapeHtml } from "./escape.ts";

const width = 720;
const height = 190;
const left = 58;
const bottom = 24;
const top = 10;
const plotWidth = width - left - 8;
const plotHeight = height - top - bottom;

/** Smallest of 1, 2, 2.5, 5 times a power of ten that is not below the value. */
export function niceCeiling(value: number): number {
  if (value <= 0) return 1;
  const power = 10 ** Math.floor(Math.log10(value));
  return ([1, 2, 2.5, 5].find((step) => step * power >= value) ?? 10) * power;
}

/** A column for each point, as SVG that needs nothing around it but the page's colours. */
export function columnChart({ title, unit, points }: ColumnChart): string {
  const label = (value: number) => (unit === "usd" ? usd(value) : number(value));
  const ceiling = niceCeiling(Math.max(...points.map(({ value }) => value), 0));
  const y = (value: number) => round(top + plotHeight * (1 - value / ceiling));
  const slot = plotWidth / Math.max(1, points.length);
  const barWidth = round(Math.min(36, slot * 0.72));
  const every = Math.ceil(points.length / 16);
  const grid = (unit === "count" && ceiling < 4 ? [0, 1] : [0, 0.25, 0.5, 0.75, 1]).map((share) => {
    const at = y(ceiling * share);
    return `<line class="grid" x1="${left}" x2="${width - 8}" y1="${at}" y2="${at}"/><text class="axis" x="${left - 8}" y="${at + 4}" text-anchor="end">${label(ceiling * share)}</text>`;
  });
  const columns = points.map((point, i) => {
    const middle = round(left + slot * (i + 0.5));
    const at = y(point.value);
    const bar = `<rect class="column" x="${round(middle - barWidth / 2)}" y="${at}" width="${barWidth}" height="${round(top + plotHeight - at)}" rx="1.5"><title>${escapeHtml(point.label)}: ${label(point.value)}</title></rect>`;
    const text =
      i % every === 0
        ? `<text class="axis" x="${middle}" y="${height - 7}" text-anchor="middle">${escapeHtml(point.label)}</text>`
        : "";
    return bar + text;
  });
  const most = points.reduce((a, b) => (b.value > a.value ? b : a), points[0] ?? { label: "", value: 0 });
  const said = `${title}: ${points.length} columns, the highest ${label(most.value)} at ${most.label}`;
  return `<svg viewBox="0 0 ${width} ${height}" role="img" aria-label="${escapeHtml(said)}">${grid.join("")}${columns.join("")}</svg>`;
}

const round = (value: number): number => Math.round(value * 100) / 100;
