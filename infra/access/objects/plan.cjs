// @ts-check
"use strict";
const { keyValue, tokenOf } = require("./key-value.cjs");
const { endOf, same } = require("./same.cjs");

/** @typedef {import("./listing.cjs").Found} Found */
/** @typedef {import("./listing.cjs").Kind} Kind */
/** @typedef {import("./listing.cjs").Listing} Listing */
/** @typedef {Record<string, any>} Row */
/** @typedef {Record<Kind, Record<string, Row>>} AccessRows what is wanted: by LiteLLM's id, keys by ours */

/**
 * @typedef {object} Change
 * @property {Kind} kind
 * @property {string} id
 * @property {Row} row as wanted
 * @property {Found | undefined} found absent when it is to be made
 * @property {string[]} fields that differ
 */

/**
 * @typedef {object} Plan
 * @property {Change[]} changes
 * @property {Found[]} removals
 * @property {string[]} problems why nothing may be changed
 * @property {Found[]} foreign what others made
 */

/** Dependencies first; removed in reverse. @type {readonly Kind[]} */
exports.kinds = ["budgets", "teams", "users", "customers", "keys"];

/** @param {Kind} kind */
const one = (kind) => kind.slice(0, -1);

/** Who the master key acts as, and who the spend of the whole gateway is counted for. */
const itsUsers = ["default_user_id", "litellm-proxy-budget"];

/** @param {Row} row */
const keyTag = (row) => `${row["metadata"]?.cerberus_id}@${row["metadata"]?.cerberus_generation}`;

/**
 * A key is known by its value's hash: marks can be copied or lost in the UI. By its mark alone where the value was made
 * elsewhere (generation 0), or isn't known here.
 * @param {Row} row as wanted
 * @param {string | undefined} seed
 */
function keyIdentity(row, seed) {
  const { cerberus_id: id, cerberus_generation: generation } = row["metadata"];
  return seed === undefined || generation === 0 ? keyTag(row) : tokenOf(keyValue(seed, id, generation));
}

/**
 * What an object at the gateway may be wanted as.
 * @param {Found} found @param {string} owner @param {string | undefined} seed
 * @returns {[string, Found][]}
 */
function identities(found, owner, seed) {
  if (found.kind !== "keys") return [[found.id, found]];
  const byMark =
    found.owner === owner && (seed === undefined || found.fields["metadata"].cerberus_generation === 0);
  return [
    [found.id, found],
    ...(byMark ? [/** @type {[string, Found]} */ ([keyTag(found.fields), found])] : []),
  ];
}

/** Ours without a mark: a key of our value, or a customer that traffic made before he was defined. @param {Found} found */
const isOurs = ({ kind, fields }) => kind === "keys" || (kind === "customers" && isBare(fields));

/** Why a key is not made, and no mistake. */
const ended = "ended";

/**
 * What LiteLLM itself makes and clears away: sessions of its UI, its own users; and the agent key, which is a resource of its own.
 * @param {Found} found
 */
const isNoise = ({ kind, id, fields }) =>
  (kind === "keys" &&
    (fields["team_id"] === "litellm-dashboard" || fields["metadata"]?.owner === "cerberus-gateway")) ||
  (kind === "users" && itsUsers.includes(id)) ||
  (kind === "customers" && isBare(fields));

/** A customer that traffic made: nothing but spend. @param {Row} fields */
const isBare = (fields) =>
  fields["budget_id"] == null && fields["alias"] == null && !fields["blocked"] && !fields["models"]?.length;

/**
 * Compares what is wanted with what the gateway has. Changes nothing.
 * @param {AccessRows} rows
 * @param {Listing} listing
 * @param {string} owner
 * @param {string} [seed] secret of the keys' values; without it keys go by their marks alone
 * @returns {Plan}
 */
exports.makePlan = (rows, listing, owner, seed) => {
  /** @type {Plan} */
  const plan = { changes: [], removals: [], problems: [], foreign: [] };
  const managed = (/** @type {string} */ team) => Object.hasOwn(rows.teams, team);
  for (const kind of exports.kinds) {
    const byIdentity = new Map(listing[kind].flatMap((found) => identities(found, owner, seed)));
    /** @type {Set<Found>} */
    const kept = new Set();
    for (const [id, row] of Object.entries(rows[kind])) {
      const found = byIdentity.get(kind === "keys" ? keyIdentity(row, seed) : id);
      if (found) kept.add(found);
      if (found && found.owner !== owner && !isOurs(found)) {
        plan.problems.push(taken(kind, id));
        plan.foreign.push(found);
        continue;
      }
      const absent = found ? undefined : whyNotMade(kind, id, row);
      if (absent !== undefined) {
        if (absent !== ended) plan.problems.push(`${one(kind)} "${id}": ${absent}`);
        continue;
      }
      const fields = Object.keys(row).filter(
        (field) => !found || !same(field, row[field], found.fields[field], managed),
      );
      if (fields.length > 0) plan.changes.push({ kind, id, row, found, fields });
    }
    for (const found of listing[kind]) {
      if (kept.has(found)) continue;
      if (found.owner === owner) plan.removals.push(found);
      else if (!isNoise(found)) plan.foreign.push(found);
    }
  }
  plan.problems.push(...clashes(rows, plan.foreign), ...unsafe(plan, rows));
  return plan;
};

/** @param {Kind} kind @param {string} id @param {Row} row @returns {string | undefined} */
function whyNotMade(kind, id, row) {
  if (kind !== "keys") return undefined;
  if (row["expires"] !== null && endOf(row["expires"]) < Date.now()) return ended;
  const { cerberus_id: ours, cerberus_generation: generation } = row["metadata"];
  if (generation !== 0) return undefined;
  // The value that an adopted key had before it was rotated: whoever deleted it wants it no more.
  if (id !== ours) return ended;
  return `generation 0 is a key that was made elsewhere, and the gateway has none under this id
  fix: npm run access -- adopt key <its alias> --as <id>, or set generation to 1`;
}

/** @param {Kind} kind @param {string} id */
const taken = (kind, id) => `${one(kind)} "${id}" is at the gateway already, and this code did not make it
  fix: npm run access -- adopt ${one(kind)} ${id}, or give the definition another id`;

/**
 * Aliases of keys that somebody else's key has.
 * @param {AccessRows} rows @param {readonly Found[]} foreign
 */
function clashes(rows, foreign) {
  const wanted = new Map(Object.entries(rows.keys).map(([id, row]) => [row["key_alias"], id]));
  return foreign
    .filter(({ kind, fields }) => kind === "keys" && wanted.has(fields["key_alias"]))
    .map(
      (
        found,
      ) => `key "${wanted.get(found.fields["key_alias"])}": its alias "${found.name}" belongs to a key that this code did not make
  fix: npm run access -- adopt key "${found.name}" --as <id> with generation 0, or give the definition another alias`,
    );
}

/**
 * What would destroy, or stop at once, what is not to be touched.
 * @param {Plan} plan @param {AccessRows} rows
 */
function unsafe({ changes, removals, foreign }, rows) {
  const ids = new Set(Object.values(rows.keys).map((row) => row["metadata"].cerberus_id));
  /** @type {string[]} */
  const problems = [];
  for (const { kind, id, row, found } of changes) {
    const [now, then] = [found?.fields["max_budget"] ?? Infinity, row["max_budget"]];
    if (found && typeof then === "number" && then < now && then < found.spend) {
      problems.push(`${one(kind)} "${id}": a budget of ${then} USD is below the ${found.spend} USD that are spent in this period
  fix: choose at least that much, or block it (blocked: true), which stops it as well`);
    }
  }
  for (const { kind, id, name, fields } of removals) {
    // A former generation of a key goes when its time is over.
    const lives = kind === "keys" && ids.has(fields["metadata"].cerberus_id);
    if (fields["metadata"]?.cerberus_protect && !lives) {
      problems.push(`${one(kind)} "${fields["metadata"].cerberus_id ?? id}" is protected, and would be removed
  fix: define it again with protect: false and run \`pulumi up\`; then remove it`);
    }
    const member = { teams: "team_id", users: "user_id" }[/** @type {string} */ (kind)];
    // LiteLLM deletes the keys of a team or a user along with it.
    const others = member ? foreign.filter((key) => key.kind === "keys" && key.fields[member] === id) : [];
    if (others.length > 0) {
      problems.push(`${one(kind)} "${id}" would be removed, and LiteLLM would delete ${others.length} key(s) that others made for it: ${others
        .slice(0, 5)
        .map((key) => key.name)
        .join(", ")}
  fix: move or delete those keys first, or keep the ${one(kind)} "${name}"`);
    }
  }
  return problems;
}
