// @ts-check
"use strict";
const { eachOf } = require("./client.cjs");
const { keyValue } = require("./key-value.cjs");
const { endOf, theirs } = require("./same.cjs");

/** @typedef {import("./client.cjs").Client} Client */
/** @typedef {import("./client.cjs").Refused} Refused */
/** @typedef {import("./listing.cjs").Kind} Kind */
/** @typedef {import("./plan.cjs").Change} Change */
/** @typedef {import("./plan.cjs").Plan} Plan */
/** @typedef {import("./plan.cjs").Row} Row */

/**
 * Carries a plan out: budgets, teams, users, customers, keys; then removals, the other way round, since LiteLLM deletes the
 * keys of a team or a user along with it.
 * @param {Client} client
 * @param {Plan} plan
 * @param {string} seed secret of the keys' values
 * @returns {Promise<Refused[]>} what LiteLLM refused
 */
exports.apply = async (client, plan, seed) => {
  const refused = await eachOf(inTheWay(plan), ({ id, name }) =>
    client.ask("POST", "/key/update", { key: id, key_alias: `${name} (renamed ${id.slice(0, 8)})` }),
  );
  const memberships = [];
  for (const kind of /** @type {const} */ (["budgets", "teams", "users", "customers", "keys"])) {
    const own = plan.changes.filter((change) => change.kind === kind);
    refused.push(...(await eachOf(own, (change) => save(client, change, seed))));
    if (kind === "users") memberships.push(...own.flatMap(leaves));
  }
  const gone = (/** @type {Kind} */ kind) =>
    plan.removals.filter((found) => found.kind === kind).map(({ id }) => id);
  /** @type {[string[], (ids: string[]) => Promise<unknown>][]} */
  const removals = [
    [gone("keys"), (keys) => client.ask("POST", "/key/delete", { keys })],
    [gone("customers"), (user_ids) => client.ask("POST", "/customer/delete", { user_ids })],
    [gone("users"), (user_ids) => client.ask("POST", "/user/delete", { user_ids })],
    [gone("teams"), (team_ids) => client.ask("POST", "/team/delete", { team_ids })],
  ];
  refused.push(...(await eachOf(memberships, (left) => client.ask("POST", "/team/member_delete", left))));
  for (const [ids, remove] of removals) refused.push(...(await eachOf(chunks(ids), remove)));
  refused.push(...(await eachOf(gone("budgets"), (id) => client.ask("POST", "/budget/delete", { id }))));
  return refused;
};

/** Keys whose present alias another one is to have: LiteLLM allows an alias once. @param {Plan} plan */
function inTheWay({ changes, removals }) {
  const renamed = changes.filter(({ kind, fields }) => kind === "keys" && fields.includes("key_alias"));
  const wanted = new Set(renamed.map(({ row }) => row["key_alias"]));
  const holders = [...renamed.flatMap(({ found }) => found ?? []), ...removals];
  return holders.filter(({ kind, fields }) => kind === "keys" && wanted.has(fields["key_alias"]));
}

/** @param {Client} client @param {Change} change @param {string} seed @returns {Promise<unknown>} */
function save(client, { kind, id, row, found, fields }, seed) {
  const changed = Object.fromEntries(fields.map((field) => [field, row[field]]));
  if (changed["metadata"]) changed["metadata"] = { ...theirs(found?.fields["metadata"]), ...row["metadata"] };
  const verb = found ? "update" : "new";
  switch (kind) {
    case "budgets":
      return client.ask("POST", `/budget/${verb}`, { budget_id: id, ...changed });
    case "teams":
      return client.ask("POST", `/team/${verb}`, { team_id: id, ...changed });
    case "customers":
      return client.ask("POST", `/customer/${verb}`, { user_id: id, ...changed });
    case "users":
      return saveUser(client, id, found, changed);
    case "keys":
      return saveKey(client, row, found, changed, seed);
  }
}

/** @param {Client} client @param {string} id @param {Change["found"]} found @param {Row} changed */
async function saveUser(client, id, found, { teams, ...changed }) {
  if (!found)
    return client.ask("POST", "/user/new", { user_id: id, auto_create_key: false, ...changed, teams });
  // LiteLLM ignores an empty list here; this is its word for all of them.
  if (changed["models"]?.length === 0) changed["models"] = ["all-proxy-models"];
  if (Object.keys(changed).length > 0) await client.ask("POST", "/user/update", { user_id: id, ...changed });
  for (const team of teams ?? []) {
    if (found.fields["teams"]?.includes(team)) continue;
    await client.ask("POST", "/team/member_add", { team_id: team, member: [{ role: "user", user_id: id }] });
  }
}

/** Teams that a user is no longer to be in. @param {Change} change */
function leaves({ id, row, found, fields }) {
  if (!found || !fields.includes("teams")) return [];
  /** @type {string[]} */
  const has = found.fields["teams"] ?? [];
  return has.filter((team) => !row["teams"].includes(team)).map((team_id) => ({ team_id, user_id: id }));
}

/** @param {Client} client @param {Row} row @param {Change["found"]} found @param {Row} changed @param {string} seed */
function saveKey(client, row, found, { expires, ...changed }, seed) {
  const seconds = Math.ceil((endOf(expires ?? "") - Date.now()) / 1000);
  const ends =
    expires === undefined ? {} : { duration: expires === null ? "-1" : `${Math.max(1, seconds)}s` };
  if (found) return client.ask("POST", "/key/update", { key: found.id, ...changed, ...ends });
  const { cerberus_id: name, cerberus_generation: generation } = row["metadata"];
  const { duration } = ends;
  const limited = duration === undefined || duration === "-1" ? {} : { duration };
  return client.ask("POST", "/key/generate", {
    ...changed,
    ...limited,
    key: keyValue(seed, name, generation),
  });
}

/** LiteLLM deletes many at once; so many don't take it longer than a request may. @param {string[]} ids */
const chunks = (ids) =>
  Array.from({ length: Math.ceil(ids.length / 20) }, (_, i) => ids.slice(i * 20, i * 20 + 20));
