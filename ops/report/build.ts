import { amount, number, usd } from "../audit/words.ts";
import type { ReportData } from "./data.ts";
import type { ReportDocument, Section, Tile } from "./document.ts";
import { controlsSection } from "./section-controls.ts";
import { budgetSection, denialsSection, guardrailsSection, usageSection } from "./sections.ts";
import { approvalsSection, changesSection, recordSection } from "./sections-record.ts";
import { percent, rangeWords } from "./words.ts";

/** Lays out what a report says. */
export function buildDocument(data: ReportData): ReportDocument {
  const { stack, scope, verification } = data;
  return {
    title: "AI gateway compliance report",
    subtitle: `${rangeWords(scope)}${scope.team === null ? "" : `, team ${scope.team}`}`,
    facts: [
      ["Stack", stack],
      ["Teams", scope.team ?? "all"],
      ["Record", verification.intact ? "intact" : "NOT intact"],
      [
        "Newest line",
        verification.last ? `no. ${verification.last.seq}, ${verification.last.hash.slice(0, 12)}…` : "none",
      ],
    ],
    sections: [
      summary(data),
      usageSection(data),
      budgetSection(data),
      denialsSection(data),
      guardrailsSection(data),
      approvalsSection(data),
      changesSection(data),
      recordSection(data),
      controlsSection(data),
      appendix(data),
    ],
  };
}

function summary(data: ReportData): Section {
  const { totals, verification, approvals, budget, controls, unreadable_lines: unreadable } = data;
  const waiting = approvals.filter(({ decision }) => decision === "none").length;
  const judged = controls.filter(({ state }) => state !== "outside" && state !== "unknown");
  const on = judged.filter(({ state }) => state === "on").length;
  const tiles: Tile[] = [
    {
      label: "Record",
      value: verification.intact ? "Intact" : "Damaged",
      note: `${amount(verification.lines, "line")} checked`,
      tone: verification.intact ? "good" : "bad",
    },
    {
      label: "Model calls",
      value: number(totals.calls),
      note: `${number(totals.prompt_tokens + totals.completion_tokens)} tokens`,
    },
    {
      label: "Spend",
      value: usd(totals.cost_usd),
      note:
        budget === null
          ? "budget not known"
          : `${percent(budget.spent_usd, budget.limit_usd)} of ${usd(budget.limit_usd)} per ${budget.period}`,
    },
    {
      label: "Refused",
      value: number(totals.denials),
      note: `${percent(totals.denials, totals.calls + totals.denials)} of all requests`,
    },
    { label: "Approvals", value: number(approvals.length), note: `${number(waiting)} not decided` },
    {
      label: "Controls",
      value: judged.length === 0 ? "–" : `${on} of ${judged.length}`,
      note: judged.length === 0 ? "no configuration given" : "with every measure on",
    },
  ];
  return {
    id: "summary",
    title: "Summary",
    intro:
      "Applications and agents of this organisation reach language models of several providers through one gateway. It checks who asks, what may be asked and what it may cost, and keeps a record of every request that cannot be changed without trace. This report is made from that record and the configuration of the gateway; it holds no text of prompts or answers.",
    blocks: [
      { kind: "tiles", tiles },
      ...(unreadable > 0
        ? [
            {
              kind: "callout",
              tone: "warn",
              title: "Not all lines could be read",
              text: `Left out of the figures, because unreadable: ${amount(unreadable, "line")}.`,
            } as const,
          ]
        : []),
    ],
  };
}

function appendix({ stack, scope }: ReportData): Section {
  return {
    id: "appendix",
    title: "How to check this report",
    intro: "The report can be made again, byte for byte, from the same log, configuration and range.",
    blocks: [
      {
        kind: "commands",
        commands: [
          [`npm run audit -- verify --stack ${stack}`, "checks the whole record"],
          [
            `npm run audit -- query --stack ${stack} --since ${scope.from} --until ${scope.to}`,
            "shows the lines behind the figures",
          ],
          [
            `npm run report -- --stack ${stack} --from ${scope.from} --to ${scope.to}${scope.team === null ? "" : ` --team '${scope.team}'`} --format html`,
            "makes this report",
          ],
        ],
      },
      {
        kind: "terms",
        terms: [
          ["Gateway", "The one door through which all requests to language models go."],
          [
            "Model",
            "A language model of a provider, such as OpenAI or Anthropic, or one that runs in-house.",
          ],
          [
            "Token",
            "The unit in which models read and write, about three quarters of an English word; prices are per token.",
          ],
          [
            "Key",
            "What a program or person shows to be let in. Each belongs to a team or user and has limits of its own.",
          ],
          ["Guardrail", "A check of what goes in or comes out: content, personal data, secrets, tools."],
          ["Audit log", "The record: one line for each event, in order, none of them ever changed."],
          [
            "Checkpoint",
            "A signature over everything recorded so far, made by a key that only the writer of the log has.",
          ],
          ["Stack", "One installation of the gateway, such as dev, staging or prod."],
        ],
      },
    ],
  };
}
