import { appendFileSync } from "node:fs";
import http from "node:http";
import { GraphqlError } from "./graphql-parser.mjs";
import { log, stackOf } from "./log.mjs";
import { jsonMetrics, prometheusMetrics } from "./metrics.mjs";
import { errorAnswer } from "./query-runner.mjs";
import { QUERY_ENGINE_COMMIT } from "./versions.mjs";

/** @typedef {import("node:http").IncomingMessage} IncomingMessage */
/** @typedef {import("node:http").ServerResponse} ServerResponse */
/** @typedef {import("./query-runner.mjs").QueryRunner} QueryRunner */

/**
 * @typedef {object} Answer
 * @property {number} status
 * @property {string | object | null} body a string goes out as it is
 * @property {string} [type] content type, JSON by default
 */

/**
 * @typedef {object} ServerParts
 * @property {QueryRunner} runner
 * @property {import("./metrics.mjs").PoolCounts} pool
 * @property {(error: unknown) => void} onPanic the engine can't be used any more
 * @property {string | undefined} traceFile
 */

const FINISH_TRANSACTION = /^\/transaction\/([^/]+)\/(commit|rollback)$/;
const NOT_FOUND = { status: 404, body: "" };

/**
 * The HTTP interface of Prisma's query engine.
 * @param {ServerParts} parts
 */
export function createServer(parts) {
  const server = http.createServer((request, response) => {
    /** @type {Buffer[]} */
    const chunks = [];
    request.on("data", (chunk) => chunks.push(chunk));
    request.on("error", () => {});
    request.on("end", () => respond(parts, request, response, Buffer.concat(chunks).toString()));
  });
  // like the native engine: never be the first to close an idle client connection
  server.keepAliveTimeout = 0;
  server.requestTimeout = 0;
  server.headersTimeout = 0;
  return server;
}

/**
 * @param {ServerParts} parts
 * @param {IncomingMessage} request
 * @param {ServerResponse} response
 * @param {string} body
 */
async function respond(parts, request, response, body) {
  const startedAt = performance.now();
  try {
    const url = new URL(request.url ?? "", "http://localhost");
    const answer = await route(parts, request, url, body);
    send(response, answer);
    const isQuery = request.method === "POST" && url.pathname === "/";
    if (parts.traceFile && isQuery) trace(parts.traceFile, startedAt, body, answer);
  } catch (error) {
    respondToFailure(parts, response, error);
  }
}

/**
 * @param {ServerParts} parts
 * @param {IncomingMessage} request
 * @param {URL} url
 * @param {string} body
 * @returns {Promise<Answer>}
 */
async function route({ runner, pool }, { method, headers }, { pathname, searchParams }, body) {
  if (pathname === "/metrics") return metricsAnswer(runner, pool, searchParams.get("format"));
  if (method === "GET" && pathname === "/status") return json({ status: "ok" });
  if (method === "GET" && pathname === "/server_info") {
    return json({ commit: QUERY_ENGINE_COMMIT, version: "wasm", primary_connector: "postgresql" });
  }
  if (method !== "POST") return NOT_FOUND;
  if (pathname === "/") {
    return json(await runner.run(body, /** @type {string | undefined} */ (headers["x-transaction-id"])));
  }
  if (pathname === "/transaction/start") {
    return json(await runner.startTransaction(body ? JSON.parse(body) : {}));
  }
  const [, id = "", ending] = FINISH_TRANSACTION.exec(pathname) ?? [];
  if (ending === "commit") return json(await runner.commitTransaction(id));
  if (ending === "rollback") return json(await runner.rollbackTransaction(id));
  return NOT_FOUND;
}

/**
 * @param {string | object | null} body
 * @returns {Answer}
 */
function json(body) {
  return { status: 200, body };
}

/**
 * @param {QueryRunner} runner
 * @param {import("./metrics.mjs").PoolCounts} pool
 * @param {string | null} format
 * @returns {Answer}
 */
function metricsAnswer({ stats }, pool, format) {
  if (format === "json") return json(jsonMetrics(stats, pool));
  return { status: 200, body: prometheusMetrics(stats, pool), type: "text/plain; version=0.0.4" };
}

/**
 * @param {ServerParts} parts
 * @param {ServerResponse} response
 * @param {any} error
 */
function respondToFailure({ onPanic }, response, error) {
  if (error instanceof GraphqlError) {
    const meta = { query_parsing_error: error.message };
    send(response, json(errorAnswer(error.message, "P2009", meta)));
    return;
  }
  if (error instanceof WebAssembly.RuntimeError) {
    send(response, { status: 500, body: errorAnswer(`query engine panic: ${error.message}`) });
    onPanic(error);
    return;
  }
  log("ERROR", `request failed: ${stackOf(error)}`);
  if (!response.headersSent) {
    send(response, { status: 500, body: errorAnswer(String(error?.message || error)) });
  }
}

/**
 * @param {ServerResponse} response
 * @param {Answer} answer
 */
function send(response, { status, body, type = "application/json" }) {
  const bytes = Buffer.from(toText(body));
  response.writeHead(status, { "content-type": type, "content-length": bytes.length }).end(bytes);
}

/**
 * @param {string} file
 * @param {number} startedAt
 * @param {string} body
 * @param {Answer} answer
 */
function trace(file, startedAt, body, answer) {
  const milliseconds = Number((performance.now() - startedAt).toFixed(2));
  const entry = { ms: milliseconds, req: body.slice(0, 20000), res: toText(answer.body).slice(0, 3000) };
  appendFileSync(file, `${JSON.stringify(entry)}\n`);
}

/** @param {string | object | null} body */
function toText(body) {
  return typeof body === "string" ? body : JSON.stringify(body);
}
