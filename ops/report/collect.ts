import { outcomeOf } from "../audit/events.ts";
import { isOfTeam } from "../audit/filters.ts";
import type { LogSource } from "../audit/log-folder.ts";
import { noneUnreadable, recordsOf } from "../audit/records.ts";
import type { Verification } from "../audit/verify.ts";
import { asTimestamp } from "../audit/when.ts";
import { Approvals, Decisions } from "./collect/decisions.ts";
import { History } from "./collect/history.ts";
import { Usage } from "./collect/usage.ts";
import type { Configuration } from "./configuration.ts";
import { evaluate } from "./controls/evaluate.ts";
import type { Budget, ReportData } from "./data.ts";
import type { Scope } from "./range.ts";

/** Reads the log once and works out everything the report says; the same log, scope and configuration give the same result. */
export async function collect(
  source: LogSource,
  scope: Scope,
  verification: Verification,
  configuration: Configuration | null,
): Promise<ReportData> {
  const usage = new Usage(scope);
  const decisions = new Decisions();
  const approvals = new Approvals(scope.team);
  const history = new History();
  const budget = budgetOf(configuration);
  const budgetFrom = budget && asTimestamp(Date.parse(scope.to) - periodMs(budget.period));
  let spent = 0;
  const unreadable = noneUnreadable();
  await using log = await source.open();
  for await (const batch of recordsOf(log.files, unreadable)) {
    for (const { line } of batch) {
      if (line.timestamp >= scope.to) continue;
      if (budgetFrom !== null && line.timestamp >= budgetFrom && outcomeOf(line.event_type)) {
        spent += line.data.cost_usd ?? 0;
      }
      if (line.timestamp < scope.from) continue;
      history.add(line);
      approvals.add(line);
      if (scope.team !== null && !isOfTeam(line, scope.team)) continue;
      usage.add(line);
      decisions.add(line);
    }
  }
  return {
    stack: verification.stack ?? "(empty log)",
    scope,
    totals: usage.totals(),
    over_time: { step: usage.step, points: usage.points() },
    by_team: usage.teams.sorted(),
    by_user: usage.users.sorted(),
    by_model: usage.models.sorted(),
    denials: decisions.denials(),
    guardrails: decisions.guardrails(),
    approvals: approvals.list(),
    budget: budget && { ...budget, spent_usd: spent },
    changes: history.result(),
    verification,
    retention: {
      days: configuration?.cerberus.writer?.retention_days ?? null,
      oldest: verification.first?.timestamp ?? null,
      newest: verification.last?.timestamp ?? null,
    },
    controls: evaluate({ configuration, verification }),
    unreadable_lines: unreadable.count,
  };
}

/** The gateway's own budget, as LiteLLM enforces it. */
function budgetOf(configuration: Configuration | null): Omit<Budget, "spent_usd"> | null {
  const { max_budget: limit, budget_duration: period } = configuration?.config.litellm_settings ?? {};
  return typeof limit === "number" && typeof period === "string" && periodMs(period) > 0
    ? { limit_usd: limit, period }
    : null;
}

const units: Readonly<Record<string, number>> = {
  s: 1000,
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
  mo: 30 * 86_400_000,
};

/** Length of a period such as 30d; a month counts as 30 days. */
function periodMs(period: string): number {
  const [, amount, unit = ""] = /^(\d+)(s|m|h|d|mo)$/.exec(period) ?? [];
  return Number(amount) * (units[unit] ?? Number.NaN);
}
