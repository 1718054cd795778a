// A driver adapter of Prisma 5.x over node-postgres.

import { columnReader, columnType } from "./column-types.mjs";
import { ErrorRegistry } from "./error-registry.mjs";

/** @typedef {{ sql: string, args: unknown[] }} Statement */

/**
 * The server is going down or the connection broke: to the engine no database error but a lost connection.
 * 57P01-57P03: shutdown, 08: connection exceptions.
 */
const CONNECTION_LOST = /^(57P0[123]|08)/;

/**
 * @template Value
 * @param {Value} value
 * @returns {{ ok: true, value: Value }}
 */
export function ok(value) {
  return { ok: true, value };
}

/**
 * @template Failure
 * @param {Failure} error
 * @returns {{ ok: false, error: Failure }}
 */
function fail(error) {
  return { ok: false, error };
}

class Queryable {
  /**
   * @param {any} client a pool or a connection of node-postgres
   * @param {ErrorRegistry} errors
   */
  constructor(client, errors) {
    this.provider = "postgres";
    this.adapterName = "@prisma/adapter-pg";
    this.client = client;
    this.errors = errors;
    // the engine may call its adapter's functions without a receiver
    this.queryRaw = this.queryRaw.bind(this);
    this.executeRaw = this.executeRaw.bind(this);
  }

  /** @param {Statement} statement */
  async queryRaw(statement) {
    const outcome = await this.execute(statement.sql, statement.args.map(toParameter));
    if (!outcome.ok) return outcome;
    const { fields, rows } = lastResult(outcome.value);
    return ok({
      columnNames: fields.map((/** @type {any} */ field) => field.name),
      columnTypes: fields.map((/** @type {any} */ field) => columnType(field.dataTypeID)),
      rows,
    });
  }

  /** @param {Statement} statement */
  async executeRaw(statement) {
    const outcome = await this.execute(statement.sql, statement.args.map(toParameter));
    return outcome.ok ? ok(lastResult(outcome.value).rowCount ?? 0) : outcome;
  }

  /**
   * @param {string} sql
   * @param {unknown[]} [values] without them several statements may be sent at once
   */
  async execute(sql, values) {
    try {
      const types = { getTypeParser: columnReader };
      return ok(await this.client.query({ text: sql, values, rowMode: "array", types }));
    } catch (error) {
      return fail(this.describe(error));
    }
  }

  /** @param {any} error */
  describe(error) {
    const { code, severity, message, detail, column, hint } = error;
    const isDatabaseError = [code, severity, message].every((part) => typeof part === "string");
    if (isDatabaseError && !CONNECTION_LOST.test(code)) {
      return { kind: "Postgres", code, severity, message, detail, column, hint };
    }
    return { kind: "GenericJs", id: this.errors.add(error) };
  }
}

class Transaction extends Queryable {
  /** @type {unknown} */
  #broken = undefined;
  #released = false;

  /**
   * @param {any} client a connection of its own
   * @param {ErrorRegistry} errors
   */
  constructor(client, errors) {
    super(client, errors);
    this.options = { usePhantomQuery: false };
    this.commit = this.commit.bind(this);
    this.rollback = this.rollback.bind(this);
    this.onError = (/** @type {unknown} */ error) => {
      this.#broken = error;
    };
    // a connection that dies between two statements must not take the process down
    client.on("error", this.onError);
  }

  // The engine itself sends COMMIT and ROLLBACK; what is left to do is giving the connection back.

  async commit() {
    this.#release();
    return ok(undefined);
  }

  async rollback() {
    this.#release();
    return ok(undefined);
  }

  #release() {
    if (this.#released) return;
    this.#released = true;
    this.client.removeListener("error", this.onError);
    this.client.release(this.#broken);
  }
}

/** What the WebAssembly engines use as their database. */
export class DriverAdapter extends Queryable {
  /**
   * @param {any} pool of node-postgres
   * @param {string} schema the PostgreSQL schema tables without one belong to
   */
  constructor(pool, schema) {
    super(pool, new ErrorRegistry());
    this.schema = schema;
    this.startTransaction = this.startTransaction.bind(this);
    this.getConnectionInfo = this.getConnectionInfo.bind(this);
  }

  getConnectionInfo() {
    return ok({ schemaName: this.schema, supportsRelationJoins: true });
  }

  async startTransaction() {
    try {
      return ok(new Transaction(await this.client.connect(), this.errors));
    } catch (error) {
      return fail({ kind: "GenericJs", id: this.errors.add(error) });
    }
  }
}

/** @param {any} outcome of a query; a list when the text held several statements */
function lastResult(outcome) {
  return Array.isArray(outcome) ? outcome[outcome.length - 1] : outcome;
}

/**
 * node-postgres sends only Buffers as bytea, the engine hands out typed arrays.
 * @param {unknown} value
 * @returns {unknown}
 */
function toParameter(value) {
  if (Array.isArray(value)) return value.map(toBuffer);
  return toBuffer(value);
}

/** @param {unknown} value */
function toBuffer(value) {
  return ArrayBuffer.isView(value) ? Buffer.from(value.buffer, value.byteOffset, value.byteLength) : value;
}
