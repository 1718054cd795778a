import { isEmptyKey, isReference, isSecretName, looksSecret } from "../../secret-text.ts";
import type { Reporter, Steps } from "../finding.ts";
import { isPlain } from "../plain.ts";
import { judgeSecret } from "../weak-secrets.ts";

/** LiteLLM's syntax for a value from the environment. @returns the variable's name */
export const variableOf = (value: unknown): string | undefined =>
  typeof value === "string" ? /^os\.environ\/(\S+)$/.exec(value)?.[1] : undefined;

/** Whether a value is a secret that stands in the file itself. */
export const isLiteralSecret = (name: string, value: unknown): value is string =>
  typeof value === "string" &&
  (looksSecret(value) || (isSecretName(name) && !isReference(value) && !isEmptyKey(value)));

/** A variable's name as our definitions want it: FOO_API_KEY. */
export const asKeyVariable = (name: string): string => {
  const stem = name
    .toUpperCase()
    .replaceAll(/[^A-Z0-9_]/g, "_")
    .replace(/_?API_KEY|_?KEY/, "")
    .replace(/^[^A-Z]+/, "");
  return `${stem === "" ? "PROVIDER" : stem}_API_KEY`;
};

/** Reports every literal secret of a file, by place and name; where model rows name their own variable, those are left out. */
export function reportLiteralSecrets(say: Reporter, value: unknown, steps: Steps = []): void {
  if (Array.isArray(value)) {
    value.forEach((part: unknown, i) => {
      reportLiteralSecrets(say, part, [...steps, i]);
    });
    return;
  }
  const name = String(steps.findLast((step) => typeof step === "string") ?? "");
  if (isPlain(value)) {
    for (const [key, part] of Object.entries(value)) reportLiteralSecrets(say, part, [...steps, key]);
  } else if (name === "master_key" && typeof value === "string" && !isReference(value)) {
    judgeSecret(say, steps, "LITELLM_MASTER_KEY", value);
    reportLiteral(say, steps, name);
  } else if (isLiteralSecret(name, value) && !isModelKey(steps)) reportLiteral(say, steps, name);
}

function reportLiteral(say: Reporter, steps: Steps, name: string): void {
  say.defect(
    "literal-secret",
    steps,
    "holds a secret in plain text: everyone who reads the file or its history has it",
    `revoke it and make a new one; ${home(steps, name)}`,
  );
}

/** Keys of deployments are told where the deployment is imported, with the variable they get. */
const isModelKey = (steps: Steps): boolean => steps[0] === "model_list" && steps.at(-1) === "api_key";

function home(steps: Steps, name: string): string {
  if (/^(master_key|database_url|redis_password|redis_url)$/.test(name) || steps.includes("cache_params")) {
    return "this gateway makes its own, and nobody has to keep it";
  }
  if (steps[0] === "environment_variables")
    return `put the new one into .env as ${name}, if it is still needed`;
  return "keep the new one out of every file but .env";
}
