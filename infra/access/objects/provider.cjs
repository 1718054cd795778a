// @ts-check
"use strict";
// Runs in Pulumi's own process for dynamic resources, as one text with the files beside it: see infra/dynamic-resource.ts.
const { apply } = require("./apply.cjs");
const { Client, Unreachable } = require("./client.cjs");
const { listAll } = require("./listing.cjs");
const { kinds, makePlan } = require("./plan.cjs");

/** @typedef {import("./plan.cjs").AccessRows & { gatewayUrl: string, masterKey: string, seed: string, owner: string }} Inputs */

/** How long an `up` waits for a gateway that restarts. */
const patienceMs = 120_000;
/** How long a refresh or a destroy does: there it may well be gone for good. */
const shortPatienceMs = 15_000;
/** A pass that was refused something, by a race say, is followed by another one. */
const passes = 4;

/** @param {string} what @param {readonly string[]} problems */
const failure = (what, problems) => new Error(`${what}:\n${problems.map((text) => `- ${text}`).join("\n")}`);

/**
 * Brings the gateway to what is wanted, whatever an earlier run left, and sees that it got there.
 * @param {Inputs} inputs
 * @param {number} patience
 */
async function converge(inputs, patience) {
  const client = new Client(inputs, patience);
  /** @type {string[]} */
  let refused = [];
  for (let pass = 1; ; pass++) {
    const plan = makePlan(inputs, await listAll(client), inputs.owner, inputs.seed);
    if (plan.problems.length > 0) throw failure("access was left as it is", plan.problems);
    const open = plan.changes.length + plan.removals.length;
    if (open === 0) return;
    if (pass > passes) {
      const left = plan.changes.map(
        ({ kind, id, fields }) => `${kind} ${id}: ${fields.join(", ")} not taken over`,
      );
      throw failure(
        `${open} object(s) are not as defined; the rest is applied, and the next \`pulumi up\` goes on from here`,
        (refused.length > 0 ? refused : left).slice(0, 10),
      );
    }
    refused = (await apply(client, plan, inputs.seed)).map(({ message }) => message);
  }
}

/** @param {Inputs} inputs @returns {Inputs} */
const nothing = (inputs) => ({ ...inputs, budgets: {}, teams: {}, users: {}, customers: {}, keys: {} });

/** Ends the names of objects in a refreshed state that carry the stack's mark, and that nobody defined. */
const undefinedMark = " (not defined)";

/**
 * What a refresh puts into the state: fields as the gateway has them, so that a difference is seen, and goes at the next `up`.
 * @param {Inputs} inputs
 * @param {import("./listing.cjs").Listing} listing
 */
function asFound(inputs, listing) {
  const state = structuredClone(inputs);
  for (const kind of kinds)
    for (const name of Object.keys(state[kind])) if (name.endsWith(undefinedMark)) delete state[kind][name];
  const { changes, removals } = makePlan(structuredClone(state), listing, inputs.owner, inputs.seed);
  for (const { kind, id, row, found, fields } of changes) {
    if (!found) delete state[kind][id];
    else for (const field of fields) (state[kind][id] ?? row)[field] = found.fields[field] ?? null;
  }
  for (const { kind, id, fields } of removals) {
    const name = fields["metadata"]?.cerberus_id ?? id;
    state[kind][`${name}${undefinedMark}`] = { id };
  }
  return state;
}

const provider = {
  /** @param {Inputs} inputs */
  async create(inputs) {
    await converge(inputs, patienceMs);
    return { id: inputs.owner, outs: inputs };
  },
  /** @param {string} _id @param {Inputs} olds @param {Inputs} news */
  async diff(_id, olds, news) {
    const names = /** @type {const} */ ([...kinds, "gatewayUrl", "masterKey", "seed"]);
    const changes = names.some(
      (name) => JSON.stringify(sorted(olds[name])) !== JSON.stringify(sorted(news[name])),
    );
    const replaces = olds.owner === news.owner ? [] : ["owner"];
    return { changes: changes || replaces.length > 0, replaces, deleteBeforeReplace: true };
  },
  /** @param {string} _id @param {Inputs} _olds @param {Inputs} news */
  async update(_id, _olds, news) {
    await converge(news, patienceMs);
    return { outs: news };
  },
  /** @param {string} id @param {Inputs} inputs */
  async read(id, inputs) {
    try {
      return { id, props: asFound(inputs, await listAll(new Client(inputs, shortPatienceMs))) };
    } catch (error) {
      // A refresh of the containers must go on; `npm run drift` says that access could not be compared.
      if (error instanceof Unreachable) return { id, props: inputs };
      throw error;
    }
  },
  /** @param {string} _id @param {Inputs} inputs */
  async delete(_id, inputs) {
    try {
      await converge(nothing(inputs), shortPatienceMs);
    } catch (error) {
      // A gateway that is gone took its objects along.
      if (!(error instanceof Unreachable)) throw error;
    }
  },
};

/** @param {unknown} value @returns {unknown} */
function sorted(value) {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return value;
  return Object.fromEntries(
    Object.entries(value)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([key, part]) => [key, sorted(part)]),
  );
}

exports.handler = () => provider;
exports.converge = converge;
