const CAPACITY = 1000;
/** The engine keeps the number as a signed 32-bit integer. */
const ID_LIMIT = 0x7fffffff;

/** Errors on our side of the driver (no connection, pool timeout), which the engine only knows by number. */
export class ErrorRegistry {
  /** @type {Map<number, unknown>} */
  #errors = new Map();
  #count = 0;

  /**
   * @param {unknown} error
   * @returns {number} the error's number
   */
  add(error) {
    const id = this.#count++ % ID_LIMIT;
    this.#errors.set(id, error);
    const [oldest] = this.#errors.keys();
    if (this.#errors.size > CAPACITY && oldest !== undefined) this.#errors.delete(oldest);
    return id;
  }

  /**
   * @param {number} id
   * @returns {any} the error, which is forgotten
   */
  take(id) {
    const error = this.#errors.get(id);
    this.#errors.delete(id);
    return error;
  }
}
