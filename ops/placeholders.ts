import { namedVariables } from "../infra/settings/variables.ts";
import { providerVariables } from "../infra/settings/schema/provider-variables.ts";

/** Long enough for a key, and an address for those that must be one. */
const placeholder = "https://provider.invalid";

/**
 * A value for every variable that definitions may ask for, so that all their models count as set up.
 * @param definitions as they are written, right or wrong
 */
export function placeholderProviders(definitions: unknown): Record<string, string> {
  const names = providerVariables(namedVariables(definitions));
  return Object.fromEntries(names.map((name) => [name, placeholder]));
}
