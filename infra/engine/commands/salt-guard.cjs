"use strict";
// Runs in Pulumi's own process for dynamic resources, from one text with the files beside it: see infra/dynamic-resource.ts.
const { createCipheriv, createDecipheriv, createHash, randomBytes } = require("node:crypto");
const { docker } = require("./docker.cjs");

/**
 * @typedef {import("./docker.cjs").Engine & {
 *   fingerprint: string, saltKey: string, containerName: string, containerId: string,
 * }} Inputs
 */

/** Format of LiteLLM's own values (encrypt_decrypt_utils.py): base64url of nonce (12) + ciphertext + tag (16). */
const prefix = "v2:gcm:";
const canaryText = "cerberus-salt-canary";

/** @param {string} saltKey */
const keyOf = (saltKey) => createHash("sha256").update(saltKey).digest();

/** @param {string} saltKey */
function seal(saltKey) {
  const nonce = randomBytes(12);
  const cipher = createCipheriv("aes-256-gcm", keyOf(saltKey), nonce);
  const parts = [nonce, cipher.update(canaryText, "utf8"), cipher.final(), cipher.getAuthTag()];
  return prefix + Buffer.concat(parts).toString("base64url");
}

/** Whether this salt key made the value. @param {string} value @param {string} saltKey */
function opens(value, saltKey) {
  if (!value.startsWith(prefix)) return false;
  const bytes = Buffer.from(value.slice(prefix.length), "base64url");
  if (bytes.length < 28) return false;
  const decipher = createDecipheriv("aes-256-gcm", keyOf(saltKey), bytes.subarray(0, 12));
  decipher.setAuthTag(bytes.subarray(-16));
  try {
    return decipher.update(bytes.subarray(12, -16)).toString("utf8") + decipher.final("utf8") === canaryText;
  } catch {
    return false;
  }
}

/**
 * Runs SQL in the database's container, over the socket that asks for no password.
 * @param {Inputs} inputs
 * @param {string} sql
 * @returns {string} unaligned rows
 */
function query(inputs, sql) {
  const psql = ["psql", "-XqAt", "-v", "ON_ERROR_STOP=1", "-U", "litellm", "-d", "litellm"];
  return docker(inputs, ["exec", "--interactive", inputs.containerName, ...psql], sql).trim();
}

const table = "cerberus.salt_canary";

/** The stored canary, or "" when the database has none. @param {Inputs} inputs */
function storedCanary(inputs) {
  if (query(inputs, `SELECT to_regclass('${table}') IS NOT NULL;`) !== "t") return "";
  return query(inputs, `SELECT value FROM ${table} WHERE id = 1;`);
}

const wayBack =
  "nothing was changed. fix: bring the salt key back: restore this clone's .cerberus/state and passphrase, or, from an escrow file:\n" +
  "  npm run --silent rotate -- unseal --from FILE | pulumi config set --secret saltKey\n" +
  "then run pulumi up again (docs/rotation.md, Salt key)";

/** Proves the key against the database's canary, which is written where there is none. @param {Inputs} inputs */
function prove(inputs) {
  const stored = storedCanary(inputs);
  if (stored === "") {
    query(
      inputs,
      `CREATE SCHEMA IF NOT EXISTS cerberus;
CREATE TABLE IF NOT EXISTS ${table} (id int PRIMARY KEY, value text NOT NULL);
INSERT INTO ${table} VALUES (1, '${seal(inputs.saltKey)}') ON CONFLICT DO NOTHING;`,
    );
    return;
  }
  if (!opens(stored, inputs.saltKey)) {
    throw new Error(
      `the salt key is not the one this database's credentials are encrypted with; with it they could not be read any more; ${wayBack}`,
    );
  }
}

/** @param {Inputs} inputs */
function canaryOfRunning(inputs) {
  try {
    return storedCanary(inputs);
  } catch {
    // No container of this name, or a stopped one: `prove` asks again once it runs.
    return "";
  }
}

const provider = {
  /**
   * Runs in a preview too, where a salt key that is yet to be made is no text of 64 hex digits.
   * @param {Partial<Inputs>} olds @param {Inputs} news
   */
  async check(olds, news) {
    const known = /^[0-9a-f]{64}$/.test(news.fingerprint);
    const changed = olds?.fingerprint !== undefined && olds.fingerprint !== news.fingerprint;
    const lost = olds?.fingerprint === undefined && !known && canaryOfRunning(news) !== "";
    const reason = changed
      ? `the salt key ${known ? "changed" : "is lost, and another one would be made"}`
      : lost
        ? "the state knows no salt key, and the running database holds credentials encrypted with one"
        : undefined;
    const failures = reason === undefined ? [] : [{ property: "saltKey", reason: `${reason}; ${wayBack}` }];
    return { inputs: news, failures };
  },
  /** @param {Inputs} inputs */
  async create(inputs) {
    prove(inputs);
    return { id: inputs.fingerprint.slice(0, 12), outs: inputs };
  },
  /** @param {string} _id @param {Inputs} olds @param {Inputs} news */
  async diff(_id, olds, news) {
    /** @type {(keyof Inputs)[]} */
    const watched = ["fingerprint", "containerName", "containerId", "dockerHost", "dockerTls"];
    const changes = watched.some((name) => JSON.stringify(olds[name]) !== JSON.stringify(news[name]));
    return { changes, replaces: [] };
  },
  /** @param {string} _id @param {Inputs} _olds @param {Inputs} news */
  async update(_id, _olds, news) {
    prove(news);
    return { outs: news };
  },
};

exports.handler = () => provider;
