import { randomUUID } from "node:crypto";
import { quoteIdentifier } from "./database-connection.mjs";
import { UserError } from "./user-error.mjs";

/** Prisma's own advisory lock, so that its real engines and this one exclude each other. */
const LOCK_ID = 72707369;
const LOCK_TIMEOUT_MS = 10_000;
const LOCK_NOT_AVAILABLE = "55P03";

const CREATE_TABLE = `CREATE TABLE _prisma_migrations (
    id                      VARCHAR(36) PRIMARY KEY NOT NULL,
    checksum                VARCHAR(64) NOT NULL,
    finished_at             TIMESTAMPTZ,
    migration_name          VARCHAR(255) NOT NULL,
    logs                    TEXT,
    rolled_back_at          TIMESTAMPTZ,
    started_at              TIMESTAMPTZ NOT NULL DEFAULT now(),
    applied_steps_count     INTEGER NOT NULL DEFAULT 0
);`;

// PostGIS puts its tables into a fresh schema
const COUNT_TABLES = `SELECT count(*)::int AS n
  FROM pg_class k JOIN pg_namespace s ON s.oid = k.relnamespace
  WHERE s.nspname = $1 AND k.relkind IN ('r','p','v','m')
    AND k.relname NOT LIKE 'geography%' AND k.relname NOT IN ('spatial_ref_sys')`;

/**
 * @typedef {object} LedgerRow
 * @property {string} id
 * @property {string} checksum
 * @property {string} migration_name
 * @property {Date | null} finished_at
 * @property {Date | null} rolled_back_at
 * @property {Date} started_at
 */

/** @param {LedgerRow} row */
export function isApplied(row) {
  return row.finished_at !== null && row.rolled_back_at === null;
}

/** @param {LedgerRow} row */
export function isFailed(row) {
  return row.finished_at === null && row.rolled_back_at === null;
}

/** The table in which Prisma records migrations. */
export class MigrationLedger {
  /** @param {import("./database-connection.mjs").Session} session */
  constructor({ client, schema }) {
    this.client = client;
    this.schema = schema;
  }

  /**
   * Waits for its turn; the lock is released with the connection.
   * @throws {UserError} after the lock timeout
   */
  async lock() {
    if (process.env["PRISMA_SCHEMA_DISABLE_ADVISORY_LOCK"]) return;
    await this.client.query(`SET lock_timeout = ${LOCK_TIMEOUT_MS}`);
    try {
      await this.client.query(`SELECT pg_advisory_lock(${LOCK_ID})`);
    } catch (error) {
      throw /** @type {any} */ (error).code === LOCK_NOT_AVAILABLE ? lockTimeout() : error;
    }
    await this.client.query("RESET lock_timeout");
  }

  /** @returns {Promise<boolean>} */
  async exists() {
    const table = `"${this.schema}"."_prisma_migrations"`;
    const { rows } = await this.client.query("SELECT to_regclass($1) AS t", [table]);
    return rows[0].t !== null;
  }

  async create() {
    await this.#createSchema();
    await this.client.query(CREATE_TABLE);
  }

  /**
   * @throws {UserError} when the schema has tables but no ledger: like the real engine, a human has to decide
   */
  async createUnlessSchemaInUse() {
    await this.#createSchema();
    if (await this.exists()) return;
    const { rows } = await this.client.query(COUNT_TABLES, [this.schema]);
    if (rows[0].n > 0) {
      throw new UserError(
        "P3005",
        "The database schema is not empty. " +
          "Read more about how to baseline an existing production database: " +
          "https://pris.ly/d/migrate-baseline",
      );
    }
    await this.client.query(CREATE_TABLE);
  }

  /** @returns {Promise<LedgerRow[] | null>} oldest first; null without a ledger */
  async rows() {
    if (!(await this.exists())) return null;
    const { rows } = await this.client.query(
      "SELECT id, checksum, migration_name, finished_at, rolled_back_at, started_at, logs, " +
        "applied_steps_count FROM _prisma_migrations ORDER BY started_at ASC",
    );
    return rows;
  }

  /**
   * @param {string} name
   * @param {string} checksum
   * @returns {Promise<string>} id of the row
   */
  async recordStart(name, checksum) {
    const id = randomUUID();
    await this.client.query(
      "INSERT INTO _prisma_migrations (id, checksum, migration_name, started_at) " +
        "VALUES ($1, $2, $3, clock_timestamp())",
      [id, checksum, name],
    );
    return id;
  }

  /** @param {string} id */
  async recordFinish(id) {
    await this.client.query(
      "UPDATE _prisma_migrations SET applied_steps_count = applied_steps_count + 1, " +
        "finished_at = clock_timestamp() WHERE id = $1",
      [id],
    );
  }

  /**
   * @param {string} id
   * @param {string} logs
   */
  async recordFailure(id, logs) {
    await this.client.query("UPDATE _prisma_migrations SET logs = $2 WHERE id = $1", [id, logs]);
  }

  /**
   * Records a migration as applied that was not run.
   * @param {string} name
   * @param {string} checksum
   */
  async recordApplied(name, checksum) {
    await this.client.query(
      "INSERT INTO _prisma_migrations (id, checksum, migration_name, started_at, finished_at) " +
        "VALUES ($1, $2, $3, clock_timestamp(), clock_timestamp())",
      [randomUUID(), checksum, name],
    );
  }

  /** @param {string} id */
  async recordRollback(id) {
    await this.client.query(
      "UPDATE _prisma_migrations SET rolled_back_at = clock_timestamp() WHERE id = $1",
      [id],
    );
  }

  async #createSchema() {
    await this.client.query(`CREATE SCHEMA IF NOT EXISTS ${quoteIdentifier(this.schema)}`);
  }
}

function lockTimeout() {
  return new UserError(
    "P1002",
    "The database server was reached but timed out.\n\nPlease try again.\n\nContext: Timed out trying to " +
      `acquire a postgres advisory lock (SELECT pg_advisory_lock(${LOCK_ID})). ` +
      `Elapsed: ${LOCK_TIMEOUT_MS}ms. ` +
      "See https://pris.ly/d/migrate-advisory-locking for details.",
  );
}
