"use strict";
// Runs in Pulumi's own process for dynamic resources, from one text with the files beside it: see infra/dynamic-resource.ts.
const { docker } = require("./docker.cjs");

/**
 * @typedef {import("./docker.cjs").Engine & { what: string, containerId: string, command: string[], stdin: string }} Inputs
 */

/** Runs the command in the container. @param {Inputs} inputs */
function run({ what, containerId, command, stdin, ...engine }) {
  try {
    docker(engine, ["exec", "--interactive", containerId, ...command], stdin);
  } catch (error) {
    // The command's own message names its input's line, never the input: neither psql nor redis-cli echo it.
    const { stderr } = /** @type {{ stderr?: string }} */ (error);
    const said = (stderr || String(error)).trim().slice(0, 500);
    throw new Error(
      `could not ${what}: ${said}\n  fix: mend it and run pulumi up again: the step repeats itself`,
    );
  }
}

/** Inputs whose change means that the command has to run again. */
const causes = /** @type {const} */ (["containerId", "command", "stdin"]);
/** Inputs that only say how to reach the container. */
const ways = /** @type {const} */ (["what", "dockerHost", "dockerTls"]);

const provider = {
  /** @param {Inputs} inputs */
  async create(inputs) {
    run(inputs);
    return { id: inputs.what, outs: inputs };
  },
  /** @param {string} _id @param {Inputs} olds @param {Inputs} news */
  async diff(_id, olds, news) {
    const changes = [...causes, ...ways].some(
      (name) => JSON.stringify(olds[name]) !== JSON.stringify(news[name]),
    );
    return { changes, replaces: [] };
  },
  /** @param {string} _id @param {Inputs} olds @param {Inputs} news */
  async update(_id, olds, news) {
    if (causes.some((name) => JSON.stringify(olds[name]) !== JSON.stringify(news[name]))) run(news);
    return { outs: news };
  },
};

exports.handler = () => provider;
