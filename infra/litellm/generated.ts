import { readFileSync } from "node:fs";

/** Facts of one LiteLLM release, as `npm run litellm:keys` extracted them from its package. */
export function generated<T>(release: string, what: "keys" | "models" | "values"): T {
  const file = new URL(`known/${release}/${what}.generated.json`, import.meta.url);
  return JSON.parse(readFileSync(file, "utf8")) as T;
}
