import { readFileSync } from "node:fs";

const source = new URL("../../plugins/cerberus_gateway/safety/categories.json", import.meta.url);
/** Where it belongs. */
export const categoriesTarget = new URL("../src/safety/categories.generated.ts", import.meta.url);

/** The module that takes the gateway's content categories over into the package; descriptions are for the gateway's documentation only. */
export function categoriesModule(): string {
  const categories = JSON.parse(readFileSync(source, "utf8")) as Record<
    string,
    { keywords: string[]; patterns: string[] }
  >;
  const rows = Object.entries(categories).map(
    ([name, { keywords, patterns }]) => `  ${name}: ${JSON.stringify({ keywords, patterns })},\n`,
  );
  return `// Generated from plugins/cerberus_gateway/safety/categories.json by npm run build:client.
import type { Category } from "./content.ts";

export const builtInCategories: Readonly<Record<string, Category>> = {
${rows.join("")}};
`;
}
