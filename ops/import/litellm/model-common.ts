import { knownModel } from "../../../infra/litellm/known-models.ts";
import type { Entry, Row } from "../draft.ts";
import { given } from "../plain.ts";
import type { Parameters } from "./row.ts";

export interface RowParts {
  readonly row: Parameters;
  readonly params: Parameters;
  readonly info: Parameters;
}

/** What every deployment may say, whoever its provider is; the table's right side is LiteLLM's name. */
export function commonFields({ row, params, info }: RowParts): Row {
  const input = params.number("input_cost_per_token") ?? info.number("input_cost_per_token");
  const output = params.number("output_cost_per_token") ?? info.number("output_cost_per_token");
  const maxUsd = params.number("max_budget");
  const budgetPeriod = params.text("budget_duration");
  return given({
    defaultMaxTokens: params.whole("max_tokens"),
    price:
      input === undefined && output === undefined
        ? undefined
        : { inputUsdPerToken: input ?? 0, outputUsdPerToken: output ?? 0 },
    requestsPerMinute: params.whole("rpm") ?? row.whole("rpm"),
    tokensPerMinute: params.whole("tpm") ?? row.whole("tpm"),
    maxParallelRequests: params.whole("max_parallel_requests"),
    weight: params.whole("weight"),
    order: params.whole("order"),
    timeoutSeconds: params.whole("timeout"),
    budget: maxUsd === undefined ? undefined : { maxUsd, period: budgetPeriod ?? "30d" },
  });
}

/** The kind of calls: as written, else as LiteLLM's own map has it. */
export function modeOf(info: Parameters, litellmModel: string): { mode?: string; guessed: boolean } {
  const written = info.text("mode");
  if (written !== undefined) return { guessed: false, ...(written === "chat" ? {} : { mode: written }) };
  const known = knownModel(litellmModel)?.mode;
  return known === undefined || ["chat", "completion", "responses"].includes(known)
    ? { guessed: false }
    : { mode: known, guessed: true };
}

/** A server of one's own costs nothing per token; without a price its calls would be refused. */
export function withOwnPrice(value: Row, { notes }: Pick<Entry<Row>, "notes">): Row {
  if (value["price"] !== undefined) return value;
  notes.push("runs on hardware of your own: a price of zero, since calls without a price are refused");
  return { ...value, price: { inputUsdPerToken: 0, outputUsdPerToken: 0 } };
}
