// @ts-check
"use strict";

/** @typedef {import("./listing.cjs").Fields} Fields */

/** Metadata that LiteLLM itself writes; it stays as it is. */
const itsOwn = ["team_member_budget_id", "last_rotated_at", "spend_reset_at"];

/** A key's end is given to LiteLLM as so many seconds from now: by when it gets there, some have passed. */
const endToleranceMs = 10 * 60_000;

/** Empty, absent and false are one to LiteLLM, depending on who wrote the row. @param {unknown} value */
const plain = (value) => (value === undefined || value === false || value === "" ? null : value);

/** @param {unknown} value @returns {unknown} */
function canonical(value) {
  if (Array.isArray(value)) return value.map(canonical);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([key, part]) => [key, canonical(part)]),
  );
}

/** @param {unknown} a @param {unknown} b */
const equal = (a, b) => JSON.stringify(canonical(a)) === JSON.stringify(canonical(b));

/** @param {unknown} names @returns {string[]} */
const set = (names) => (Array.isArray(names) ? [...new Set(names.map(String))].sort() : []);

/** @param {unknown} text */
const lower = (text) => (typeof text === "string" ? text.toLowerCase() : "");

/**
 * Last moment of a day, UTC.
 * @param {string} day YYYY-MM-DD
 */
exports.endOf = (day) => Date.parse(`${day}T00:00:00Z`) + 24 * 3_600_000;

/** @param {unknown} fields @returns {Fields} metadata without what is LiteLLM's own */
exports.ours = (fields) =>
  Object.fromEntries(Object.entries(fields ?? {}).filter(([name]) => !itsOwn.includes(name)));

/** @param {unknown} fields @returns {Fields} only what is LiteLLM's own */
exports.theirs = (fields) =>
  Object.fromEntries(Object.entries(fields ?? {}).filter(([name]) => itsOwn.includes(name)));

/**
 * Whether the gateway has a field as it is wanted.
 * @param {string} field
 * @param {unknown} wanted
 * @param {unknown} has
 * @param {(team: string) => boolean} managed whether a team is one of this code's
 */
exports.same = (field, wanted, has, managed) => {
  switch (field) {
    case "metadata":
      return equal(wanted, exports.ours(has));
    case "models":
      return equal(
        set(wanted),
        set(has).filter((name) => name !== "all-proxy-models"),
      );
    case "allowed_routes":
      return equal(set(wanted), set(has));
    case "teams":
      // Whom a team of the UI takes in is not this code's affair.
      return equal(set(wanted), set(has).filter(managed));
    case "expires":
      if (typeof wanted !== "string" || typeof has !== "string") return plain(wanted) === plain(has);
      return Math.abs(exports.endOf(wanted) - Date.parse(has)) < endToleranceMs;
    case "user_email":
      // LiteLLM can't take an address away again.
      return wanted === null || lower(wanted) === lower(has);
    default:
      return plain(wanted) === plain(has);
  }
};
