import { generated } from "./generated.ts";

const kinds = ["providers", "guardrailTypes", "callbacks", "prebuiltPatterns", "categories"] as const;

/** Names out of one LiteLLM release's own lists. */
export type KnownValues = Readonly<Record<(typeof kinds)[number], ReadonlySet<string>>>;

const read = new Map<string, KnownValues>();

export function knownValues(release: string): KnownValues {
  let values = read.get(release);
  if (!values) {
    const lists = generated<Record<string, readonly string[]>>(release, "values");
    const sets = kinds.map((kind) => [kind, new Set(lists[kind])] as const);
    values = Object.fromEntries(sets) as unknown as KnownValues;
    read.set(release, values);
  }
  return values;
}
