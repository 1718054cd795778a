import { beforeAll, describe, expect, test } from "vitest";
import { canary, type LiveStack } from "./live-stack.ts";

/** Keys, cost, streams and failover, over a real connection to the test upstream. */
export function providers(stack: () => LiveStack): void {
  describe("providers", () => {
    beforeAll(() => stack().upstream.forget());

    test("the provider's key reaches the provider, and the cost is tokens times price", async () => {
      const response = await stack().chat("gpt-4o-mini", `what does it cost? ${Math.random()}`);
      expect(response.status).toBe(200);
      const { usage } = (await response.json()) as {
        usage: { prompt_tokens: number; completion_tokens: number };
      };
      // OpenAI's list prices, as in LiteLLM's bundled map: 0.15 and 0.60 USD per million tokens.
      const cost = usage.prompt_tokens * 0.15e-6 + usage.completion_tokens * 0.6e-6;
      expect(Number(response.headers.get("x-litellm-response-cost"))).toBeCloseTo(cost, 12);
      expect(await stack().upstream.seen()).toMatchObject([
        { path: "/v1/chat/completions", model: "gpt-4o-mini", key: `${canary}-openai`, maxTokens: 16 },
      ]);
    });

    test.each(["gpt-4o-mini", "claude-sonnet-4-6"])(
      "a streamed answer of %s arrives piece by piece",
      async (model) => {
        await stack().upstream.behave(model, { pieceDelayMs: 40, words: 60 });
        const response = await stack().chat(model, `stream ${Math.random()}`, { stream: true });
        const from = performance.now();
        const arrivals: number[] = [];
        let text = "";
        const decoder = new TextDecoder();
        for await (const part of response.body ?? []) {
          arrivals.push(performance.now() - from);
          text += decoder.decode(part as Uint8Array, { stream: true });
        }
        expect(text.trimEnd().endsWith("data: [DONE]")).toBe(true);
        expect(arrivals.length).toBeGreaterThan(4);
        // The output filter holds back its look-back, and no more. A gateway that buffered would hand over the first piece with the last.
        expect(arrivals[0]).toBeLessThan((arrivals.at(-1) ?? 0) / 2);
        await stack().upstream.forget();
      },
    );

    test("a provider that fails is replaced by the next one", async () => {
      await stack().upstream.behave("gpt-4o-mini", { status: 500 });
      const response = await stack().chat("gpt-4o-mini", `fail over ${Math.random()}`);
      expect(response.status, await response.clone().text()).toBe(200);
      expect(response.headers.get("x-litellm-attempted-fallbacks")).toBe("1");
      const paths = (await stack().upstream.seen()).map(({ path }) => path);
      expect(paths.at(-1)).toBe("/v1/messages");
      await stack().upstream.forget();
    });

    test("when every provider refuses, the client gets the refusal", async () => {
      await stack().upstream.behave("gpt-4o-mini", { status: 429, retryAfterSeconds: 1 });
      await stack().upstream.behave("claude-sonnet-4-6", { status: 429, retryAfterSeconds: 1 });
      expect((await stack().chat("gpt-4o-mini", `refused ${Math.random()}`)).status).toBe(429);
      await stack().upstream.forget();
    });

    test("a stream that a provider cuts off ends, without pretending to be whole", async () => {
      // The cool-down of the test before must be over.
      await expect
        .poll(async () => (await stack().chat("gpt-4o-mini", `warm ${Math.random()}`)).status, {
          timeout: 60_000,
          interval: 2_000,
        })
        .toBe(200);
      await stack().upstream.behave("gpt-4o-mini", { cutAfterPieces: 3 });
      const response = await stack().chat("gpt-4o-mini", `cut ${Math.random()}`, {
        stream: true,
        disable_fallbacks: true,
      });
      const text = await response.text().catch((error: Error) => error.message);
      expect(text.includes("data: [DONE]") && !text.includes("error")).toBe(false);
      await stack().upstream.forget();
      await expect
        .poll(async () => (await stack().chat("cerberus-demo", `alive ${Math.random()}`)).status, {
          timeout: 30_000,
        })
        .toBe(200);
    });
  });
}
