import { engineError } from "./database-errors.mjs";
import { untag } from "./json-protocol.mjs";
import { parseExact, stringifyExact, toCells } from "./raw-results.mjs";

/** @typedef {import("./database-errors.mjs").EngineError} EngineError */

/** Tracing headers, which the engine wants and we have none of. */
const NO_TRACE = "{}";
const DEFAULT_MAX_WAIT_MS = 2000;
const DEFAULT_TIMEOUT_MS = 5000;

/** Answers requests of prisma-client-py out of Prisma's WebAssembly engine. */
export class QueryRunner {
  stats = { queries: 0, errors: 0, active: 0 };

  /**
   * @param {object} parts
   * @param {any} parts.engine
   * @param {import("./json-protocol.mjs").QueryTranslator} parts.translator
   * @param {(error: any) => EngineError} parts.translateError
   * @param {boolean} parts.rawCells
   */
  constructor({ engine, translator, translateError, rawCells }) {
    this.engine = engine;
    this.translator = translator;
    this.translateError = translateError;
    this.rawCells = rawCells;
  }

  /**
   * @param {string} body a request in JSON: `{ query }`, or `{ batch, transaction, isolationLevel }`
   * @param {string | undefined} transactionId
   * @returns {Promise<string | object>} a string is JSON already
   */
  async run(body, transactionId) {
    const request = JSON.parse(body);
    this.stats.queries++;
    this.stats.active++;
    try {
      if (request.batch) return await this.#runBatch(request, transactionId);
      return await this.#runSingle(request.query, transactionId);
    } finally {
      this.stats.active--;
    }
  }

  /** @param {any} options as of prisma-client-py */
  startTransaction(options) {
    const settings = {
      max_wait: options.max_wait ?? DEFAULT_MAX_WAIT_MS,
      timeout: options.timeout ?? DEFAULT_TIMEOUT_MS,
      isolation_level: options.isolation_level,
      new_tx_id: options.new_tx_id,
    };
    return this.#transaction(this.engine.startTransaction(JSON.stringify(settings), NO_TRACE));
  }

  /** @param {string} id */
  commitTransaction(id) {
    return this.#transaction(this.engine.commitTransaction(id, NO_TRACE));
  }

  /** @param {string} id */
  rollbackTransaction(id) {
    return this.#transaction(this.engine.rollbackTransaction(id, NO_TRACE));
  }

  /**
   * @param {string} text
   * @param {string | undefined} transactionId
   */
  async #runSingle(text, transactionId) {
    const { query, alias } = this.translator.translate(text);
    const answer = await this.engine.query(JSON.stringify(query), NO_TRACE, transactionId);
    if (query.action === "queryRaw") return stringifyExact(this.#toGraphql(parseExact(answer), alias));
    return this.#toGraphql(JSON.parse(answer), alias);
  }

  /**
   * @param {any} request
   * @param {string | undefined} transactionId
   */
  async #runBatch(request, transactionId) {
    /** @type {{ alias: string, query: object }[]} */
    const items = request.batch.map((/** @type {any} */ item) => this.translator.translate(item.query));
    if (items.length === 0) return { batchResult: [] };
    const batch = {
      batch: items.map((item) => item.query),
      transaction: request.transaction ? { isolationLevel: request.isolationLevel } : undefined,
    };
    const answer = JSON.parse(await this.engine.query(JSON.stringify(batch), NO_TRACE, transactionId));
    if (answer.batchResult) {
      answer.batchResult = answer.batchResult.map((/** @type {any} */ result, /** @type {number} */ index) =>
        this.#toGraphql(result, items[index]?.alias ?? ""),
      );
    }
    return this.#checked(answer);
  }

  /** @param {Promise<string>} pending */
  async #transaction(pending) {
    const answer = JSON.parse(await pending);
    if (answer?.error_code) {
      return this.#checked({ errors: [{ error: answer.message, user_facing_error: answer }] });
    }
    return answer?.errors ? this.#checked(answer) : answer;
  }

  /**
   * @param {any} answer
   * @param {string} alias
   */
  #toGraphql(answer, alias) {
    if (answer.data) {
      const [action = ""] = Object.keys(answer.data);
      answer.data = { [alias]: this.#resultValue(action, answer.data[action]) };
    }
    return this.#checked(answer);
  }

  /**
   * @param {string} action
   * @param {any} value
   */
  #resultValue(action, value) {
    // raw rows carry no type tags, but may hold JSON of the user that looks like one
    if (action !== "queryRaw") return untag(value);
    return this.rawCells && value?.columns ? toCells(value) : value;
  }

  /** @param {any} answer */
  #checked(answer) {
    if (answer.errors) {
      this.stats.errors++;
      answer.errors = answer.errors.map(this.translateError);
    }
    return answer;
  }
}

/**
 * @param {string} message
 * @param {string} [code]
 * @param {Record<string, unknown>} [meta]
 */
export function errorAnswer(message, code, meta) {
  return { errors: [engineError(message, code, meta)] };
}
