/** Price of one token in USD; a model without one is looked up in LiteLLM's bundled price map. */
export interface TokenPrice {
  readonly inputUsdPerToken: number;
  readonly outputUsdPerToken: number;
}

interface ModelBase {
  /** Model group: the public name clients ask for. Several entries with one name share its traffic. */
  readonly name: string;
  /** Output tokens granted when the client names no limit; keeps the worst-case cost of a request small. */
  readonly defaultMaxTokens: number;
  /** Model groups tried in order when this one fails. Groups that are not deployed are left out. */
  readonly fallbacks?: readonly string[];
  readonly price?: TokenPrice;
}

/** A model of a provider; deployed only where the provider's key or address is set. */
export interface ProviderModel extends ModelBase {
  readonly provider: "openai" | "anthropic" | "deepseek" | "ollama";
  /** The provider's own name of the model. */
  readonly model: string;
}

/** A built-in answer, for a first try without key or internet; only in stacks with `demoModel` on. */
export interface DemoModel extends ModelBase {
  readonly provider: "demo";
  readonly answer: string;
  readonly price: TokenPrice;
}

export type ModelDefinition = ProviderModel | DemoModel;

/** Checks a catalogue's types where it is written, and keeps its literal names. */
export const defineModels = <const T extends readonly ModelDefinition[]>(models: T): T => models;
