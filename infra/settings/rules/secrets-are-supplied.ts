import type { Problem } from "../errors.ts";
import type { Settings } from "../parse.ts";
import { didYouMean } from "../problems.ts";
import { requiredReferences } from "../variables.ts";

/** A secret that is named and not there: LiteLLM would take null for it and find out at the first call. */
export function secretsAreSupplied(settings: Settings): Problem[] {
  const { secretVariables } = settings;
  const missing = requiredReferences(settings).filter(({ variable }) => !secretVariables.includes(variable));
  return missing.map(({ variable, steps: [section, which] }) => ({
    path: `providers.${variable}`,
    found: `is not set${didYouMean(variable, secretVariables)}, and ${String(section)}[${String(which)}] needs it`,
    fix: `put ${variable} into .env and run ./setup.sh, or: pulumi config set --secret --path 'providers.${variable}'`,
  }));
}
