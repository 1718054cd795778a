/** The parts of the OpenAI chat protocol that the adapter speaks; everything else is passed on as it is. */

export interface ToolCall {
  readonly id: string;
  readonly type: "function";
  readonly function: { readonly name: string; readonly arguments: string };
}

export interface ChatMessage {
  readonly role: "system" | "developer" | "user" | "assistant" | "tool";
  readonly content?: string | null | readonly Readonly<Record<string, unknown>>[];
  readonly name?: string;
  readonly tool_calls?: readonly ToolCall[];
  readonly tool_call_id?: string;
}

export interface ToolDefinition {
  readonly type: "function";
  readonly function: {
    readonly name: string;
    readonly description?: string;
    /** JSON Schema of the arguments. */
    readonly parameters?: Readonly<Record<string, unknown>>;
    readonly strict?: boolean;
  };
}

/** A chat request but for its model. */
export interface ChatParameters {
  readonly messages: readonly ChatMessage[];
  /** Output tokens at the most. */
  readonly max_tokens?: number;
  readonly max_completion_tokens?: number;
  readonly n?: number;
  readonly temperature?: number;
  readonly tools?: readonly ToolDefinition[];
  readonly tool_choice?: "none" | "auto" | "required" | Readonly<Record<string, unknown>>;
  /** `{ type: "json_object" }` or a JSON Schema: JSON mode. */
  readonly response_format?: Readonly<Record<string, unknown>>;
  readonly user?: string;
  /** Any other parameter of the protocol, or of the provider. */
  readonly [parameter: string]: unknown;
}

export interface ChatRequest extends ChatParameters {
  /** Model group or alias, with or without the "litellm/" of CERBERUS_MODEL. */
  readonly model: string;
}

export interface Usage {
  readonly prompt_tokens: number;
  readonly completion_tokens: number;
  readonly total_tokens: number;
}

export interface ChatCompletion {
  readonly id: string;
  readonly model: string;
  readonly choices: readonly {
    readonly index: number;
    readonly finish_reason: string | null;
    readonly message: {
      readonly role: "assistant";
      readonly content: string | null;
      readonly tool_calls?: readonly ToolCall[];
    };
  }[];
  readonly usage?: Usage;
}

export interface ChatChunk {
  readonly id: string;
  readonly model: string;
  readonly choices: readonly {
    readonly index: number;
    readonly finish_reason?: string | null;
    readonly delta: {
      readonly role?: string;
      readonly content?: string | null;
      readonly tool_calls?: readonly Readonly<Record<string, unknown>>[];
    };
  }[];
  readonly usage?: Usage | null;
}

/** What the gateway says of an answer beside the answer itself. */
export interface AnswerFacts {
  /** Finds the request in the audit log. */
  readonly requestId: string | undefined;
  /** Cost of the call, in USD; a streamed answer's is not known when it begins. */
  readonly costUsd: number | undefined;
  readonly cacheHit: boolean;
  /** Whether another model than the one asked for answered. */
  readonly fellBack: boolean;
}

/** Reads the gateway's headers. */
export function answerFacts(headers: Headers): AnswerFacts {
  const cost = headers.get("x-litellm-response-cost");
  return {
    requestId: headers.get("x-litellm-call-id") ?? undefined,
    costUsd: cost === null || Number.isNaN(Number(cost)) ? undefined : Number(cost),
    cacheHit: headers.get("x-litellm-cache-key") !== null,
    fellBack: Number(headers.get("x-litellm-attempted-fallbacks") ?? 0) > 0,
  };
}

/** Model name without the prefix that CERBERUS_MODEL carries. */
export const modelName = (model: string): string => model.replace(/^litellm\//, "");
