"use strict";
// Runs in Pulumi's own process for dynamic resources, from this text alone: see infra/dynamic-resource.ts.

/**
 * @typedef {{
 *   gatewayUrl: string, masterKey: string, key: string, alias: string, models: string[],
 *   maxBudgetUsd: number, budgetPeriod: string, requestsPerMinute: number,
 * }} Inputs
 * @typedef {{ status: number, body: string }} Answer
 */

/** A gateway that restarts is asked again until then. */
const patienceMs = 120_000;

/**
 * Calls LiteLLM's admin API.
 * @param {Inputs} inputs
 * @param {string} method
 * @param {string} path
 * @param {unknown} [body]
 * @returns {Promise<Answer>} whatever it says, short of a server error
 */
async function call(inputs, method, path, body) {
  const deadline = Date.now() + patienceMs;
  for (;;) {
    /** @type {string} */
    let problem;
    try {
      const response = await fetch(inputs.gatewayUrl + path, {
        method,
        headers: { authorization: `Bearer ${inputs.masterKey}`, "content-type": "application/json" },
        signal: AbortSignal.timeout(30_000),
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      });
      const text = await response.text();
      if (response.status < 500) return { status: response.status, body: text };
      problem = `${response.status} ${text.slice(0, 200)}`;
    } catch (error) {
      problem = error instanceof Error ? error.message : String(error);
    }
    if (Date.now() > deadline) {
      // A query string may hold a key.
      throw new Error(
        `the gateway at ${inputs.gatewayUrl} does not answer ${path.split("?")[0]}: ${problem}`,
      );
    }
    await new Promise((resume) => setTimeout(resume, 2_000));
  }
}

/** @param {string} what @param {Answer} answer */
const refused = (what, { status, body }) =>
  new Error(`LiteLLM refused to ${what}: ${status} ${body.slice(0, 300)}`);

/**
 * Makes the key, or brings an existing one (left by a run that was cut off) to these limits.
 * @param {Inputs} inputs
 */
async function upsert(inputs) {
  const info = await call(inputs, "GET", `/key/info?key=${encodeURIComponent(inputs.key)}`);
  const known = info.status === 200 && info.body.includes(inputs.alias);
  const answer = await call(inputs, "POST", known ? "/key/update" : "/key/generate", {
    key: inputs.key,
    key_alias: inputs.alias,
    models: inputs.models,
    max_budget: inputs.maxBudgetUsd,
    budget_duration: inputs.budgetPeriod,
    rpm_limit: inputs.requestsPerMinute,
    metadata: { owner: "cerberus-gateway" },
  });
  if (answer.status !== 200) throw refused(`register the key "${inputs.alias}"`, answer);
}

const provider = {
  /** @param {Inputs} inputs */
  async create(inputs) {
    await upsert(inputs);
    return { id: inputs.alias, outs: inputs };
  },
  /** @param {string} _id @param {Inputs} olds @param {Inputs} news */
  async diff(_id, olds, news) {
    /** @type {(keyof Inputs)[]} */
    const updates = [
      "models",
      "maxBudgetUsd",
      "budgetPeriod",
      "requestsPerMinute",
      "gatewayUrl",
      "masterKey",
    ];
    /** @type {(keyof Inputs)[]} */
    const identity = ["key", "alias"];
    const replaces = identity.filter((name) => olds[name] !== news[name]);
    const changed = updates.some((name) => JSON.stringify(olds[name]) !== JSON.stringify(news[name]));
    return { changes: changed || replaces.length > 0, replaces, deleteBeforeReplace: true };
  },
  /** @param {string} _id @param {Inputs} _olds @param {Inputs} news */
  async update(_id, _olds, news) {
    await upsert(news);
    return { outs: news };
  },
  /** @param {string} _id @param {Inputs} inputs */
  async delete(_id, inputs) {
    // A gateway that is already gone took its keys along; one that answers must agree.
    try {
      const alive = await fetch(`${inputs.gatewayUrl}/health/liveliness`, {
        signal: AbortSignal.timeout(5_000),
      });
      if (!alive.ok) return;
    } catch {
      return;
    }
    const answer = await call(inputs, "POST", "/key/delete", { keys: [inputs.key] });
    if (answer.status !== 200 && answer.status !== 404)
      throw refused(`delete the key "${inputs.alias}"`, answer);
  },
};

exports.handler = () => provider;
