import assert from "node:assert/strict";
import { test } from "node:test";
import { ColumnTypeEnum } from "@prisma/driver-adapter-utils";
import { columnReader, columnType } from "../lib/column-types.mjs";

const BOOL = 16;
const BYTEA = 17;
const INT8 = 20;
const INT4_ARRAY = 1007;
const BYTEA_ARRAY = 1001;
const MONEY = 790;
const TIMESTAMPTZ = 1184;
const TIMESTAMPTZ_ARRAY = 1185;
const TIMETZ = 1266;
const UNKNOWN_OID = 99999;

for (const { name, oid, text, value } of [
  { name: "true", oid: BOOL, text: "t", value: true },
  { name: "false", oid: BOOL, text: "f", value: false },
  { name: "bytes", oid: BYTEA, text: "\\x00ff10", value: [0, 255, 16] },
  { name: "a big integer as text", oid: INT8, text: "9223372036854775807", value: "9223372036854775807" },
  { name: "an array with NULL", oid: INT4_ARRAY, text: "{1,NULL,3}", value: [1, null, 3] },
  { name: "an array of bytes", oid: BYTEA_ARRAY, text: '{"\\\\x01","\\\\x0203"}', value: [[1], [2, 3]] },
  { name: "money", oid: MONEY, text: "-$1,234.50", value: "-1234.50" },
  { name: "a time with zone", oid: TIMETZ, text: "12:30:00.5-03:30", value: "12:30:00.5" },
  {
    name: "UTC",
    oid: TIMESTAMPTZ,
    text: "2026-01-02 03:04:05.678901+00",
    value: "2026-01-02 03:04:05.678901",
  },
  {
    name: "east of UTC",
    oid: TIMESTAMPTZ,
    text: "2026-01-01 01:30:00.123456+02",
    value: "2025-12-31 23:30:00.123456",
  },
  {
    name: "half-hour zones",
    oid: TIMESTAMPTZ,
    text: "2026-01-01 00:00:00-03:30",
    value: "2026-01-01 03:30:00",
  },
  { name: "infinity", oid: TIMESTAMPTZ, text: "infinity", value: "infinity" },
  {
    name: "an array of times",
    oid: TIMESTAMPTZ_ARRAY,
    text: '{"2026-01-01 01:00:00+01"}',
    value: ["2026-01-01 00:00:00"],
  },
  { name: "other types as text", oid: UNKNOWN_OID, text: "ADMIN", value: "ADMIN" },
]) {
  test(`reads ${name}`, () => {
    assert.deepEqual(columnReader(oid)(text), value);
  });
}

test("names column types, those of arrays and unknown ones", () => {
  const types = [INT8, INT4_ARRAY, TIMESTAMPTZ, UNKNOWN_OID].map(columnType);

  assert.deepEqual(types, [
    ColumnTypeEnum.Int64,
    ColumnTypeEnum.Int32Array,
    ColumnTypeEnum.DateTime,
    ColumnTypeEnum.Text,
  ]);
});
