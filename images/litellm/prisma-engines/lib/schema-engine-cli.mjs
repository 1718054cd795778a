import { parseConnectionUrl } from "./connection-url.mjs";
import { checkConnection, openSession, quoteIdentifier } from "./database-connection.mjs";

/** Databases are created from another one, and this one is there by default. */
const MAINTENANCE_DATABASE = "postgres";
const CREATION_FAILED = "P1011";

/**
 * `schema-engine cli --datasource URL can-connect-to-database | create-database`.
 * @param {string[]} args
 */
export async function runCli(args) {
  try {
    await runCommand(args);
  } catch (error) {
    report(error);
    process.exit(1);
  }
}

/** @param {string[]} args */
async function runCommand(args) {
  const url = args[args.findIndex((arg) => arg === "--datasource" || arg === "-d") + 1] ?? "";
  if (args.includes("can-connect-to-database")) {
    await checkConnection(url);
    console.log("Connection successful");
  } else if (args.includes("create-database")) {
    const { database } = parseConnectionUrl(url).poolConfig;
    await createDatabase(url, /** @type {string} */ (database));
    console.log(`Database '${database}' was successfully created.`);
  } else {
    throw new Error(`unsupported: ${args.join(" ")}`);
  }
}

/**
 * @param {string} url
 * @param {string} database
 */
async function createDatabase(url, database) {
  const { client } = await openSession(url, MAINTENANCE_DATABASE);
  try {
    await client.query(`CREATE DATABASE ${quoteIdentifier(database)}`);
  } finally {
    await client.end();
  }
}

/** @param {any} error */
function report(error) {
  const fields = { message: error.message, is_panic: false, error_code: error.errorCode || CREATION_FAILED };
  const timestamp = new Date().toISOString();
  console.error(""); // the Prisma CLI takes the last line for the error
  console.error(JSON.stringify({ timestamp, level: "ERROR", fields, target: "schema_engine::logger" }));
}
