import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import type { GatewayError } from "../errors.ts";
import type { Category } from "./content.ts";
import { clean, fold, wordsOf } from "./normalise.ts";
import { limitOutput } from "./output-tokens.ts";
import { Safety } from "./safety.ts";
import { type Entry, type Usage, worstCost } from "./worst-cost.ts";

// The vectors that plugins/tests/safety/test_vectors.py runs too. Left out, because this client sends chat completions only:
// limits of other endpoints' own fields, and costs of what is priced by piece (images, sound, documents) or writes no text.
const otherEndpoints = new Set(["responses", "messages", "gemini", "completion", "embedding"]);
const otherPrices = new Set(["embedding", "image", "speech", "transcription", "rerank", "other"]);

interface Vectors {
  readonly matching: (Category & {
    readonly name: string;
    readonly blocked: string[];
    readonly text: string;
    readonly expected: string | null;
  })[];
  readonly words: { readonly text: string; readonly words: string[] }[];
  readonly token_limits: {
    readonly name: string;
    readonly kind: string;
    readonly body: Record<string, unknown>;
    readonly limit: number;
    readonly expected: { readonly set: object } | { readonly code: string };
  }[];
  readonly cost: {
    readonly name: string;
    readonly entry: Entry;
    readonly usage: Record<string, number | boolean | string> & { readonly kind: string };
    readonly usd: number | null;
  }[];
}

const file = new URL("../../../plugins/vectors/safety.json", import.meta.url);
const vectors = JSON.parse(readFileSync(file, "utf8")) as Vectors;

function failure(work: () => unknown): Partial<GatewayError> {
  try {
    work();
  } catch (error) {
    return error as GatewayError;
  }
  return {};
}

describe("matching", () => {
  test.each(vectors.matching)("$name", ({ blocked, keywords, patterns, text, expected }) => {
    const own = { ...(keywords ? { keywords } : {}), ...(patterns ? { patterns } : {}) };
    const safety = new Safety({ blockedContentTypes: blocked, categories: { internal: own } });
    const error = failure(() => safety.check({ model: "m", messages: [{ role: "user", content: text }] }));
    expect(error.details?.["category"] ?? null).toBe(expected);
    expect(error.kind).toBe(expected === null ? undefined : "content-blocked");
  });
});

test.each(vectors.words)("words of $text", ({ text, words }) => {
  expect(wordsOf(fold(clean(text)))).toEqual(words);
});

describe("token limits", () => {
  const ours = vectors.token_limits.filter(({ kind }) => !otherEndpoints.has(kind));
  test.each(ours)("$name", ({ body, limit, expected }) => {
    if ("code" in expected) expect(failure(() => limitOutput(body, limit)).code).toBe(expected.code);
    else expect(limitOutput(body, limit)).toEqual({ ...body, ...expected.set });
  });
});

describe("cost", () => {
  const ours = vectors.cost.filter(({ usage }) => !otherPrices.has(usage.kind));
  test.each(ours)("$name", ({ entry, usage: given, usd }) => {
    const usage = Object.fromEntries(
      Object.entries(given).map(([name, value]) => [
        name.replace(/_(.)/g, (_, c: string) => c.toUpperCase()),
        value,
      ]),
    ) as unknown as Usage;
    const cost = worstCost(entry, usage);
    if (usd === null) expect(cost).toBeUndefined();
    else expect(cost).toBeCloseTo(usd, 12);
  });
});

test("no vector is left out unsaid", () => {
  for (const { kind } of vectors.token_limits) expect(["chat", ...otherEndpoints]).toContain(kind);
  for (const { usage } of vectors.cost)
    expect(["chat", "messages", "responses", ...otherPrices]).toContain(usage.kind);
});
