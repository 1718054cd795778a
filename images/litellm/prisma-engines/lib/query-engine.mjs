import pg from "pg";
import { parseConnectionUrl } from "./connection-url.mjs";
import { translateEngineError } from "./database-errors.mjs";
import { queryEngineUrl } from "./datasource.mjs";
import { DriverAdapter } from "./driver-adapter.mjs";
import { createServer } from "./http-server.mjs";
import { QueryTranslator } from "./json-protocol.mjs";
import { log, stackOf } from "./log.mjs";
import { readOptions } from "./query-engine-options.mjs";
import { QueryRunner } from "./query-runner.mjs";
import { loadWasmModule } from "./wasm-module.mjs";

/** @typedef {import("./query-engine-options.mjs").QueryEngineOptions} QueryEngineOptions */

const PANIC_EXIT_CODE = 101;
const STOP_GRACE_MS = 2000;
const PARENT_CHECK_MS = 2000;

/**
 * Runs until it is stopped: Prisma's WebAssembly query engine behind the HTTP interface of the native one.
 * @param {string[]} args of the command line
 */
export async function startQueryEngine(args) {
  process.title = "query-engine";
  const options = readOptions(args, process.env);
  process.on("uncaughtException", die);
  process.on("unhandledRejection", die);
  try {
    await serve(options);
  } catch (error) {
    console.error(/** @type {any} */ (error)?.message || error);
    process.exit(1);
  }
}

/**
 * A Rust panic leaves the WebAssembly instance unusable; the client starts another engine when this one
 * is gone.
 * @param {unknown} error
 */
function die(error) {
  log("ERROR", `fatal: ${stackOf(error)}`);
  process.exit(PANIC_EXIT_CODE);
}

/** @param {QueryEngineOptions} options */
async function serve(options) {
  const connection = parseConnectionUrl(queryEngineUrl(options.datamodel, process.env));
  const pool = new pg.Pool(connection.poolConfig);
  pool.on("error", (error) => log("ERROR", `idle database connection lost: ${error.message}`));
  const adapter = new DriverAdapter(pool, connection.schema);
  const translator = new QueryTranslator(options.datamodel);
  const engine = await connectEngine(options, adapter);
  const runner = new QueryRunner({
    engine,
    translator,
    translateError: (error) => translateEngineError(error, { connection, registry: adapter.errors, pool }),
    rawCells: options.rawCells,
  });
  const server = createServer({ runner, pool, onPanic: die, traceFile: options.traceFile });
  server.listen(options.port, options.host);
  stopWithParent(server, pool);
}

/**
 * @param {QueryEngineOptions} options
 * @param {DriverAdapter} adapter
 */
async function connectEngine({ datamodel, logQueries }, adapter) {
  const wasm = await loadWasmModule(
    "@prisma/query-engine-wasm/postgresql/query_engine_bg.js",
    "query_engine_bg",
  );
  const onLogLine = (/** @type {string} */ line) => {
    if (logQueries) console.log(line);
  };
  const engine = new wasm.QueryEngine({ datamodel, logLevel: "error", logQueries }, onLogLine, adapter);
  await engine.connect("{}");
  return engine;
}

/**
 * @param {import("node:http").Server} server
 * @param {import("pg").Pool} pool
 */
function stopWithParent(server, pool) {
  const exit = () => process.exit(0);
  const stop = () => {
    server.close();
    server.closeAllConnections();
    pool.end().then(exit, exit);
    setTimeout(exit, STOP_GRACE_MS).unref();
  };
  process.on("SIGINT", stop);
  process.on("SIGTERM", stop);
  // the proxy worker that started us may be killed without a chance to stop us
  const parent = process.ppid;
  setInterval(() => {
    if (process.ppid !== parent) stop();
  }, PARENT_CHECK_MS).unref();
}
