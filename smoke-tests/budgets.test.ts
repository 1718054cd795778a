import { afterAll, expect, test } from "vitest";
import { linesOf } from "./audit-log.ts";
import { administer, call, chatBody, fresh, lookAt, model, stack } from "./gateway.ts";

/**
 * Room for one, whose most is reckoned with 1,000 tokens of input and some, and for what four of them really cost: most of many
 * are refused, even where each has its answer before the next is asked for.
 */
const budgetUsd = 0.0014;
const made: string[] = [];

afterAll(async () => {
  if (made.length > 0) await administer("/key/delete", { keys: made });
});

/** A key of this test's, for the built-in model or the agents'. */
async function key(limits: object): Promise<string> {
  const answer = await administer<{ key: string }>("/key/generate", {
    key_alias: fresh("smoke-budget").replace(" ", "-"),
    models: [model],
    ...limits,
  });
  made.push(answer.key);
  return answer.key;
}

const askAtOnce = (own: string, count: number): Promise<Response[]> =>
  Promise.all(
    Array.from({ length: count }, () =>
      call("/v1/chat/completions", {
        key: own,
        body: chatBody(fresh("smoke budget"), { max_tokens: 32 }),
      }),
    ),
  );

/** The audit log, where one is kept, says why the first of the refused was refused. */
async function expectOnRecord(answers: readonly Response[], event: string): Promise<void> {
  if (stack.auditLog === null) return;
  const refused = answers.find(({ status }) => status === 429);
  const [line] = await linesOf(refused?.headers.get("x-litellm-call-id") ?? null);
  expect(line?.event_type, lookAt("audit")).toBe(event);
}

// Only with the built-in model: a provider's would be paid for.
test.runIf(stack.demoModel !== null)("a key's budget is not exceeded by many requests at once", async () => {
  const answers = await askAtOnce(await key({ max_budget: budgetUsd }), 20);
  const spent = answers
    .filter(({ status }) => status === 200)
    .reduce((sum, { headers }) => sum + Number(headers.get("x-litellm-response-cost")), 0);
  expect(
    answers.some(({ status }) => status === 429),
    lookAt("litellm-1"),
  ).toBe(true);
  expect(spent, "USD").toBeGreaterThan(0);
  expect(spent, "USD").toBeLessThanOrEqual(budgetUsd);
  await expectOnRecord(answers, "budget_denied");
});

test.runIf(stack.demoModel !== null)("a rate limit is exact, whichever replica counts", async () => {
  const answers = await askAtOnce(await key({ rpm_limit: 3 }), 12);
  expect(answers.filter(({ status }) => status === 200)).toHaveLength(3);
  expect(answers.filter(({ status }) => status === 429)).toHaveLength(9);
  await expectOnRecord(answers, "rate_limited");
});
