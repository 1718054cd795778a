import * as z from "zod";
import type { StackOutputs } from "../../infra/outputs.ts";
import { UserError } from "../../infra/settings/errors.ts";

/** What is used of a row of LiteLLM's spend log. */
const Row = z.looseObject({
  request_id: z.string(),
  spend: z.number().nullish(),
  total_tokens: z.number().nullish(),
  startTime: z.iso.datetime({ offset: true }),
  model: z.string().nullish(),
  model_group: z.string().nullish(),
  api_key: z.string().nullish(),
  user: z.string().nullish(),
  team_id: z.string().nullish(),
  metadata: z.preprocess(
    (value) => (typeof value === "string" ? JSON.parse(value) : value),
    z
      .looseObject({
        litellm_call_id: z.string().nullish(),
        user_api_key_alias: z.string().nullish(),
        user_api_key_team_alias: z.string().nullish(),
      })
      .nullish(),
  ),
});
const Page = z.looseObject({ data: z.array(Row), total_pages: z.int() });

/** One call that LiteLLM booked. */
export interface Booked {
  /** The call's id in the audit log. */
  readonly callId: string;
  readonly usd: number;
  readonly tokens: number;
  /** When it began, ms since 1970. */
  readonly startMs: number;
  readonly team: string;
  readonly user: string;
  readonly model: string;
  readonly key: string;
}

export const dimensions = ["team", "user", "model", "key"] as const;
export type Dimension = (typeof dimensions)[number];

/** Rows of a page; each may be 10 KiB. */
const pageSize = 500;

/**
 * Everything LiteLLM booked between two moments, oldest first.
 * @throws UserError when the gateway does not answer, or in another form
 */
export async function* bookedCalls(
  { urls, masterKey }: Pick<StackOutputs, "urls" | "masterKey">,
  fromMs: number,
  toMs: number,
): AsyncGenerator<Booked[]> {
  for (let page = 1; ; page++) {
    const query = new URLSearchParams({
      start_date: asLitellm(fromMs),
      end_date: asLitellm(toMs),
      sort_by: "startTime",
      sort_order: "asc",
      page: `${page}`,
      page_size: `${pageSize}`,
    });
    const { data, total_pages } = await pageOf(`${urls.api}/spend/logs/v2?${query.toString()}`, masterKey);
    yield data.map(toBooked);
    if (page >= total_pages) return;
  }
}

async function pageOf(url: string, masterKey: string): Promise<z.infer<typeof Page>> {
  const response = await fetch(url, {
    headers: { authorization: `Bearer ${masterKey}` },
    signal: AbortSignal.timeout(120_000),
  }).catch((error: unknown) => {
    throw new UserError(`the gateway does not answer: ${String(error)}`, "see that it runs: npm run smoke");
  });
  const text = await response.text();
  if (response.status !== 200)
    throw new UserError(
      `the gateway refused its spend log: ${response.status} ${text.slice(0, 200)}`,
      "run pulumi up",
    );
  const parsed = Page.safeParse(JSON.parse(text));
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0];
  throw new UserError(
    `the spend log has another form than expected: ${issue?.path.join(".")}: ${issue?.message}`,
    "use the LiteLLM version of images.lock.json, or correct ops/cost/spend.ts",
  );
}

/** LiteLLM takes seconds only: the moment is rounded down. */
const asLitellm = (ms: number): string => new Date(ms).toISOString().slice(0, 19).replace("T", " ");

function toBooked(row: z.infer<typeof Row>): Booked {
  const { metadata } = row;
  return {
    callId: metadata?.litellm_call_id || row.request_id,
    usd: row.spend ?? 0,
    tokens: row.total_tokens ?? 0,
    startMs: Date.parse(row.startTime),
    team: metadata?.user_api_key_team_alias || row.team_id || "(no team)",
    user: row.user || "(no user)",
    model: row.model_group || row.model || "(unknown)",
    key: metadata?.user_api_key_alias || row.api_key?.slice(0, 12) || "(unknown)",
  };
}
