// @ts-check
"use strict";
const { createHash, createHmac } = require("node:crypto");

/**
 * A key's value: one secret of the stack makes them all, so a run that was cut off makes the same key again.
 * @param {string} seed secret
 * @param {string} id
 * @param {number} generation from 1
 */
exports.keyValue = (seed, id, generation) =>
  `sk-${createHmac("sha256", seed).update(`${id}:${generation}`).digest("base64url")}`;

/**
 * What LiteLLM keeps of a key, and knows it by.
 * @param {string} value secret
 */
exports.tokenOf = (value) => createHash("sha256").update(value).digest("hex");
