"use strict";
// Part of the providers beside it, which run from one text: see infra/dynamic-resource.ts.
const { execFileSync } = require("node:child_process");
const { mkdtempSync, rmSync, writeFileSync } = require("node:fs");
const { tmpdir } = require("node:os");

/**
 * @typedef {{ ca: string, cert: string, key: string }} Tls
 * @typedef {{ dockerHost: string, dockerTls?: Tls }} Engine  dockerHost empty = the docker CLI's default
 */

/**
 * Runs the docker command, a minute at most, and gives what it said.
 * @param {Engine} engine
 * @param {readonly string[]} args
 * @param {string} [input]  its standard input: where secrets go, never into args
 */
exports.docker = ({ dockerHost, dockerTls }, args, input = "") => {
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
    return execFileSync("docker", [...(dockerHost === "" ? [] : ["--host", dockerHost]), ...args], {
      encoding: "utf8",
      env,
      input,
      stdio: ["pipe", "pipe", "pipe"],
      timeout: 60_000,
    });
  } finally {
    if (folder !== undefined) rmSync(folder, { recursive: true, force: true });
  }
};
