// Where schema.prisma and the environment say the database is.

import { UserError } from "./user-error.mjs";

/** @typedef {Record<string, string | undefined>} Environment */

const VALUE = String.raw`\s*=\s*(?:env\(\s*"([^"]+)"\s*\)|"([^"]+)")`;
const FIRST_URL = new RegExp(String.raw`datasource\s+\w+\s*\{[^}]*?\burl${VALUE}`);
const DATASOURCE = /datasource\s+\w+\s*\{([^}]*)\}/;

/**
 * The query engine's database: prisma-client-py hands over another one in OVERWRITE_DATASOURCES.
 * @param {string} schemaText
 * @param {Environment} environment
 * @returns {string}
 */
export function queryEngineUrl(schemaText, environment) {
  const overwritten = overwrittenUrl(environment["OVERWRITE_DATASOURCES"]);
  if (overwritten) return overwritten;
  const match = FIRST_URL.exec(schemaText);
  const url = match && urlOf(match, environment);
  if (!url) throw new Error(`error: Environment variable not found: ${match ? match[1] : "DATABASE_URL"}.`);
  return url;
}

/**
 * The schema engine's database, not the pooler in front of it if both are named.
 * @param {string} schemaText
 * @param {Environment} environment
 * @returns {string}
 */
export function schemaEngineUrl(schemaText, environment) {
  const block = DATASOURCE.exec(schemaText)?.[1] ?? "";
  const url = settingUrl(block, "directUrl", environment) || settingUrl(block, "url", environment);
  if (!url) throw new UserError("P1012", "error: Environment variable not found: DATABASE_URL.");
  return url;
}

/** @param {string | undefined} overwrite JSON, or JSON in base64 */
function overwrittenUrl(overwrite) {
  if (!overwrite) return undefined;
  const isJson = overwrite.trim().startsWith("[");
  const json = isJson ? overwrite : Buffer.from(overwrite, "base64").toString();
  /** @type {({ url?: string } | null)[]} */
  const datasources = JSON.parse(json);
  return datasources.find((datasource) => datasource?.url)?.url;
}

/**
 * @param {string} block
 * @param {string} name
 * @param {Environment} environment
 */
function settingUrl(block, name, environment) {
  const match = new RegExp(String.raw`(?:^|\n)\s*${name}${VALUE}`).exec(block);
  return match && urlOf(match, environment);
}

/**
 * @param {RegExpExecArray} match of VALUE
 * @param {Environment} environment
 */
function urlOf([, variable = "", literal], environment) {
  return literal || environment[variable];
}
