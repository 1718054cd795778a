import { looksSecret, masked } from "../secret-text.ts";
import { isLiteralSecret } from "./litellm/secrets.ts";
import { isPlain } from "./plain.ts";

/** Shorter ones are ordinary words, and would black out half a report. */
const shortest = 12;

/** Secrets that a file's value holds. */
export function secretsIn(value: unknown, name = ""): string[] {
  if (Array.isArray(value)) return value.flatMap((part) => secretsIn(part, name));
  if (isPlain(value)) return Object.entries(value).flatMap(([key, part]) => secretsIn(part, key));
  return isLiteralSecret(name, value) && (value.length >= shortest || looksSecret(value)) ? [value] : [];
}

/**
 * The last line of defence: whatever an import puts out passes through this, so that a secret of its input can't be in it.
 * @param secrets from secretsIn
 */
export function withhold<T>(value: T, secrets: readonly string[]): T {
  if (typeof value === "string") {
    return secrets.reduce<string>((text, secret) => text.replaceAll(secret, masked), value) as T;
  }
  if (Array.isArray(value)) return value.map((part: unknown) => withhold(part, secrets)) as T;
  if (!isPlain(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([key, part]) => [key, withhold(part, secrets)])) as T;
}
