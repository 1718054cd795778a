import { quoteIdentifier } from "./database-connection.mjs";
import { listMigrations, readMigration } from "./migration-files.mjs";
import { isApplied, isFailed, MigrationLedger } from "./migration-ledger.mjs";
import { UserError } from "./user-error.mjs";

/** @typedef {import("./database-connection.mjs").Session} Session */
/** @typedef {import("./migration-ledger.mjs").LedgerRow} LedgerRow */

const RESOLVE_ADVICE =
  "Read more about how to resolve migration issues in a production database: " +
  "https://pris.ly/d/migrate-resolve";

/**
 * Applies the migrations that are not in the ledger yet (`prisma migrate deploy`).
 * @param {Session} session
 * @param {string} folder
 * @returns {Promise<string[]>} names of the applied migrations
 * @throws {UserError} at the first that fails
 */
export async function applyMigrations(session, folder) {
  const ledger = new MigrationLedger(session);
  await ledger.lock();
  await ledger.createUnlessSchemaInUse();
  const rows = (await ledger.rows()) ?? [];
  refuseAfterFailure(rows.filter(isFailed));
  const known = new Set(rows.filter(isApplied).map((row) => row.migration_name));
  const pending = listMigrations(folder).filter((name) => !known.has(name));
  for (const name of pending) await applyMigration(session, ledger, folder, name);
  return pending;
}

/**
 * @param {Session} session
 * @param {MigrationLedger} ledger
 * @param {string} folder
 * @param {string} name
 */
async function applyMigration({ client, schema }, ledger, folder, name) {
  const { script, checksum } = readMigration(folder, name);
  const id = await ledger.recordStart(name, checksum);
  try {
    await client.query(script);
  } catch (error) {
    await client.query("ROLLBACK").catch(() => {});
    const report = failureReport(name, error);
    await ledger.recordFailure(id, report).catch(() => {});
    throw new UserError("P3018", `${report}\n`);
  }
  // the script may have changed it, and the ledger is found by it
  await client.query(`SET search_path = ${quoteIdentifier(schema)}`);
  await ledger.recordFinish(id);
}

/** @param {LedgerRow[]} failed */
function refuseAfterFailure(failed) {
  if (failed.length === 0) return;
  const details = failed.map(({ migration_name, started_at }) => {
    const startedAt = started_at.toISOString().replace("T", " ").replace("Z", " UTC");
    return `The \`${migration_name}\` migration started at ${startedAt} failed`;
  });
  const message =
    "migrate found failed migrations in the target database, new migrations will not be applied. " +
    RESOLVE_ADVICE;
  throw new UserError("P3009", [message, ...details].join("\n"));
}

/**
 * @param {string} name
 * @param {any} error
 */
function failureReport(name, error) {
  const intro =
    "A migration failed to apply. New migrations cannot be applied before the error is recovered from. " +
    RESOLVE_ADVICE;
  return [intro, `Migration name: ${name}`, ...describeError(error)].join("\n\n");
}

/** @param {any} error */
function describeError({ severity, code, message }) {
  if (typeof severity !== "string" || typeof code !== "string") return [String(message)];
  return [
    `Database error code: ${code}`,
    `Database error:\n${severity}: ${message}`,
    `DbError { severity: "${severity}", code: SqlState(E${code}), message: ${JSON.stringify(message)} }`,
  ];
}
