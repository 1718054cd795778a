// @ts-check
"use strict";

/** @typedef {{ readonly gatewayUrl: string, readonly masterKey: string }} Gateway */
/** @typedef {{ readonly status: number, readonly body: unknown }} Answer */

/** The gateway gave no answer within the time it was given. */
class Unreachable extends Error {}
exports.Unreachable = Unreachable;

/** LiteLLM said no. */
class Refused extends Error {}
exports.Refused = Refused;

/** A request that takes longer than this is asked again. */
const requestMs = 60_000;

/** LiteLLM's admin API, asked again while the gateway restarts. */
class Client {
  /**
   * @param {Gateway} gateway
   * @param {number} patienceMs how long a gateway that doesn't answer is waited for
   */
  constructor(gateway, patienceMs) {
    this.gateway = gateway;
    this.patienceMs = patienceMs;
  }

  /**
   * @param {string} method
   * @param {string} path
   * @param {unknown} [body]
   * @returns {Promise<Answer>} whatever it says, short of a server error
   * @throws Unreachable
   */
  async call(method, path, body) {
    const deadline = Date.now() + this.patienceMs;
    for (let wait = 250; ; wait = Math.min(wait * 2, 4_000)) {
      /** @type {string} */
      let problem;
      try {
        const response = await fetch(this.gateway.gatewayUrl + path, {
          method,
          redirect: "error",
          headers: { authorization: `Bearer ${this.gateway.masterKey}`, "content-type": "application/json" },
          signal: AbortSignal.timeout(requestMs),
          ...(body === undefined ? {} : { body: JSON.stringify(body) }),
        });
        const text = await response.text();
        if (response.status < 500 && response.status !== 429)
          return { status: response.status, body: parse(text) };
        problem = `${response.status} ${masked(text).slice(0, 200)}`;
      } catch (error) {
        problem = reason(error);
      }
      if (Date.now() + wait > deadline) {
        throw new Unreachable(
          `the gateway at ${this.gateway.gatewayUrl} gives no good answer to ${method} ${path.split("?")[0]}: ${problem}
  fix: see that its containers are up (docker ps), then run the same command again: it goes on where it stopped`,
        );
      }
      await new Promise((resume) => setTimeout(resume, wait));
    }
  }

  /**
   * As `call`, for what must succeed.
   * @param {string} method
   * @param {string} path
   * @param {unknown} [body]
   * @returns {Promise<any>} LiteLLM's JSON
   * @throws Refused, Unreachable
   */
  async ask(method, path, body) {
    const answer = await this.call(method, path, body);
    if (answer.status === 200) return answer.body;
    const said = typeof answer.body === "string" ? answer.body : JSON.stringify(answer.body);
    throw new Refused(
      `LiteLLM refused ${method} ${path.split("?")[0]}: ${answer.status} ${masked(said).slice(0, 300)}`,
    );
  }
}
exports.Client = Client;

/**
 * Works on everything, a few at a time. What LiteLLM refuses holds up nothing else; a gateway that is gone stops all.
 * @template T
 * @param {readonly T[]} items
 * @param {(item: T) => Promise<unknown>} work
 * @returns {Promise<Refused[]>}
 */
exports.eachOf = async (items, work) => {
  /** @type {Refused[]} */
  const refused = [];
  const queue = items.values();
  let stopped = false;
  const worker = async () => {
    for (const item of queue) {
      if (stopped) return;
      try {
        await work(item);
      } catch (error) {
        if (!(error instanceof Refused)) {
          stopped = true;
          throw error;
        }
        refused.push(error);
      }
    }
  };
  // LiteLLM's own connection pool is ten: more at a time only wait there.
  await Promise.all(Array.from({ length: 8 }, worker));
  return refused;
};

/** LiteLLM may repeat a request that it refuses, keys and all. @param {string} text */
const masked = (text) => text.replace(/sk-[\w-]{8,}/g, "sk-…");

/** @param {string} text */
function parse(text) {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

/** @param {unknown} error */
function reason(error) {
  if (!(error instanceof Error)) return String(error);
  const cause = /** @type {{ code?: string, message?: string } | undefined} */ (error.cause);
  return cause?.code ?? cause?.message ?? error.message;
}
