import { listMigrations, readMigration } from "./migration-files.mjs";
import { isApplied, isFailed, MigrationLedger } from "./migration-ledger.mjs";

/** @typedef {import("./migration-ledger.mjs").LedgerRow} LedgerRow */

/**
 * Compares the ledger with the migrations on disk (`prisma migrate status`). Drift is not looked for:
 * that takes a shadow database.
 * @param {import("./database-connection.mjs").Session} session
 * @param {string} folder
 */
export async function diagnoseMigrations(session, folder) {
  const rows = await new MigrationLedger(session).rows();
  const onDisk = listMigrations(folder);
  const applied = (rows ?? []).filter(isApplied);
  return {
    drift: null,
    history: compareHistories(applied, onDisk),
    hasMigrationsTable: rows !== null,
    errorInUnappliedMigration: null,
    failedMigrationNames: (rows ?? []).filter(isFailed).map((row) => row.migration_name),
    editedMigrationNames: applied
      .filter((row) => onDisk.includes(row.migration_name))
      .filter((row) => row.checksum !== readMigration(folder, row.migration_name).checksum)
      .map((row) => row.migration_name),
  };
}

/**
 * @param {LedgerRow[]} applied
 * @param {string[]} onDisk
 */
function compareHistories(applied, onDisk) {
  const appliedNames = new Set(applied.map((row) => row.migration_name));
  const unapplied = onDisk.filter((name) => !appliedNames.has(name));
  const unpersisted = [...appliedNames].filter((name) => !onDisk.includes(name));
  if (unapplied.length > 0 && unpersisted.length > 0) {
    return {
      diagnostic: "historiesDiverge",
      lastCommonMigrationName: null,
      unpersistedMigrationNames: unpersisted,
      unappliedMigrationNames: unapplied,
    };
  }
  if (unapplied.length > 0) return { diagnostic: "databaseIsBehind", unappliedMigrationNames: unapplied };
  if (unpersisted.length > 0) {
    return { diagnostic: "migrationsDirectoryIsBehind", unpersistedMigrationNames: unpersisted };
  }
  return null;
}
