// Values stay in PostgreSQL's text form, as the engine expects, save those it wants as JavaScript values.

import { ColumnTypeEnum } from "@prisma/driver-adapter-utils";
import { parse as parseArray } from "postgres-array";

/** @typedef {(text: string) => unknown} Reader */

/**
 * @param {string} text bytea in PostgreSQL's default output form, hex
 * @returns {number[]}
 */
function readBytes(text) {
  return Array.from(Buffer.from(text.slice("\\x".length), "hex"));
}

const ZONED = /^(\d{4,}-\d\d-\d\d) (\d\d:\d\d:\d\d)(\.\d+)?([+-]\d\d)(?::?(\d\d))?/;

/**
 * The engine takes the text for UTC, whatever the session's TimeZone is.
 * @param {string} text
 */
function readZonedTimestamp(text) {
  const match = ZONED.exec(text);
  if (!match) return text;
  const [, date, time, fraction = "", hours = "", minutes] = match;
  if (/^[+-]00$/.test(hours) && !minutes) return `${date} ${time}${fraction}`;
  const instant = new Date(`${date}T${time}${hours}:${minutes ?? "00"}`);
  return instant.toISOString().slice(0, 19).replace("T", " ") + fraction;
}

/** @type {Reader} */
const readText = (text) => text;
/** @type {Reader} */
const readBoolean = (text) => text === "t";
/** @type {Reader} */
const readMoney = (text) => text.replace(/[^0-9.-]/g, "");
/** @type {Reader} */
const readZonedTime = (text) => text.split(/[+-]/)[0];

/**
 * PostgreSQL type, oid, oid of its array type (0: none), the engine's column type, reader if not text.
 * @type {[string, number, number, keyof typeof ColumnTypeEnum, Reader?][]}
 */
const SCALARS = [
  ["bool", 16, 1000, "Boolean", readBoolean],
  ["bytea", 17, 1001, "Bytes", readBytes],
  ["char", 18, 1002, "Text"],
  ["name", 19, 1003, "Text"],
  ["int8", 20, 1016, "Int64"],
  ["int2", 21, 1005, "Int32", Number],
  ["int4", 23, 1007, "Int32", Number],
  ["text", 25, 1009, "Text"],
  ["oid", 26, 1028, "Int64"],
  ["xid", 28, 1011, "Int64"],
  ["json", 114, 199, "Json"],
  ["xml", 142, 143, "Text"],
  ["cidr", 650, 651, "Text"],
  ["float4", 700, 1021, "Float", Number],
  ["float8", 701, 1022, "Double", Number],
  ["unknown", 705, 0, "Text"],
  ["money", 790, 791, "Numeric", readMoney],
  ["macaddr", 829, 1040, "Text"],
  ["inet", 869, 1041, "Text"],
  ["bpchar", 1042, 1014, "Text"],
  ["varchar", 1043, 1015, "Text"],
  ["date", 1082, 1182, "Date"],
  ["time", 1083, 1183, "Time"],
  ["timestamp", 1114, 1115, "DateTime"],
  ["timestamptz", 1184, 1185, "DateTime", readZonedTimestamp],
  ["interval", 1186, 1187, "Text"],
  ["timetz", 1266, 1270, "Time", readZonedTime],
  ["bit", 1560, 1561, "Text"],
  ["varbit", 1562, 1563, "Text"],
  ["numeric", 1700, 1231, "Numeric"],
  ["regclass", 2205, 2210, "Text"],
  ["void", 2278, 0, "Text"],
  ["uuid", 2950, 2951, "Uuid"],
  ["pg_lsn", 3220, 3221, "Text"],
  ["jsonb", 3802, 3807, "Json"],
];

/** @type {Map<number, { type: number, read: Reader }>} */
const COLUMNS = new Map();
for (const [, oid, arrayOid, typeName, read = readText] of SCALARS) {
  COLUMNS.set(oid, { type: ColumnTypeEnum[typeName], read });
  if (arrayOid === 0) continue;
  const arrayName = /** @type {keyof typeof ColumnTypeEnum} */ (`${typeName}Array`);
  COLUMNS.set(arrayOid, { type: ColumnTypeEnum[arrayName], read: (text) => parseArray(text, read) });
}

/**
 * @param {number} oid
 * @returns {number} a ColumnTypeEnum value; enums, domains and extension types are text
 */
export function columnType(oid) {
  return COLUMNS.get(oid)?.type ?? ColumnTypeEnum.Text;
}

/**
 * @param {number} oid
 * @returns {Reader} from PostgreSQL's text form to what the engine expects
 */
export function columnReader(oid) {
  return COLUMNS.get(oid)?.read ?? readText;
}
