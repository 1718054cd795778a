import { GatewayError } from "./errors.ts";
import { pause } from "./pause.ts";
import { refusalOf } from "./refusals.ts";

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

/** Most characters of an answer that are taken. */
const longestAnswer = 64 * 1024 * 1024;

/** Calls one gateway: deadlines, retries and errors are the same for every route. */
export class Http {
  private readonly options: HttpOptions;

  constructor(options: HttpOptions) {
    this.options = options;
  }

  /** A JSON answer. */
  async json<T>(request: HttpRequest): Promise<{ readonly body: T; readonly headers: Headers }> {
    const answer = await this.open(request);
    try {
      const text = await readText(answer);
      try {
        return { body: JSON.parse(text) as T, headers: answer.response.headers };
      } catch (cause) {
        const facts = { status: answer.response.status, requestId: answer.requestId, cause };
        throw new GatewayError("protocol", `the answer to ${request.path} is not whole JSON`, facts);
      }
    } finally {
      answer.close();
    }
  }

  /**
   * An answer of 2xx, its body not yet read.
   * @throws GatewayError of the kind that the answer, the network or the deadline makes it
   */
  async open(request: HttpRequest): Promise<OpenAnswer> {
    const deadline = Date.now() + (request.timeoutMs ?? this.options.timeoutMs);
    for (let attempt = 0; ; attempt++) {
      try {
        return await this.attempt(request, deadline);
      } catch (error) {
        const wait = retryWait(error, attempt);
        if (wait === undefined || attempt >= this.options.maxRetries || Date.now() + wait >= deadline)
          throw error;
        await pause(wait, request.signal);
      }
    }
  }

  private async attempt(request: HttpRequest, deadline: number): Promise<OpenAnswer> {
    const { baseUrl, apiKey, fetch: send } = this.options;
    const ending = new AbortController();
    const timer = setTimeout(() => ending.abort(), Math.max(0, deadline - Date.now()));
    const stop = () => ending.abort();
    request.signal?.addEventListener("abort", stop, { once: true });
    if (request.signal?.aborted === true) ending.abort();
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
      const response = await send(baseUrl + request.path, {
        method: request.body === undefined ? "GET" : "POST",
        headers: {
          accept: "application/json, text/event-stream",
          authorization: `Bearer ${apiKey}`,
          ...(request.body === undefined ? {} : { "content-type": "application/json" }),
          ...request.headers,
        },
        ...(request.body === undefined ? {} : { body: JSON.stringify(request.body) }),
        signal: ending.signal,
      });
      requestId = response.headers.get("x-litellm-call-id") ?? undefined;
      const answer: OpenAnswer = { response, requestId, explain, close };
      if (response.ok) return answer;
      throw refusalOf(response.status, response.headers, await readText(answer));
    } catch (error) {
      close();
      throw explain(error);
    }
  }
}

async function readText({ response, explain }: OpenAnswer): Promise<string> {
  const decoder = new TextDecoder();
  let text = "";
  try {
    for await (const part of response.body ?? []) {
      text += decoder.decode(part as Uint8Array, { stream: true });
      if (text.length > longestAnswer) {
        throw new GatewayError("protocol", `the answer is longer than ${longestAnswer} characters`);
      }
    }
  } catch (error) {
    throw explain(error);
  }
  return text + decoder.decode();
}

/** Statuses with which the gateway says that nothing was done: another try repeats nothing. */
const nothingDone: ReadonlySet<number> = new Set([429, 503]);

/** Milliseconds until another try may be made; undefined where one could repeat a paid call, or would change nothing. */
function retryWait(error: unknown, attempt: number): number | undefined {
  if (!(error instanceof GatewayError)) return undefined;
  const { status, retryAfterSeconds, kind } = error;
  if (kind === "budget") return undefined;
  const refused = status !== undefined ? nothingDone.has(status) : isRefusedConnection(error.cause);
  if (!refused) return undefined;
  const backoff = 250 * 2 ** attempt;
  return retryAfterSeconds === undefined ? backoff : retryAfterSeconds * 1000;
}

/** Whether the request can't have left this machine whole: nobody listened. */
function isRefusedConnection(cause: unknown): boolean {
  const inner = cause instanceof Error ? (cause.cause as { code?: unknown } | undefined) : undefined;
  return inner?.code === "ECONNREFUSED" || inner?.code === "ENOTFOUND" || inner?.code === "EAI_AGAIN";
}
