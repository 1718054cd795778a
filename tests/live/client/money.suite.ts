import { describe, expect, test } from "vitest";
import { ask, demo, images, type User } from "./user.ts";

/** What the client says of costs, beside what the gateway says and takes. */
export function money(user: () => User): void {
  describe("money", () => {
    test("an estimate is the gateway's own, and what is spent is no more", async () => {
      const request = ask();
      const { inputTokens, outputTokens, estimatedCostUsd } = await user().adapter().getCostEstimate(request);
      const theirs = await user().admin<{ cost_per_request: number }>("/cost/estimate", {
        ...{ model: demo, input_tokens: inputTokens, output_tokens: outputTokens },
      });
      expect(estimatedCostUsd).toBeCloseTo(theirs.cost_per_request, 12);
      const { gateway, usage } = await user().adapter().completeChat(request);
      expect(gateway.costUsd).toBeCloseTo(
        (usage?.prompt_tokens ?? 0) * 1e-6 + (usage?.completion_tokens ?? 0) * 2e-6,
        12,
      );
      expect(gateway.costUsd).toBeLessThanOrEqual(estimatedCostUsd);
    });

    test.each([false, true])(
      "the worst case is what the gateway's rules go by (streamed: %s)",
      async (stream) => {
        const request = { ...images(110), stream };
        const { worstCaseUsd } = await user().adapter().getCostEstimate(request);
        const sent = stream
          ? user().adapter().streamChat(request).next()
          : user().adapter().completeChat(request);
        expect(await user().failure(sent)).toMatchObject({
          estimateUsd: expect.closeTo(worstCaseUsd ?? 0, 9),
        });
      },
    );

    test("the key's budget and spend", async () => {
      const own = user().adapter({ apiKey: await user().keyWith({ max_budget: 3 }) });
      expect(await own.checkBudgetLimit(2.9)).toMatchObject({ withinBudget: true, spentUsd: 0 });
      expect(await own.checkBudgetLimit(3.1)).toMatchObject({ withinBudget: false, remainingBudgetUsd: 3 });
    });
  });
}
