"use strict";
// Runs in Pulumi's own process for dynamic resources, from this text alone: see infra/dynamic-resource.ts.
const { execFileSync } = require("node:child_process");
const { mkdtempSync, rmSync, writeFileSync } = require("node:fs");
const { tmpdir } = require("node:os");

/**
 * @typedef {{ ca: string, cert: string, key: string }} Tls
 * @typedef {{
 *   what: string, containerId: string, command: string[], stdin: string, dockerHost: string, dockerTls?: Tls,
 * }} Inputs
 */

/**
 * Runs the command in the container. Secrets travel on standard input, never in argv.
 * @param {Inputs} inputs  dockerHost empty = the docker CLI's default
 */
function run({ what, containerId, command, stdin, dockerHost, dockerTls }) {
  /** @type {NodeJS.ProcessEnv} */
  let env = process.env;
  /** @type {string | undefined} */
  let folder;
  try {
    // The docker command takes certificates from files only: they live as long as it runs.
    if (dockerTls !== undefined) {
      folder = mkdtempSync(`${tmpdir()}/cerberus-engine-`);
      for (const [name, text] of Object.entries(dockerTls))
        writeFileSync(`${folder}/${name}.pem`, text, { mode: 0o600 });
      env = { ...env, DOCKER_TLS_VERIFY: "1", DOCKER_CERT_PATH: folder };
    }
    const where = dockerHost === "" ? [] : ["--host", dockerHost];
    execFileSync("docker", [...where, "exec", "--interactive", containerId, ...command], {
      encoding: "utf8",
      env,
      input: stdin,
      stdio: ["pipe", "pipe", "pipe"],
      timeout: 60_000,
    });
  } catch (error) {
    // The command's own message names its input's line, never the input: neither psql nor redis-cli echo it.
    const { stderr } = /** @type {{ stderr?: string }} */ (error);
    const said = (stderr || String(error)).trim().slice(0, 500);
    throw new Error(
      `could not ${what}: ${said}\n  fix: mend it and run pulumi up again: the step repeats itself`,
    );
  } finally {
    if (folder !== undefined) rmSync(folder, { recursive: true, force: true });
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
