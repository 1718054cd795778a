import fc from "fast-check";
import type { GatewayInput } from "../../infra/catalog/define.ts";
import { litellmRelease } from "../../infra/images/catalog.ts";
import { knownValues } from "../../infra/litellm/known-values.ts";
import { budgetName } from "../../infra/settings/gateway.ts";
import { patternEntities } from "../../infra/settings/presidio.ts";
import { GatewayDefinition } from "../../infra/settings/schema/definitions/gateway.ts";
import type { GuardrailDefinition } from "../../infra/settings/schema/definitions/guardrail.ts";
import type { ModelDefinition } from "../../infra/settings/schema/definitions/model.ts";
import { isWildcard } from "../../infra/settings/schema/definitions/names.ts";
import { builtInCategories } from "../../infra/settings/schema/definitions/safety.ts";
import { providerVariables } from "../../infra/settings/schema/provider-variables.ts";
import { namedVariables } from "../../infra/settings/variables.ts";
import { arbitraryOf } from "./arbitrary.ts";

const known = knownValues(litellmRelease.packages);

const demo = {
  name: "demo",
  provider: "demo",
  answer: "hello",
  price: { inputUsdPerToken: 0, outputUsdPerToken: 0 },
} as const;

/** Where the schema takes any text and LiteLLM, or Python, does not. */
const overrides = {
  prebuilt: fc.constantFrom(...known.prebuiltPatterns),
  category: fc.constantFrom(...known.categories),
  regex: fc.constantFrom("TICKET-[0-9]+", "\\bsecret\\b", "^(?:a|b): .*$", "[^\\s]{3,}"),
  tool: fc.constantFrom("read_.*", "mcp-(?:a|b)\\w*", "[^x]+"),
  litellmModel: fc.constantFrom("xai/grok-4", "cohere/command-r", "together_ai/any: 'thing'"),
  // A class that is there; the types of `other` want parameters of their own, which only LiteLLM knows.
  class: fc.constant("litellm.proxy.guardrails.guardrail_hooks.custom_guardrail.myCustomGuardrail"),
  guardrail: fc.constant("mcp_security"),
  headers: fc.constantFrom({}, { "X-Team": "a: b # c" }, { Authorization: { variable: "PARTNER_TOKEN" } }),
  providerBudgets: fc.constant({}),
  entities: fc.dictionary(fc.constantFrom(...patternEntities), fc.constantFrom("MASK", "BLOCK"), {
    minKeys: 1,
  }),
  blockedContentTypes: fc.uniqueArray(fc.constantFrom(...builtInCategories)),
  // Only its defaults and bounds reach LiteLLM's configuration; the rest is for the admin API.
  access: fc.constantFrom(
    {},
    {
      budgets: { small: { maxUsd: 1, period: "1d" } },
      defaults: { user: { maxUsd: 2, period: "30d", rpm: 5 }, customer: "small" },
      upperBounds: { maxBudgetUsd: 100, rpm: 600, tpm: 10_000, parallel: 100 },
    },
  ),
  approvalRules: fc.constantFrom([], [{ tools: true }], [{ models: [demo.name], teams: ["t: 1"] }]),
};

interface Drawn {
  readonly gateway: GatewayDefinition;
  readonly budget: { readonly maxUsd: number; readonly period: string };
}

/** Gateways that this project accepts: drawn from the schema's shape, their names then made to fit together. */
export const arbitraryGateway: fc.Arbitrary<GatewayInput> = fc
  .record({
    gateway: arbitraryOf(GatewayDefinition, overrides),
    budget: arbitraryOf(GatewayDefinition.shape.providerBudgets.unwrap().valueType, {}),
  })
  .map((drawn) => mended(drawn as Drawn));

/** Values for every variable that a gateway may need. */
export const variablesOf = (gateway: GatewayInput): Record<string, string> =>
  Object.fromEntries(
    providerVariables(namedVariables(gateway)).map((name) => [
      name,
      /_(API_BASE|URL)$/.test(name) ? "http://provider:1/v1" : `sk-test-${name}`,
    ]),
  );

const ownCategories = { own: { keywords: ["project x"], patterns: ["TICKET-[0-9]{1,9}"] } };

function mended({ gateway, budget }: Drawn): GatewayInput {
  const models = [...gateway.models.map(mendedModel), demo as unknown as ModelDefinition];
  const names = [...new Set(models.map(({ name }) => name))].filter((name) => !isWildcard(name));
  const pick = (i: number): string => names[i % names.length] ?? demo.name;
  const aliases = Object.entries(gateway.aliases ?? {}).flatMap(([alias, to], i) =>
    names.includes(alias) ? [] : [[alias, Array.isArray(to) ? to.map((_, j) => pick(i + j)) : pick(i)]],
  );
  const targets = (table: Readonly<Record<string, readonly string[]>> = {}) =>
    Object.fromEntries(
      Object.values(table).flatMap((to, i) => {
        const left = to.map((_, j) => pick(i + j + 1)).filter((name) => name !== pick(i));
        return left.length === 0 ? [] : [[pick(i), left]];
      }),
    );
  const { general, contextWindow, contentPolicy } = gateway.fallbacks ?? {};
  const guardrails = unique(gateway.guardrails ?? [], ({ name }) => name)
    .filter(({ type }) => type !== "hide-secrets")
    .map((guardrail) => ({ ...guardrail, ...ownPresidio(guardrail), mode: "pre_call" as const }));
  const budgets = [...new Set(models.flatMap((model) => budgetName(model) ?? []))].slice(0, 2);
  return {
    ...gateway,
    models,
    aliases: Object.fromEntries(aliases),
    fallbacks: {
      general: targets(general),
      contextWindow: targets(contextWindow),
      contentPolicy: targets(contentPolicy),
    },
    providerBudgets: Object.fromEntries(budgets.map((name) => [name, budget])),
    guardrails,
    // Python's regular expressions, of which the guardrail refuses those that could run away.
    ...(gateway.safety ? { safety: { ...gateway.safety, categories: ownCategories } } : {}),
    callbacks: unique(gateway.callbacks ?? [], ({ type }) => type).filter(
      ({ type }) => type !== "otel" && type !== "langfuse",
    ),
    passThroughEndpoints: unique(gateway.passThroughEndpoints ?? [], ({ path }) => path).map(
      ({ guardrails: asked, ...endpoint }) => ({
        ...endpoint,
        ...(asked && guardrails[0] ? { guardrails: [guardrails[0].name] } : {}),
      }),
    ),
    prompts: unique(gateway.prompts ?? [], ({ id }) => id),
    searchTools: unique(gateway.searchTools ?? [], ({ name }) => name),
  } as GatewayInput;
}

/** The stack's own presidio, which both addresses or none stand for, and which knows one language. */
function ownPresidio(guardrail: GuardrailDefinition): object {
  if (guardrail.type !== "presidio") return {};
  return { analyzerUrl: undefined, anonymizerUrl: undefined, language: "en" };
}

/** Priced, since no map knows a drawn name; a wildcard at both ends or at none. */
function mendedModel(model: ModelDefinition): ModelDefinition {
  const priced = { ...model, price: model.price ?? demo.price };
  // A wildcard of the provider's wants one in the name too.
  if (!isWildcard(model.name))
    return "model" in priced ? { ...priced, model: priced.model.replaceAll("*", "x") } : priced;
  if ("model" in model) return { ...priced, model: "*", healthModel: "gpt-4o-mini" } as ModelDefinition;
  if ("litellmModel" in model)
    return { ...priced, litellmModel: "xai/*", healthModel: "grok-4" } as ModelDefinition;
  return { ...priced, name: "named" };
}

function unique<T>(rows: readonly T[], nameOf: (row: T) => string): T[] {
  return rows.filter((row, i) => rows.findIndex((other) => nameOf(other) === nameOf(row)) === i);
}
