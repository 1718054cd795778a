import { denials as denialWords, isDenial } from "../audit/events.ts";
import type { Sum } from "../audit/stats.ts";
import { amount, number, usd } from "../audit/words.ts";
import type { ReportData } from "./data.ts";
import type { Block, Cell, Section, Table } from "./document.ts";
import { milliseconds, moment, percent } from "./words.ts";

const rowLimit = 15;

const more = (all: number): { note?: string } =>
  all > rowLimit
    ? { note: `The first ${rowLimit} of ${number(all)}. The JSON form of this report has all of them.` }
    : {};

export function usageSection(data: ReportData): Section {
  const { totals, over_time } = data;
  const label = (start: string) => (over_time.step === "hour" ? start.slice(11, 16) : start.slice(5, 10));
  const chart = (
    title: string,
    unit: "usd" | "count",
    value: (point: ReportData["over_time"]["points"][number]) => number,
  ): Block => ({
    kind: "columns",
    title: `${title} per ${over_time.step}`,
    unit,
    points: over_time.points.map((point) => ({ label: label(point.start), value: value(point) })),
  });
  return {
    id: "usage",
    title: "Usage and spend",
    intro:
      "Every call to a model passes the gateway, which knows its price. Spend is what the providers' price lists say, at the moment of the call.",
    blocks: [
      chart("Spend", "usd", (point) => point.cost_usd),
      chart("Model calls", "count", (point) => point.calls),
      sums("By team", "team", data.by_team),
      sums("By user", "user", data.by_user),
      sums("By model", "model", data.by_model),
      {
        kind: "paragraph",
        text: `Half of the calls were answered within ${milliseconds(totals.p50_ms)}, 95 % within ${milliseconds(totals.p95_ms)}. ${percent(totals.cache_hits, totals.calls)} were answered from the cache at no cost; ${amount(totals.failures, "call")} failed at the provider, ${amount(totals.interrupted, "call")} broke off before the end.`,
      },
    ],
  };
}

function sums(title: string, what: string, list: readonly Sum[]): Table {
  const most = Math.max(...list.map(({ cost_usd }) => cost_usd), 0);
  const total = list.reduce((sum, { cost_usd }) => sum + cost_usd, 0);
  return {
    kind: "table",
    title,
    columns: [
      { title: what, width: 24 },
      { title: "spend", width: 34 },
      { title: "share", align: "right" },
      { title: "calls", align: "right" },
      { title: "tokens", align: "right" },
    ],
    rows: list
      .slice(0, rowLimit)
      .map((sum): Cell[] => [
        sum.name,
        { bar: most === 0 ? 0 : sum.cost_usd / most, text: usd(sum.cost_usd) },
        percent(sum.cost_usd, total),
        number(sum.calls),
        number(sum.total_tokens),
      ]),
    empty: "No model was called.",
    ...more(list.length),
  };
}

export function budgetSection({ budget, scope }: ReportData): Section {
  const words = {
    id: "budget",
    title: "Budget",
    intro: "The gateway refuses requests once its budget for the period is used up.",
  };
  if (budget === null) {
    return {
      ...words,
      blocks: [
        {
          kind: "paragraph",
          text: "The budget is not known: this report was made from the log alone, without the stack's configuration, or the stack has none.",
        },
      ],
    };
  }
  const share = budget.spent_usd / budget.limit_usd;
  return {
    ...words,
    blocks: [
      {
        kind: "table",
        title: "Position",
        columns: [
          { title: "budget" },
          { title: "spent by all teams", width: 40 },
          { title: "used", align: "right" },
          { title: "state" },
        ],
        rows: [
          [
            `${usd(budget.limit_usd)} per ${budget.period}`,
            { bar: Math.min(1, share), text: usd(budget.spent_usd) },
            percent(budget.spent_usd, budget.limit_usd),
            share >= 1
              ? { badge: "used up", tone: "bad" }
              : share >= 0.8
                ? { badge: "nearly used up", tone: "warn" }
                : { badge: "within", tone: "good" },
          ],
        ],
        empty: "",
        note: `Spend of the ${budget.period} before ${moment(scope.to)}, from the log. The gateway's own periods may begin at another moment.`,
      },
    ],
  };
}

export function denialsSection({ denials, totals }: ReportData): Section {
  const most = Math.max(...denials.map(({ count }) => count), 0);
  return {
    id: "refused",
    title: "Refused requests",
    intro: "Requests that did not reach a model, and why.",
    blocks: [
      {
        kind: "table",
        title: `${amount(totals.denials, "request")} refused`,
        columns: [
          { title: "reason", width: 42 },
          { title: "code", width: 22 },
          { title: "requests", width: 36 },
        ],
        rows: denials
          .slice(0, rowLimit)
          .map(({ type, code, count }): Cell[] => [
            { strong: type, text: isDenial(type) ? denialWords[type] : "" },
            code,
            { bar: count / most, text: number(count) },
          ]),
        empty: "No request was refused.",
        ...more(denials.length),
      },
    ],
  };
}

export function guardrailsSection({ guardrails }: ReportData): Section {
  const most = Math.max(...guardrails.map(({ count }) => count), 0);
  return {
    id: "guardrails",
    title: "Guardrail hits",
    intro:
      "Guardrails read requests and answers. A hit is when one of them did something: masked a part, refused the whole, or asked for approval.",
    blocks: [
      {
        kind: "table",
        title: "By guardrail",
        columns: [
          { title: "guardrail", width: 34 },
          { title: "what it did", width: 26 },
          { title: "times", width: 40 },
        ],
        rows: guardrails.slice(0, rowLimit).map(({ guardrail, action, count }): Cell[] => [
          guardrail,
          {
            badge: action.replaceAll("_", " "),
            tone: action === "error" || action === "blocked" ? "bad" : "warn",
          },
          { bar: count / most, text: number(count) },
        ]),
        empty: "No guardrail had anything to do.",
        ...more(guardrails.length),
      },
    ],
  };
}
