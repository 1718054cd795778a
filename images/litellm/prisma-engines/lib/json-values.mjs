import { EnumLiteral, isGraphqlObject, NumberLiteral } from "./graphql-parser.mjs";

/** @typedef {import("./graphql-parser.mjs").GraphqlValue} GraphqlValue */

/**
 * Calls a function for every property and keeps the names.
 * @template Value, Result
 * @param {Record<string, Value>} object
 * @param {(value: Value, key: string) => Result} change
 * @returns {Record<string, Result>}
 */
export function mapValues(object, change) {
  return Object.fromEntries(Object.entries(object).map(([key, value]) => [key, change(value, key)]));
}

/**
 * A value whose type the engine finds by itself: strings stand for dates, decimals, bytes and enums alike.
 * @param {GraphqlValue} value
 * @returns {unknown}
 */
export function plainValue(value) {
  if (value instanceof NumberLiteral) return numberValue(value.text);
  if (value instanceof EnumLiteral) return value.name;
  if (Array.isArray(value)) return value.map(plainValue);
  if (isGraphqlObject(value)) return mapValues(value, plainValue);
  return value;
}

/**
 * A value of a Json field. GraphQL carries it as a string of JSON text, which the JSON protocol wants tagged.
 * @param {GraphqlValue} value
 * @returns {unknown}
 */
export function jsonValue(value) {
  if (typeof value === "string") return { $type: "Json", value };
  if (value instanceof EnumLiteral) return { $type: "Enum", value: value.name };
  return plainValue(value);
}

/**
 * One Json value or a list of them.
 * @param {GraphqlValue} value
 */
export function jsonValues(value) {
  return Array.isArray(value) ? value.map(jsonValue) : jsonValue(value);
}

/**
 * Fractions and integers beyond 2^53 travel as text, so that no digit is lost.
 * @param {string} text
 */
function numberValue(text) {
  if (!/^-?\d+$/.test(text)) return { $type: "Decimal", value: text };
  const number = Number(text);
  return Number.isSafeInteger(number) ? number : { $type: "BigInt", value: text };
}
