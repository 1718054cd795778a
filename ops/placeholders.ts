import { namedVariables } from "../infra/settings/gateway.ts";
import { isSecretVariable, providerVariables } from "../infra/settings/schema/provider-variables.ts";

/**
 * A value for every variable that definitions may ask for, so that all their models count as set up.
 * @param definitions as they are written, right or wrong
 */
export function placeholderProviders(definitions: unknown): Record<string, string> {
  const names = providerVariables(namedVariables(definitions));
  return Object.fromEntries(
    names.map((name) => [
      name,
      isSecretVariable(name) ? "placeholder-and-no-key" : "https://provider.invalid",
    ]),
  );
}
