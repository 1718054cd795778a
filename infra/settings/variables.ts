import { secretNames } from "../names.ts";
import { callbackFacts, callbackSecrets } from "./callbacks.ts";
import type { Problem } from "./errors.ts";
import { providerFacts } from "./providers.ts";
import type { GatewayDefinition } from "./schema/definitions/gateway.ts";
import type { ModelDefinition } from "./schema/definitions/model.ts";

const ours: ReadonlySet<string> = new Set(Object.values(secretNames));
const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null;

/** A reference and who makes it. */
export interface Reference {
  readonly variable: string;
  /** Path of what can't do without it. */
  readonly steps: readonly PropertyKey[];
}

/** The problem of a variable that the stack doesn't supply. */
export const notSupplied = (variable: string, why: string): Problem => ({
  path: `providers.${variable}`,
  found: `is not set, and ${why}`,
  fix: `put ${variable} into .env and run ./setup.sh, or: pulumi config set --secret --path 'providers.${variable}'`,
});

/** Variables without which a model is left out. */
export function neededVariables(model: ModelDefinition): readonly string[] {
  if (model.provider === "demo") return [];
  if (model.provider === "other") return model.apiKeyVariable ? [model.apiKeyVariable] : [];
  return providerFacts[model.provider].needs;
}

/**
 * Variables that definitions name beside the known ones, right or wrong: a mistake elsewhere must not make them unknown.
 * The gateway's own secrets can't be named.
 */
export function namedVariables(definitions: unknown): string[] {
  if (!isRecord(definitions)) return [];
  const { models, callbacks, ...rest } = definitions;
  const others = Array.isArray(models)
    ? models.filter((row) => isRecord(row) && "apiKeyVariable" in row)
    : [];
  const found = [...references(others), ...references(rest)].map(({ variable }) => variable);
  const secrets = Array.isArray(callbacks) ? callbacks.flatMap(secretsOf) : [];
  return [...new Set([...found, ...secrets])].filter(
    (name) => /^[A-Z][A-Z0-9_]*$/.test(name) && !ours.has(name),
  );
}

/** By the type alone: the rest of it may be wrong. */
function secretsOf(callback: unknown): readonly string[] {
  const type = isRecord(callback) ? callback["type"] : undefined;
  return typeof type === "string" && Object.hasOwn(callbackFacts, type)
    ? callbackSecrets({ type, authenticated: true } as Parameters<typeof callbackSecrets>[0])
    : [];
}

/** Secrets without which a gateway would start with a part that fails on every call. */
export function requiredReferences({
  guardrails,
  callbacks,
  mcpServers,
  passThroughEndpoints,
  searchTools,
}: Pick<
  GatewayDefinition,
  "guardrails" | "callbacks" | "mcpServers" | "passThroughEndpoints" | "searchTools"
>): Reference[] {
  return [
    ...references({ guardrails, mcpServers, passThroughEndpoints, searchTools }),
    ...guardrails.flatMap(({ type }, i) =>
      type === "openai-moderation" ? [{ variable: "OPENAI_API_KEY", steps: ["guardrails", i] }] : [],
    ),
    ...callbacks.flatMap((callback, i) =>
      callbackSecrets(callback).map((variable) => ({ variable, steps: ["callbacks", i] })),
    ),
  ];
}

/** How deep definitions go at most; what is deeper is refused by their schema. */
const deepest = 8;

/** Every `variable` and `…Variable`, and every string in LiteLLM's own form, `os.environ/NAME`. */
function references(value: unknown, steps: readonly PropertyKey[] = []): Reference[] {
  if (!isRecord(value) || steps.length > deepest) return [];
  return Object.entries(value).flatMap(([key, part]) => {
    const path = [...steps, Array.isArray(value) ? Number(key) : key];
    if (typeof part !== "string") return references(part, path);
    const named =
      key === "variable" || key.endsWith("Variable") ? part : /^os\.environ\/(.+)$/.exec(part)?.[1];
    return named === undefined ? [] : [{ variable: named, steps: path }];
  });
}
