import { readFileSync } from "node:fs";
import path from "node:path";

/** @typedef {Record<string, string | undefined>} Environment */

/**
 * @typedef {object} QueryEngineOptions
 * @property {string} host
 * @property {number} port
 * @property {string} datamodel text of schema.prisma
 * @property {boolean} rawCells raw rows go out cell by cell
 * @property {boolean} logQueries
 * @property {string | undefined} traceFile gets one line of JSON per query
 */

/**
 * @param {string[]} args
 * @param {Environment} environment
 * @returns {QueryEngineOptions}
 */
export function readOptions(args, environment) {
  return {
    host: option(args, ["-H", "--host"], environment["HOST"] ?? "127.0.0.1"),
    port: Number(option(args, ["-p", "--port"], environment["PORT"] ?? "4466")),
    datamodel: readDatamodel(environment),
    rawCells: wantsRawCells(environment),
    logQueries: Boolean(environment["LOG_QUERIES"]),
    traceFile: environment["QE_TRACE"],
  };
}

/**
 * @param {string[]} args
 * @param {string[]} names
 * @param {string} fallback
 * @returns {string}
 */
function option(args, names, fallback) {
  const name = names.find((candidate) => args.includes(candidate));
  return name === undefined ? fallback : /** @type {string} */ (args[args.indexOf(name) + 1]);
}

/** @param {Environment} environment */
function readDatamodel(environment) {
  const encoded = environment["PRISMA_DML"];
  if (encoded) return Buffer.from(encoded, "base64").toString();
  return readFileSync(/** @type {string} */ (environment["PRISMA_DML_PATH"]), "utf8");
}

/**
 * prisma-client-py before 0.14 reads raw results cell by cell, later ones read columns, types and rows.
 * The client's own code beside the schema tells which one it is.
 * @param {Environment} environment
 */
function wantsRawCells(environment) {
  if (environment["QE_RAW_FORMAT"]) return environment["QE_RAW_FORMAT"] === "cells";
  try {
    const folder = path.dirname(/** @type {string} */ (environment["PRISMA_DML_PATH"]));
    const clientCode = readFileSync(path.join(folder, "_raw_query.py"), "utf8");
    return !clientCode.includes("raw_result['columns']");
  } catch {
    return true;
  }
}
