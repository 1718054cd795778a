import { readFileSync } from "node:fs";
import { writeFileAtomic } from "../../ops/files.ts";

// Writes what an unpacked LiteLLM package knows of models: prices, modes and last days.
// usage: node scripts/litellm-keys/known-models.ts <folder that holds litellm/> <file to write>

interface Entry {
  readonly input_cost_per_token?: number;
  readonly output_cost_per_token?: number;
  readonly mode?: string;
  readonly deprecation_date?: string;
}

/** Any price field at all: images, characters, seconds and pages are priced by others than tokens. */
const isPriced = (entry: Entry): boolean =>
  Object.entries(entry).some(([key, value]) => key.includes("cost") && typeof value === "number");

const [folder, target] = process.argv.slice(2);
if (!folder || !target)
  throw new Error("name the folder that holds the unpacked litellm package, and a file");
const map = JSON.parse(
  readFileSync(`${folder}/litellm/model_prices_and_context_window_backup.json`, "utf8"),
) as Record<string, Entry>;
const lines = Object.entries(map)
  .filter(([name]) => name !== "sample_spec")
  .sort(([a], [b]) => (a < b ? -1 : 1))
  .map(([name, entry]) => {
    const fact = {
      ...(isPriced(entry) ? { priced: true } : {}),
      ...(entry.mode ? { mode: entry.mode } : {}),
      ...(entry.deprecation_date ? { until: entry.deprecation_date } : {}),
    };
    return `${JSON.stringify(name)}:${JSON.stringify(fact)}`;
  });
writeFileAtomic(target, `{\n${lines.join(",\n")}\n}\n`, 0o644);
