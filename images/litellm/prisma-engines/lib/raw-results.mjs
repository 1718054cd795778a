// Results of raw queries, whose JSON columns hold text the JavaScript in between must not change.

const STRING_OR_NUMBER = /"(?:[^"\\]|\\.)*"|-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?/g;
const LONG_INTEGER = /^-?\d{16,}$/;
const MARKED_INTEGER = /"\\u0000n(-?\d+)"/g;
const ARRAY_SUFFIX = "-array";

/** @typedef {{ prisma__type: string, prisma__value: unknown }} Cell */
/** @typedef {{ columns: string[], types: string[], rows: any[][] }} RawTable */

/**
 * JSON.parse that keeps integers beyond 2^53. They become strings that start with NUL, a character which
 * PostgreSQL can't store and which so marks no one else's string.
 * @param {string} text
 */
export function parseExact(text) {
  if (!/\d{16}/.test(text)) return JSON.parse(text);
  return JSON.parse(
    text.replace(STRING_OR_NUMBER, (token) => (LONG_INTEGER.test(token) ? `"\\u0000n${token}"` : token)),
  );
}

/**
 * The reverse of parseExact.
 * @param {unknown} value
 */
export function stringifyExact(value) {
  return JSON.stringify(value).replace(MARKED_INTEGER, "$1");
}

/**
 * The form prisma-client-py expected before 0.14: rows of typed cells by column name.
 * @param {RawTable} table
 * @returns {Record<string, Cell>[]}
 */
export function toCells({ columns, types, rows }) {
  return rows.map((row) =>
    Object.fromEntries(columns.map((column, index) => [column, toCell(types[index] ?? "", row[index])])),
  );
}

/**
 * @param {string} type
 * @param {any} value
 * @returns {Cell}
 */
function toCell(type, value) {
  if (value === null) return { prisma__type: "null", prisma__value: null };
  if (!type.endsWith(ARRAY_SUFFIX)) return { prisma__type: type, prisma__value: value };
  const itemType = type.slice(0, -ARRAY_SUFFIX.length);
  const items = value.map((/** @type {unknown} */ item) => toCell(itemType, item));
  return { prisma__type: "array", prisma__value: items };
}
