import { setTimeout as sleep } from "node:timers/promises";

export interface LoadResult {
  readonly sent: number;
  /** What was not answered 200: status or error, and when (ms since the start). */
  readonly failures: readonly string[];
}

/** Clients that keep asking while something happens to the gateway; each asks again when it was answered. */
export class SteadyLoad {
  readonly #stop = new AbortController();
  readonly #clients: Promise<void>[];
  readonly #failures: string[] = [];
  readonly #from = performance.now();
  #sent = 0;

  /**
   * @param ask      one request
   * @param clients  how many ask at once
   * @param pauseMs  rest between a client's requests
   */
  constructor(ask: () => Promise<Response>, clients = 4, pauseMs = 100) {
    this.#clients = Array.from({ length: clients }, () => this.#client(ask, pauseMs));
  }

  async end(): Promise<LoadResult> {
    this.#stop.abort();
    await Promise.all(this.#clients);
    return { sent: this.#sent, failures: this.#failures };
  }

  async #client(ask: () => Promise<Response>, pauseMs: number): Promise<void> {
    while (!this.#stop.signal.aborted) {
      this.#sent += 1;
      const problem = await ask().then(
        async (response) => {
          const text = await response.text();
          return response.status === 200 ? undefined : `${response.status} ${text.slice(0, 200)}`;
        },
        (error: unknown) => reason(error),
      );
      if (problem !== undefined)
        this.#failures.push(`${Math.round(performance.now() - this.#from)} ms: ${problem}`);
      await sleep(pauseMs);
    }
  }
}

/** fetch says what went wrong in the cause alone. */
function reason(error: unknown): string {
  const cause = error instanceof Error && error.cause instanceof Error ? error.cause : undefined;
  return cause ? `${String(error)}: ${String(cause)}` : String(error);
}
