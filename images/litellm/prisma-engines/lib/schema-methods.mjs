import { readFileSync } from "node:fs";
import { openSession, quoteIdentifier } from "./database-connection.mjs";
import { schemaEngineUrl } from "./datasource.mjs";
import { applyMigrations } from "./migrate-deploy.mjs";
import { markMigrationApplied, markMigrationRolledBack, requireMigration } from "./migrate-resolve.mjs";
import { diagnoseMigrations } from "./migrate-status.mjs";
import { listMigrations } from "./migration-files.mjs";
import { UserError } from "./user-error.mjs";
import { diffSchemas, pushSchema } from "./wasm-schema-engine.mjs";

/** @typedef {import("./database-connection.mjs").Session} Session */
/** @typedef {(params: any) => unknown} Method */

/**
 * What the Prisma CLI may ask for.
 * @param {string} schemaText
 * @param {(text: string) => void} print shows text to the user of the CLI
 * @returns {Map<string, Method>} by JSON-RPC method name
 */
export function createSchemaMethods(schemaText, print) {
  /**
   * @template Result
   * @param {(session: Session) => Promise<Result>} work
   */
  const inDatabase = (work) => withSession(schemaEngineUrl(schemaText, process.env), work);

  /** @type {Record<string, Method>} */
  const methods = {
    getDatabaseVersion: () => inDatabase(databaseVersion),
    ensureConnectionValidity: () => inDatabase(async () => ({})),
    listMigrationDirectories: ({ migrationsDirectoryPath: folder }) => ({
      migrations: listMigrations(folder),
    }),
    applyMigrations: ({ migrationsDirectoryPath: folder }) =>
      inDatabase(async (session) => ({ appliedMigrationNames: await applyMigrations(session, folder) })),
    markMigrationApplied: ({ migrationsDirectoryPath: folder, migrationName: name }) => {
      requireMigration(folder, name);
      return inDatabase(async (session) => {
        await markMigrationApplied(session, folder, name);
        return {};
      });
    },
    markMigrationRolledBack: ({ migrationName: name }) =>
      inDatabase(async (session) => {
        await markMigrationRolledBack(session, name);
        return {};
      }),
    diagnoseMigrationHistory: ({ migrationsDirectoryPath: folder }) =>
      inDatabase((session) => diagnoseMigrations(session, folder)),
    dbExecute: executeScript,
    diff: async (params) => {
      const { stdout, exitCode } = await diffSchemas(params, process.env);
      print(stdout);
      return { exitCode };
    },
    schemaPush: (params) => pushSchema(params, process.env),
  };
  return new Map(Object.entries(methods));
}

/**
 * @template Result
 * @param {string} url
 * @param {(session: Session) => Promise<Result>} work
 */
async function withSession(url, work) {
  const session = await openSession(url);
  try {
    await session.client.query(`SET search_path = ${quoteIdentifier(session.schema)}`);
    return await work(session);
  } finally {
    await session.client.end().catch(() => {});
  }
}

/** @param {Session} session */
async function databaseVersion({ client }) {
  const { rows } = await client.query("SELECT version()");
  return rows[0].version;
}

/** @param {any} params */
async function executeScript({ datasourceType, script }) {
  const { client } = await openSession(executionUrl(datasourceType));
  try {
    await client.query(script);
  } catch (error) {
    const { severity, message } = /** @type {any} */ (error);
    throw new UserError(undefined, `${severity || "ERROR"}: ${message}`);
  } finally {
    await client.end().catch(() => {});
  }
  return null;
}

/** @param {any} datasource the name of the file's path depends on the CLI's version */
function executionUrl({ tag, url, schema, filePath, path }) {
  if (tag === "url") return url;
  return schemaEngineUrl(readFileSync(schema || filePath || path, "utf8"), process.env);
}
