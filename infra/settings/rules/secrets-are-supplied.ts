import type { Problem } from "../errors.ts";
import type { Settings } from "../parse.ts";
import { notSupplied, requiredReferences } from "../variables.ts";

/** A secret that is named and not there: LiteLLM would take null for it and find out at the first call. */
export function secretsAreSupplied(settings: Settings): Problem[] {
  const supplied = new Set(settings.secretVariables);
  return requiredReferences(settings)
    .filter(({ variable }) => !supplied.has(variable))
    .map(({ variable, steps: [section, which] }) =>
      notSupplied(variable, `${String(section)}[${String(which)}] needs it`),
    );
}
