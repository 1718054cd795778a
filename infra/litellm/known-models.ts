import { litellmRelease } from "../images/catalog.ts";
import { generated } from "./generated.ts";

/** What LiteLLM's bundled map says of a model. */
export interface KnownModel {
  /** Has a price of some kind, so its calls move budgets. */
  readonly priced?: true;
  /** chat, embedding, image_generation, … */
  readonly mode?: string;
  /** Last day, YYYY-MM-DD. */
  readonly until?: string;
}

const maps = new Map<string, ReadonlyMap<string, KnownModel>>();

/**
 * Looks a model up as LiteLLM does: by its full name, then without the provider's prefix.
 * @param name `provider/model`
 */
export function knownModel(name: string, release: string = litellmRelease.packages): KnownModel | undefined {
  let models = maps.get(release);
  if (!models) {
    models = new Map(Object.entries(generated<Record<string, KnownModel>>(release, "models")));
    maps.set(release, models);
  }
  return models.get(name) ?? models.get(name.slice(name.indexOf("/") + 1));
}
