/** What one chat request can cost at the most, by the same rules as plugins/cerberus_gateway/safety/{estimate,prices}.py. */

import type { Output } from "./output-tokens.ts";
import type { Survey } from "./survey.ts";

// Input tokens are bounded, not counted: no tokenizer makes more tokens of a text than it has UTF-8 bytes.
const perNode = 8;
const perRequest = 1_000;
const perTool = 1_000;
const perImage = 50_000;

/** The most that a chat request can use. */
export interface Usage {
  readonly inputTokens: number;
  /** What is sent can't be measured here, so it may fill the model's input window. */
  readonly wholeWindow?: boolean;
  /** Absent when the request names no limit: then the model's own holds. */
  readonly outputTokens?: number | undefined;
  readonly answers?: number;
  readonly caching?: boolean;
  readonly audio?: boolean;
  /** Service tier that the request names. */
  readonly tier?: string | undefined;
}

/** Prices and limits of a model, as a row of /model/info names them. */
export type Entry = Readonly<Record<string, unknown>>;

export function usageOf(body: Readonly<Record<string, unknown>>, seen: Survey, output: Output): Usage {
  const { service_tier: tier, modalities } = body;
  return {
    inputTokens:
      perRequest + seen.textBytes + perNode * seen.nodes + perTool * seen.tools + perImage * seen.images,
    wholeWindow: seen.unmeasured,
    outputTokens: output.tokens,
    answers: output.answers,
    caching: seen.caching,
    audio: seen.audio || (Array.isArray(modalities) && modalities.includes("audio")),
    tier: tier === "priority" || tier === "auto" || tier === "fast" ? "priority" : undefined,
  };
}

/** Most USD that the usage can cost at an entry; undefined when its prices don't say. */
export function worstCost(entry: Entry, usage: Usage): number | undefined {
  const window = usage.wholeWindow === true ? limitOf(entry, "max_input_tokens") : 0;
  if (window === undefined) return undefined;
  const inputTokens = Math.max(usage.inputTokens, window);
  const most = limitOf(entry, "max_output_tokens");
  const outputTokens =
    usage.outputTokens ?? (most === undefined ? undefined : Math.trunc(most) * (usage.answers ?? 1));
  const input = inputRate(entry, usage, inputTokens);
  const output = outputRate(entry, usage, inputTokens);
  if (input === undefined || output === undefined || outputTokens === undefined) return undefined;
  const fixed = Math.max(0, ...rates(entry, "input_cost_per_request", usage, 0));
  return fixed + inputTokens * input + outputTokens * output;
}

/** The dearest rate for input that could apply, in USD per token. */
export function inputRate(entry: Entry, usage: Usage, inputTokens: number): number | undefined {
  const found = [...rates(entry, "input_cost_per_token", usage, inputTokens)];
  if (found.length === 0) return undefined;
  if (usage.caching === true)
    found.push(...rates(entry, "cache_creation_input_token_cost", usage, inputTokens));
  if (usage.audio === true) found.push(...rates(entry, "input_cost_per_audio_token", usage, inputTokens));
  return Math.max(...found, ...rates(entry, "input_cost_per_image_token", usage, inputTokens));
}

/** The dearest rate for output that could apply, in USD per token. */
export function outputRate(entry: Entry, usage: Usage, inputTokens: number): number | undefined {
  const found = [...rates(entry, "output_cost_per_token", usage, inputTokens)];
  if (found.length === 0) return undefined;
  if (usage.audio === true) found.push(...rates(entry, "output_cost_per_audio_token", usage, inputTokens));
  const modalities = entry["supported_output_modalities"];
  if (entry["mode"] === "chat" && Array.isArray(modalities) && modalities.includes("image"))
    found.push(...rates(entry, "output_cost_per_image_token", usage, inputTokens));
  return Math.max(...found, ...rates(entry, "output_cost_per_reasoning_token", usage, inputTokens));
}

const tiers = new Set(["_batches", "_flex", "_priority", "_ultrafast", "_balanced"]);

/** All prices of a name that can apply: tiers by size where the input can reach them, by service where asked for. */
function* rates(entry: Entry, name: string, usage: Usage, inputTokens: number): Generator<number> {
  for (const [key, value] of Object.entries(entry)) {
    if (!key.startsWith(name) || !isPrice(value)) continue;
    const above = /_above_(\d+)k_tokens/.exec(key);
    if (above !== null && inputTokens <= Number(above[1]) * 1_000) continue;
    const rest = key
      .slice(name.length)
      .replace(above?.[0] ?? "", "")
      .replace("_above_1hr", "");
    if (rest === "" || (tiers.has(rest) && rest === `_${usage.tier}`)) yield value;
  }
  const tiered = entry["tiered_pricing"];
  for (const tier of Array.isArray(tiered) ? (tiered as Entry[]) : []) {
    const price = tier?.[name];
    if (isPrice(price)) yield price;
  }
}

/** A limit of the entry's, or the one that older entries name for both directions. */
function limitOf(entry: Entry, name: string): number | undefined {
  return [entry[name], entry["max_tokens"]].map(Number).find((value) => Number.isFinite(value) && value > 0);
}

const isPrice = (value: unknown): value is number =>
  typeof value === "number" && value >= 0 && Number.isFinite(value);
