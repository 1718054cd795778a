import { textOf } from "./body.ts";
import { GatewayError } from "./errors.ts";
import { pause } from "./pause.ts";
import { refusalOf } from "./refusals.ts";
import { retryWait } from "./retries.ts";

export interface HttpOptions {
  readonly baseUrl: string;
  readonly apiKey: string;
  /** Longest time one call may take, all tries included, in milliseconds. */
  readonly timeoutMs: number;
  /** Tries after the first, where another one can't repeat work that was paid for. */
  readonly maxRetries: number;
  readonly fetch: typeof fetch;
}

export interface HttpRequest {
  readonly path: string;
  /** Makes it a POST. */
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>> | undefined;
  readonly signal?: AbortSignal | undefined;
  readonly timeoutMs?: number | undefined;
}

/** An answer whose body still runs, under the call's own deadline. */
export interface OpenAnswer {
  readonly response: Response;
  readonly requestId: string | undefined;
  /** Turns what a read of the body throws into the error that it means. */
  readonly explain: (cause: unknown) => GatewayError;
  /** Ends the deadline's timer; the body may not be read after. */
  readonly close: () => void;
}

/** Calls one gateway: deadlines, retries and errors are the same for every route. */
export class Http {
  private readonly options: HttpOptions;

  constructor(options: HttpOptions) {
    this.options = options;
  }

  /**
   * A JSON answer.
   * @param isWhole whether it has what the caller reads; something else may have answered in the gateway's place
   */
  async json<T>(
    request: HttpRequest,
    isWhole: (body: T) => boolean,
  ): Promise<{ readonly body: T; readonly headers: Headers }> {
    const { response, requestId, explain, close } = await this.open(request);
    try {
      const text = await textOf(response);
      const facts = { status: response.status, requestId };
      let body: T;
      try {
        body = JSON.parse(text) as T;
      } catch (cause) {
        throw new GatewayError("protocol", `the answer to ${request.path} is not whole JSON`, {
          ...facts,
          cause,
        });
      }
      if (typeof body === "object" && body !== null && isWhole(body))
        return { body, headers: response.headers };
      throw new GatewayError("protocol", `the answer to ${request.path} is none of a gateway's`, facts);
    } catch (error) {
      throw explain(error);
    } finally {
      close();
    }
  }

  /**
   * An answer of 2xx, its body not yet read.
   * @throws GatewayError of the kind that the answer, the network or the deadline makes it
   */
  async open(request: HttpRequest): Promise<OpenAnswer> {
    const deadline = performance.now() + (request.timeoutMs ?? this.options.timeoutMs);
    for (let attempt = 0; ; attempt++) {
      try {
        return await this.attempt(request, deadline);
      } catch (error) {
        const wait = retryWait(error, attempt, request.body === undefined);
        if (wait === undefined || attempt >= this.options.maxRetries) throw error;
        if (performance.now() + wait >= deadline) throw error;
        await pause(wait, request.signal);
      }
    }
  }

  private async attempt(request: HttpRequest, deadline: number): Promise<OpenAnswer> {
    const { apiKey, fetch: send } = this.options;
    const ending = new AbortController();
    const stop = () => ending.abort();
    const timer = setTimeout(stop, Math.max(0, deadline - performance.now()));
    request.signal?.addEventListener("abort", stop, { once: true });
    if (request.signal?.aborted === true) stop();
    const close = () => {
      clearTimeout(timer);
      request.signal?.removeEventListener("abort", stop);
    };
    let requestId: string | undefined;
    const explain = (cause: unknown): GatewayError => {
      if (cause instanceof GatewayError) return cause;
      const facts = { requestId, cause };
      if (request.signal?.aborted === true)
        return new GatewayError("aborted", "the caller ended the request", facts);
      if (ending.signal.aborted)
        return new GatewayError("deadline", `${request.path} took longer than its deadline`, facts);
      return new GatewayError("unavailable", `${request.path}: the connection to the gateway failed`, facts);
    };
    try {
      const response = await send(this.options.baseUrl + request.path, this.init(request, ending.signal));
      requestId = response.headers.get("x-litellm-call-id") ?? undefined;
      if (response.ok) return { response, requestId, explain, close };
      // Whatever echoes the key must not bring it into an error's text.
      const text = (await textOf(response)).replaceAll(apiKey, "sk-…");
      throw refusalOf(response.status, response.headers, text);
    } catch (error) {
      close();
      throw explain(error);
    }
  }

  private init({ body, headers }: HttpRequest, signal: AbortSignal): RequestInit {
    const common = {
      accept: "application/json, text/event-stream",
      authorization: `Bearer ${this.options.apiKey}`,
      ...headers,
    };
    // Following a redirect would carry the prompt to whatever place it names.
    const rest = { signal, redirect: "manual" } as const;
    if (body === undefined) return { ...rest, headers: common };
    return {
      ...rest,
      method: "POST",
      headers: { ...common, "content-type": "application/json" },
      body: asJson(body),
    };
  }
}

function asJson(body: unknown): string {
  try {
    return JSON.stringify(body);
  } catch (cause) {
    throw new GatewayError("invalid-request", "the request can't be written as JSON", { cause });
  }
}
