import type { Settings } from "../settings/parse.ts";

/** The file's name, beside config.yaml: apart from cerberus.json, since another budget is no reason to restart the audit writer. */
export const budgetsFile = "budgets.json";

/** Text of budgets.json, which the budget guard reads (plugins/cerberus_gateway/budgets/settings.py). */
export function renderBudgets({ budget, providerBudgets, requestTimeoutSeconds }: Settings): string {
  const providers = Object.entries(providerBudgets)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([provider, { maxUsd, period }]) => ({
      name: `provider-${provider}`,
      provider,
      max_usd: maxUsd,
      period,
    }));
  const gateway = { name: "gateway", provider: null, max_usd: budget.maxUsd, period: budget.period };
  const value = { budgets: [gateway, ...providers], request_timeout_seconds: requestTimeoutSeconds };
  return `${JSON.stringify(value, null, 2)}\n`;
}
