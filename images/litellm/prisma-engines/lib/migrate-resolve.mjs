// `prisma migrate resolve`: the operator tells the ledger what happened outside of it.

import { migrationExists, readMigration } from "./migration-files.mjs";
import { isApplied, isFailed, MigrationLedger } from "./migration-ledger.mjs";
import { UserError } from "./user-error.mjs";

/** @typedef {import("./database-connection.mjs").Session} Session */

/**
 * @param {string} folder
 * @param {string} name
 * @throws {UserError}
 */
export function requireMigration(folder, name) {
  if (migrationExists(folder, name)) return;
  throw new UserError(
    "P3017",
    `The migration ${name} could not be found. Please make sure that the migration exists, ` +
      "and that you included the whole name of the directory. " +
      '(example: "20201231000000_initial_migration")',
  );
}

/**
 * @param {Session} session
 * @param {string} folder
 * @param {string} name
 * @throws {UserError} when it is applied already
 */
export async function markMigrationApplied(session, folder, name) {
  const ledger = new MigrationLedger(session);
  await ledger.lock();
  if (!(await ledger.exists())) await ledger.create();
  const rows = await migrationRows(ledger, name);
  if (rows.some(isApplied)) {
    throw new UserError("P3008", `The migration \`${name}\` is already recorded as applied in the database.`);
  }
  for (const row of rows.filter(isFailed)) await ledger.recordRollback(row.id);
  await ledger.recordApplied(name, readMigration(folder, name).checksum);
}

/**
 * @param {Session} session
 * @param {string} name
 * @throws {UserError} when it didn't fail
 */
export async function markMigrationRolledBack(session, name) {
  const ledger = new MigrationLedger(session);
  await ledger.lock();
  const rows = await migrationRows(ledger, name);
  if (rows.length === 0) {
    throw new UserError(
      "P3011",
      `Migration \`${name}\` cannot be rolled back because it was never applied to the database. ` +
        "Hint: did you pass in the whole migration name? " +
        '(example: "20201207184859_initial_migration")',
    );
  }
  const failed = rows.filter(isFailed);
  if (failed.length === 0 && rows.some(isApplied)) {
    const message = `Migration \`${name}\` cannot be rolled back because it is not in a failed state.`;
    throw new UserError("P3012", message);
  }
  for (const row of failed) await ledger.recordRollback(row.id);
}

/**
 * @param {MigrationLedger} ledger
 * @param {string} name
 */
async function migrationRows(ledger, name) {
  const rows = (await ledger.rows()) ?? [];
  return rows.filter((row) => row.migration_name === name);
}
