/** What a secret is replaced by, wherever it might be shown. */
export const masked = "[secret]";

const wrapped = "4dabf18193072939515e22adb298388d";
const secretMark = "1b47061264138c4ac30d75fd1eb44270";

/** Names under which secrets stand; prices per token and limits of tokens are none. */
const secretName =
  /(^|[_-])(api[_-]?key|key|token|password|passwd|credentials?|authorization|salt|dsn)s?$|(^|[a-z])(Key|Token|Password|Credentials)$|secret/i;
const noSecretName = /per_token$|max_tokens?$|_tokens$|^key$/i;

/** Texts that are secrets whatever they are called: keys by their issuers' prefixes, tokens, addresses with a password. */
const secretText =
  /\b(sk-[\w-]{6,}|(gsk|xai|pplx|nvapi|tvly|hf|gh[opsu]|glpat)[-_][\w-]{12,}|A[KS]IA[A-Z0-9]{12,}|AIza[\w-]{16,}|eyJ[\w-]{8,}\.[\w-]+)|-----BEGIN [A-Z ]*PRIVATE|^Bearer \S+|:\/\/[^/\s:@]*:[^/\s@]+@/;

/** Whether a setting of this name holds a secret. */
export const isSecretName = (name: string): boolean => secretName.test(name) && !noSecretName.test(name);

/** Whether a text is a secret, whatever it is called. */
export const looksSecret = (text: string): boolean => secretText.test(text);

/** A value that names where the secret is, and is none itself. */
export const isReference = (text: string): boolean =>
  /^os\.environ\/|^\$\{[^}]*\}$|^\$[A-Z_][A-Z0-9_]*$/.test(text);

/** Keys that open nothing, as people write them for servers that want none. */
const emptyKeys =
  /^(|none|null|empty|dummy|fake|fake-key|anything|not-?needed|none-needed|no-?key|na|n\/a|x+|test)$/i;
export const isEmptyKey = (text: string): boolean => emptyKeys.test(text);

/**
 * A copy without secrets: Pulumi's secret envelopes, and texts that are secrets by name or by look. A file's `content` is kept
 * unless it is in an envelope: it is looked through leaf by leaf where it is compared.
 */
export function withoutSecrets(value: unknown, name = ""): unknown {
  if (typeof value === "string") {
    if (name === "content") return value;
    const isSecret = looksSecret(value) || (isSecretName(name) && !isReference(value) && !isEmptyKey(value));
    return isSecret ? masked : value;
  }
  if (Array.isArray(value)) return value.map((part) => withoutSecrets(part, name));
  if (typeof value !== "object" || value === null) return value;
  if (isEnvelope(value)) return masked;
  return Object.fromEntries(
    Object.entries(value).map(([key, part]) => [key, withoutSecrets(part, key)] as const),
  );
}

/** How Pulumi marks a secret on its way (SDK: runtime/rpc.ts, specialSigKey and specialSecretSig). */
const isEnvelope = (value: object): boolean => (value as Record<string, unknown>)[wrapped] === secretMark;
