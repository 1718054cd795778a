import { describe, expect, test } from "vitest";
import { stringify } from "yaml";
import { parseDefinitions } from "../../infra/settings/definitions-file.ts";
import { SettingsError } from "../../infra/settings/errors.ts";
import { parseSettings } from "../../infra/settings/parse.ts";
import { everything, everyVariable } from "./everything.ts";

// Everything a gateway can say, broken in every place: each must be refused, as YAML with its line and column.

type Json = string | number | boolean | null | readonly Json[] | { readonly [key: string]: Json };
type Path = readonly (string | number)[];

const parse = (definitions: unknown, viaYaml = false) =>
  parseSettings({
    stackName: "dev",
    layers: [{ profile: "dev", providers: everyVariable }],
    secretKeys: new Set(["providers"]),
    today: "2026-11-24",
    definitions: viaYaml
      ? parseDefinitions(stringify(definitions), "gateway.yaml")
      : { value: definitions, file: "infra/catalog/gateway.ts" },
  });

function refusal(definitions: unknown, viaYaml = false) {
  try {
    parse(definitions, viaYaml);
  } catch (error) {
    if (error instanceof SettingsError) return error.problems;
    throw error;
  }
  return undefined;
}

const isMap = (value: Json): value is { readonly [key: string]: Json } =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/** Every place of a value: itself, and all below. */
function places(value: Json, at: Path = []): [Path, Json][] {
  const below = Array.isArray(value)
    ? value.flatMap((part: Json, i) => places(part, [...at, i]))
    : isMap(value)
      ? Object.entries(value).flatMap(([key, part]) => places(part, [...at, key]))
      : [];
  return [[at, value], ...below];
}

/** A copy in which the value at a path is another one; `undefined` takes its key away. */
function changed(value: Json, [step, ...rest]: Path, to: Json | undefined): Json {
  if (step === undefined) return to ?? null;
  if (Array.isArray(value))
    return value.map((part: Json, i) => (i === step ? changed(part, rest, to) : part));
  if (!isMap(value)) throw new TypeError("no such place");
  if (to !== undefined && !(step in value)) return { ...value, [step]: to };
  const entries = Object.entries(value).flatMap(([key, part]): [string, Json][] => {
    if (key !== step) return [[key, part]];
    return rest.length === 0 && to === undefined ? [] : [[key, changed(part, rest, to)]];
  });
  return Object.fromEntries(entries);
}

const base = JSON.parse(JSON.stringify(everything)) as Json;
/** Maps whose keys are their owner's to choose. */
const isFree = (path: Path): boolean =>
  [
    ...["aliases", "general", "contextWindow", "contentPolicy", "entities", "params", "headers"],
    ...["budgets", "teams", "users", "customers", "keys", "metadata"],
  ].includes(String(path.at(-1)));

interface Broken {
  readonly what: string;
  readonly definitions: Json;
}

const misspelt: Broken[] = places(base).flatMap(([path, value]) => {
  if (!isMap(value) || isFree(path)) return [];
  return Object.keys(value).map((key) => ({
    what: `${[...path, key].join(".")} misspelt`,
    definitions: changed(base, path, { ...value, [`${key}x`]: "?" }),
  }));
});

const wrongType: Broken[] = places(base).flatMap(([path, value]) => {
  // A header may be a text or name a variable: either is right in the other's place.
  if (path.length === 0 || path.includes("params") || path.includes("headers")) return [];
  const wrong: Json[] = typeof value === "object" ? ["text", 7] : [{ a: 1 }, []];
  return wrong.map((other) => ({
    what: `${path.join(".")} is ${JSON.stringify(other)}`,
    definitions: changed(base, path, other),
  }));
});

const outOfRange: Broken[] = places(base).flatMap(([path, value]) =>
  typeof value !== "number" || path.includes("params")
    ? []
    : [-1, "12"].map((other) => ({
        what: `${path.join(".")} is ${other}`,
        definitions: changed(base, path, other),
      })),
);

const emptied: Broken[] = places(base).flatMap(([path, value]) =>
  typeof value !== "string" || path.includes("params") || path.at(-1) === "X-Team"
    ? []
    : [
        {
          what: `${path.join(".")} is empty`,
          definitions: changed(base, path, path.at(-1) === "description" ? 7 : ""),
        },
      ],
);

/** Elsewhere these have defaults. */
const neededByModels = ["project", "apiBase"];

const missing: Broken[] = places(base).flatMap(([path]) =>
  [
    "name",
    "provider",
    "model",
    "type",
    "apiVersion",
    "project",
    "location",
    "region",
    "apiBase",
    "litellmModel",
    "answer",
    "analyzerUrl",
    "url",
    "guardrail",
    "rules",
    "keyword",
    "class",
    "endpoint",
    "site",
    "bucket",
    "path",
    "target",
    "usdPerRequest",
    "content",
  ].includes(String(path.at(-1))) &&
  !path.includes("params") &&
  (path[0] === "models" || !neededByModels.includes(String(path.at(-1)))) &&
  (path[0] !== "callbacks" || path[1] === 0 || !["endpoint", "path"].includes(String(path.at(-1))))
    ? [{ what: `${path.join(".")} is missing`, definitions: changed(base, path, undefined) }]
    : [],
);

const bySense: Broken[] = (
  [
    ["an alias to nothing", ["aliases", "fast"], "gpt-5o"],
    ["an alias list with one unknown", ["aliases", "gpt-4", 1], "gpt-4o-minni"],
    ["an alias that leads to itself", ["aliases", "fast"], "quick"],
    ["an alias of itself", ["aliases", "fast"], "fast"],
    ["a fallback to nothing", ["fallbacks", "general", "gpt-4o", 0], "clawd"],
    ["a fallback to itself", ["fallbacks", "general", "gpt-4o", 0], "gpt-4o"],
    ["a fallback to itself under another name", ["fallbacks", "contextWindow", "gpt-4o-mini", 0], "quick"],
    ["two guardrails of one name", ["guardrails", 1, "name"], "words"],
    ["an unknown strategy", ["routing", "strategy"], "least-bussy"],
    ["a chat model that embeds", ["models", 15, "mode"], "chat"],
    ["a wildcard without a health model", ["models", 3, "healthModel"], undefined],
    ["a wildcard of one model", ["models", 3, "model"], "gpt-4o"],
    ["one name for whatever there is", ["models", 3, "name"], "anything"],
    ["a wildcard whose health model has no price", ["models", 3, "healthModel"], "gpt-99"],
    ["a list alias of what stands behind a wildcard", ["aliases", "gpt-4", 1], "openai/gpt-4.1"],
    ["a budget of a provider that no model has", ["providerBudgets", "cohere"], { maxUsd: 1, period: "1d" }],
    [
      "a budget by LiteLLM's name of a provider",
      ["providerBudgets", "vertex_ai"],
      { maxUsd: 1, period: "1d" },
    ],
    ["two callbacks of one type", ["callbacks", 1], { type: "datadog", site: "datadoghq.com" }],
    ["a guardrail type that LiteLLM has not", ["guardrails", 7, "guardrail"], "lakera_v3"],
    ["a class in the place of a type", ["guardrails", 7, "guardrail"], "guards.Mine"],
    ["a pattern that LiteLLM has not", ["guardrails", 0, "patterns", 0, "prebuilt"], "credit_crad"],
    ["a category that LiteLLM has not", ["guardrails", 0, "categories", 0, "category"], "harmfull_violence"],
    ["a provider that LiteLLM has not", ["models", 14, "litellmModel"], "xia/grok-4"],
    ["masking beside the call", ["guardrails", 0, "mode"], "during_call"],
    ["a guardrail that nobody defined, on a path", ["passThroughEndpoints", 0, "guardrails", 0], "wrods"],
    ["a secret of the gateway's own", ["mcpServers", "tickets", "tokenVariable"], "DATABASE_PASSWORD_x"],
    ["the master key as a tool's token", ["mcpServers", "tickets", "tokenVariable"], "LITELLM_MASTER_KEY"],
    [
      "a secret as a header's text",
      ["passThroughEndpoints", 0, "headers", "X-Team"],
      "os.environ/LITELLM_SALT_KEY",
    ],
    ["a regular expression that is none", ["guardrails", 0, "patterns", 1, "regex"], "TICKET-["],
    ["an escape that Python has not", ["guardrails", 0, "patterns", 1, "regex"], "TICKET-\\q"],
    ["a tool's regular expression that is none", ["guardrails", 4, "rules", 0, "tool"], "read_("],
    ["a price that nobody knows", ["models", 2, "model"], "gpt-99"],
    ["a model named like an alias", ["models", 2, "name"], "fast"],
    ["a team's model that is none", ["access", "teams", "research", "models", 0], "gpt-4oo"],
    ["a key's model that its team may not call", ["access", "keys", "app", "models", 0], "claude"],
    ["a key of no team", ["access", "keys", "app", "team"], "reserch"],
    ["a key of nobody", ["access", "keys", "ann", "user"], "anne"],
    ["a personal key of one who only looks", ["access", "keys", "ann", "user"], "ops"],
    ["a budget that is none", ["access", "teams", "research", "budgetId"], "smal"],
    ["a key that has ended", ["access", "keys", "app", "expires"], "2026-11-23"],
    ["two keys of one alias", ["access", "keys", "app", "alias"], "ann"],
    ["a key that is named like the agents'", ["access", "keys", "app", "alias"], "cerberus-agent"],
    ["two teams of one alias", ["access", "teams", "research", "alias"], "support"],
    ["a role that is none", ["access", "users", "ann", "role"], "org_admin"],
    ["a key above the upper bound", ["access", "keys", "ann", "budget", "maxUsd"], 101],
    [
      "metadata that switches guardrails off",
      ["access", "users", "ann", "metadata"],
      { disable_global_guardrails: true },
    ],
    ["a default budget that is none", ["access", "defaults", "customer"], "huge"],
  ] as [string, Path, Json | undefined][]
).map(([what, path, to]) => ({ what, definitions: changed(base, path, to) }));

const corpus = [...misspelt, ...wrongType, ...outOfRange, ...emptied, ...missing, ...bySense];

test("the gateway that the corpus breaks is whole", () => {
  expect(refusal(base)).toBeUndefined();
  expect(parse(base, true).settings).toEqual(parse(base).settings);
});

test("the corpus holds at least 300 broken gateways", () => {
  expect(corpus.length).toBeGreaterThanOrEqual(300);
});

describe("each is refused", () => {
  test.each(corpus)("$what", ({ definitions }) => {
    const problems = refusal(definitions);
    expect(problems?.length).toBeGreaterThan(0);
    for (const { path, found, fix } of problems ?? []) {
      expect([path, found, fix]).not.toContain("");
      expect(`${path} ${found} ${fix}`).not.toContain("    at ");
    }
    // Rules over the whole stack name the model; everything before them stands at a place in the file.
    const located = refusal(definitions, true) ?? [];
    expect(
      located.every(({ path }) => /^gateway\.yaml:\d+:\d+/.test(path) || path.startsWith("models.")),
    ).toBe(true);
  });
});
