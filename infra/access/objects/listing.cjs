// @ts-check
"use strict";

/** @typedef {import("./client.cjs").Client} Client */
/** @typedef {Record<string, any>} Fields */
/** @typedef {"budgets" | "teams" | "users" | "customers" | "keys"} Kind */

/**
 * One object as the gateway has it.
 * @typedef {object} Found
 * @property {Kind} kind
 * @property {string} id LiteLLM's id; a key's token, which is its hash
 * @property {string} name what people call it
 * @property {string | undefined} owner who made it, by its mark
 * @property {number} spend in this period, USD
 * @property {Fields} fields by LiteLLM's names
 */

/** @typedef {Record<Kind, Found[]>} Listing */

/** LiteLLM's largest page. */
const pageSize = 100;

/** @param {unknown} id */
const ownerIn = (id) => /^(cerberus-gateway\/[^/]+)\//.exec(typeof id === "string" ? id : "")?.[1];

/** @param {Fields} row */
const ownerOf = (row) => row["metadata"]?.cerberus_owner;

/**
 * Everything the gateway has, by kind.
 * @param {Client} client
 * @returns {Promise<Listing>}
 */
exports.listAll = async (client) => {
  const [budgets, teams, users, customers, keys] = await Promise.all([
    client.ask("GET", "/budget/list"),
    pages(client, "/v2/team/list?sort_by=team_id&", "page_size", "teams"),
    pages(client, "/user/list?sort_by=user_id&sort_order=asc&", "page_size", "users"),
    client.ask("GET", "/customer/list"),
    pages(client, "/key/list?return_full_object=true&sort_by=created_at&sort_order=asc&", "size", "keys"),
  ]);
  return {
    budgets: found("budgets", budgets, "budget_id", "budget_id", (row) => ownerIn(row["budget_id"])),
    teams: found("teams", teams, "team_id", "team_alias", ownerOf),
    users: found("users", users, "user_id", "user_email", ownerOf),
    customers: found("customers", customers, "user_id", "alias", (row) => ownerIn(row["budget_id"])),
    keys: found("keys", keys, "token", "key_alias", ownerOf),
  };
};

/**
 * @param {Kind} kind
 * @param {Fields[]} rows
 * @param {string} id
 * @param {string} name
 * @param {(row: Fields) => string | undefined} owner
 * @returns {Found[]}
 */
function found(kind, rows, id, name, owner) {
  // A row that moved between pages while they were read comes twice.
  const once = new Map(rows.map((row) => [row[id], row]));
  return [...once.values()].map((row) => ({
    kind,
    id: row[id],
    name: row[name] ?? row[id],
    owner: owner(row),
    spend: row["spend"] ?? 0,
    // A list of keys has another name for it than everything else.
    fields: { ...row, organization_id: row["organization_id"] ?? row["org_id"] ?? null },
  }));
}

/**
 * @param {Client} client
 * @param {string} path
 * @param {string} size
 * @param {string} key
 * @returns {Promise<Fields[]>}
 */
async function pages(client, path, size, key) {
  const page = (/** @type {number} */ n) => client.ask("GET", `${path}page=${n}&${size}=${pageSize}`);
  const first = await page(1);
  const more = Array.from({ length: Math.max(0, (first.total_pages ?? 1) - 1) }, (_, i) => page(i + 2));
  return [first, ...(await Promise.all(more))].flatMap((part) => part[key]);
}
