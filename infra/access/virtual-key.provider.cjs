"use strict";
// Runs in Pulumi's own process for dynamic resources, from this text alone: see infra/dynamic-resource.ts.

/**
 * @typedef {{
 *   gatewayUrl: string, masterKey: string, key: string, generation: number, alias: string, models: string[],
 *   maxBudgetUsd: number, budgetPeriod: string, requestsPerMinute: number, formerKey?: string, formerUntil?: string,
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

/** @param {Inputs} inputs @param {string} key */
async function isThere(inputs, key) {
  const info = await call(inputs, "GET", `/key/info?key=${encodeURIComponent(key)}`);
  return info.status === 200 && info.body.includes(inputs.alias);
}

/** @param {Inputs} inputs */
const limits = ({ models, maxBudgetUsd, budgetPeriod, requestsPerMinute }) => ({
  models,
  max_budget: maxBudgetUsd,
  budget_duration: budgetPeriod,
  rpm_limit: requestsPerMinute,
  metadata: { owner: "cerberus-gateway" },
});

/**
 * Makes the key, or brings an existing one (left by a run that was cut off) to these limits.
 * @param {Inputs} inputs
 */
async function upsert(inputs) {
  const path = (await isThere(inputs, inputs.key)) ? "/key/update" : "/key/generate";
  const asked = { key: inputs.key, key_alias: inputs.alias, ...limits(inputs) };
  const answer = await call(inputs, "POST", path, asked);
  if (answer.status !== 200) throw refused(`register the key "${inputs.alias}"`, answer);
}

/** Milliseconds that the value before has left. @param {Inputs} inputs */
const formerLeft = ({ formerUntil }) =>
  formerUntil === undefined ? 0 : Date.parse(`${formerUntil}T00:00:00Z`) + 24 * 3_600_000 - Date.now();

/**
 * Gives the value before its end, and another alias, since LiteLLM allows one once. One that is not there is not made again.
 * @param {Inputs} inputs
 */
async function endFormer(inputs) {
  const { alias, formerKey, generation } = inputs;
  const left = formerLeft(inputs);
  if (formerKey === undefined || left <= 0 || !(await isThere(inputs, formerKey))) return;
  const answer = await call(inputs, "POST", "/key/update", {
    key: formerKey,
    key_alias: `${alias} (generation ${generation - 1})`,
    ...limits(inputs),
    duration: `${Math.ceil(left / 1000)}s`,
  });
  if (answer.status !== 200) throw refused(`give the former key of "${alias}" an end`, answer);
}

/** @param {Inputs} inputs @param {readonly (string | undefined)[]} keys */
async function remove(inputs, keys) {
  for (const key of keys) {
    if (key === undefined) continue;
    const answer = await call(inputs, "POST", "/key/delete", { keys: [key] });
    if (answer.status !== 200 && answer.status !== 404)
      throw refused(`delete the key "${inputs.alias}"`, answer);
  }
}

const provider = {
  /** @param {Inputs} inputs */
  async create(inputs) {
    await endFormer(inputs);
    await upsert(inputs);
    return { id: inputs.alias, outs: inputs };
  },
  /** @param {string} _id @param {Inputs} olds @param {Inputs} news */
  async diff(_id, olds, news) {
    /** @type {(keyof Inputs)[]} */
    const updates = [
      "key",
      "formerKey",
      "formerUntil",
      "models",
      "maxBudgetUsd",
      "budgetPeriod",
      "requestsPerMinute",
      "gatewayUrl",
      "masterKey",
    ];
    const replaces = olds.alias === news.alias ? [] : ["alias"];
    const changed = updates.some((name) => JSON.stringify(olds[name]) !== JSON.stringify(news[name]));
    return { changes: changed || replaces.length > 0, replaces, deleteBeforeReplace: true };
  },
  /**
   * Another value takes the place of the former one, which ends at once, or on its day.
   * @param {string} _id @param {Inputs} olds @param {Inputs} news
   */
  async update(_id, olds, news) {
    const stay = formerLeft(news) > 0 ? [news.key, news.formerKey] : [news.key];
    await endFormer(news);
    const known = new Set([olds.key, olds.formerKey, news.formerKey]);
    await remove(
      news,
      [...known].filter((key) => !stay.includes(key)),
    );
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
    await remove(inputs, [inputs.key, inputs.formerKey]);
  },
};

exports.handler = () => provider;
