import type { Reporter, Steps } from "./finding.ts";

/** Passwords that documents and examples hold, and everybody knows. */
const wellKnown = new Set([
  "1234",
  "12345678",
  "admin",
  "changeme",
  "dbpassword9090",
  "litellm",
  "llmproxy",
  "master",
  "password",
  "postgres",
  "redis",
  "root",
  "secret",
  "sk-1234",
  "sk-12345",
  "sk-my_special_key",
  "test",
]);

/** Whether a secret is one that everybody knows. */
export const isWellKnown = (value: string): boolean => wellKnown.has(value.toLowerCase());

/** The password inside a database's or a Redis's address. */
export const passwordOf = (address: string): string | undefined =>
  /^[a-z+]+:\/\/[^/\s:@]*:([^/\s@]+)@/.exec(address)?.[1];

/** Reports a secret that is no secret; the value is never shown. */
export function judgeSecret(say: Reporter, steps: Steps, name: string, value: string): void {
  const fix = "the gateway makes a random one of its own; change this one if the old set-up goes on";
  if (name === "LITELLM_MASTER_KEY" && value !== "" && !isReferenceToShell(value)) {
    if (isWellKnown(value) || value.length < 20) {
      say.defect("weak-master-key", steps, "is one that everybody knows or can guess", fix);
    } else if (!value.startsWith("sk-")) {
      const found = "does not begin with sk-: LiteLLM then writes it unhashed to logs, metrics and Redis";
      say.defect("weak-master-key", steps, found, fix);
    }
    return;
  }
  const password = passwordOf(value) ?? (/PASSWORD$|_PASS$/i.test(name) ? value : undefined);
  if (password !== undefined && isWellKnown(password)) {
    say.defect("default-password", steps, "holds a password that everybody knows", fix);
  }
}

const isReferenceToShell = (value: string): boolean => value.startsWith("$");
