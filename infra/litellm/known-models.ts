import { readFileSync } from "node:fs";

/** What LiteLLM's bundled map says of a model (of the release in images/litellm/requirements.in). */
export interface KnownModel {
  /** Has a price of some kind, so its calls move budgets. */
  readonly priced?: true;
  /** chat, embedding, image_generation, … */
  readonly mode?: string;
  /** Last day, YYYY-MM-DD. */
  readonly until?: string;
}

let models: ReadonlyMap<string, KnownModel> | undefined;

/**
 * Looks a model up as LiteLLM does: by its full name, then without the provider's prefix.
 * @param name `provider/model`
 */
export function knownModel(name: string): KnownModel | undefined {
  models ??= readMap();
  return models.get(name) ?? models.get(name.slice(name.indexOf("/") + 1));
}

function readMap(): ReadonlyMap<string, KnownModel> {
  const file = new URL("known-models.generated.json", import.meta.url);
  const record = JSON.parse(readFileSync(file, "utf8")) as Record<string, KnownModel>;
  return new Map(Object.entries(record));
}
