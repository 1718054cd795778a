import pg from "pg";
import { parseConnectionUrl } from "./connection-url.mjs";
import { authenticationMessage, unreachableMessage } from "./database-errors.mjs";
import { UserError } from "./user-error.mjs";

const CONNECT_TIMEOUT_MS = 10_000;
const NO_SUCH_DATABASE = "3D000";
const AUTHENTICATION_FAILED = ["28P01", "28000"];

/** @typedef {{ client: import("pg").Client, schema: string }} Session */

/**
 * @param {string} url
 * @param {string} [database] instead of the URL's
 * @returns {Promise<Session>}
 * @throws {UserError} why there is no connection
 */
export async function openSession(url, database) {
  const connection = parseConnectionUrl(url);
  const client = new pg.Client({
    ...connection.poolConfig,
    database: database || connection.poolConfig.database,
    query_timeout: undefined, // a migration may take longer than any query
    connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
  });
  client.on("error", () => {}); // the statement that fails tells
  try {
    await client.connect();
  } catch (error) {
    throw connectError(error, connection);
  }
  return { client, schema: connection.schema };
}

/**
 * @param {string} url
 * @throws {UserError} why there is no connection
 */
export async function checkConnection(url) {
  const { client } = await openSession(url);
  await client.end();
}

/** @param {string} name */
export function quoteIdentifier(name) {
  return `"${name.replaceAll('"', '""')}"`;
}

/**
 * @param {any} error
 * @param {import("./connection-url.mjs").ConnectionSettings} connection
 */
function connectError(error, { poolConfig, address }) {
  if (error.code === NO_SUCH_DATABASE) {
    const database = poolConfig.database;
    return new UserError(
      "P1003",
      `Database \`${database}\` does not exist on the database server at \`${address}\`.`,
    );
  }
  if (AUTHENTICATION_FAILED.includes(error.code)) {
    const advice =
      "Please make sure to provide valid database credentials " +
      `for the database server at \`${poolConfig.host}\`.`;
    return new UserError("P1000", `${authenticationMessage(poolConfig)}\n\n${advice}`);
  }
  return new UserError("P1001", unreachableMessage(address));
}
