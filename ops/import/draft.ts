import type { Reporter, Steps } from "./finding.ts";

/** A name or a row in the making, and where it comes from. */
export interface Entry<T> {
  readonly value: T;
  readonly say: Reporter;
  readonly steps: Steps;
  /** What a reader of gateway.yaml should know of it. */
  readonly notes: string[];
}

export type Row = Record<string, unknown>;
export const fallbackKinds = ["general", "contextWindow", "contentPolicy"] as const;
export type FallbackKind = (typeof fallbackKinds)[number];

/** What was left out of the definitions, and why: it stands in gateway.yaml as a comment. */
export interface SetAside {
  readonly part: "models" | "guardrails";
  readonly value: Row;
  readonly why: string;
}

/** Definitions in the making: names may still lead nowhere. */
export interface Draft {
  readonly models: Entry<Row>[];
  readonly guardrails: Entry<Row>[];
  readonly aliases: Map<string, Entry<string | readonly string[]>>;
  readonly fallbacks: Readonly<Record<FallbackKind, Map<string, Entry<readonly string[]>>>>;
  readonly routing: Row;
  readonly setAside: SetAside[];
  /** Settings of the stack, by their path in `pulumi config set --path`. */
  readonly settings: Map<string, string | number>;
  /** Variables the gateway will ask for → where their value stands today. */
  readonly variables: Map<string, string>;
  /** Addresses that belong into .env; none is a secret. */
  readonly addresses: Map<string, string>;
}

export const newDraft = (): Draft => ({
  models: [],
  guardrails: [],
  aliases: new Map(),
  fallbacks: { general: new Map(), contextWindow: new Map(), contentPolicy: new Map() },
  routing: {},
  setAside: [],
  settings: new Map(),
  variables: new Map(),
  addresses: new Map(),
});

/** What all mappers share. */
export interface ImportContext {
  readonly draft: Draft;
  /** Values of environment variables that the set-up's files give, secrets included: to be looked at, never shown. */
  readonly environment: ReadonlyMap<string, string>;
}
