"use strict";
// Runs in Pulumi's own process for dynamic resources, from this text alone: see infra/dynamic-resource.ts.
const { execFileSync } = require("node:child_process");
const { mkdtempSync, rmSync, writeFileSync } = require("node:fs");
const { tmpdir } = require("node:os");

/**
 * @typedef {{ ca: string, cert: string, key: string }} Tls
 * @typedef {{ containerId: string, limit: number, dockerHost: string, dockerTls?: Tls }} Inputs
 */

/**
 * The docker command takes certificates from files only: they live as long as it runs.
 * @param {Inputs} inputs  dockerHost empty = the docker CLI's default
 * @param {string[]} args
 */
function docker({ dockerHost, dockerTls }, ...args) {
  /** @type {NodeJS.ProcessEnv} */
  let env = process.env;
  /** @type {string | undefined} */
  let folder;
  try {
    if (dockerTls !== undefined) {
      folder = mkdtempSync(`${tmpdir()}/cerberus-engine-`);
      for (const [name, text] of Object.entries(dockerTls))
        writeFileSync(`${folder}/${name}.pem`, text, { mode: 0o600 });
      env = { ...env, DOCKER_TLS_VERIFY: "1", DOCKER_CERT_PATH: folder };
    }
    return execFileSync("docker", [...(dockerHost === "" ? [] : ["--host", dockerHost]), ...args], {
      encoding: "utf8",
      env,
      stdio: ["ignore", "pipe", "pipe"],
      timeout: 60_000,
    });
  } finally {
    if (folder !== undefined) rmSync(folder, { recursive: true, force: true });
  }
}

/** @param {Inputs} inputs */
const apply = (inputs) => docker(inputs, "update", "--pids-limit", String(inputs.limit), inputs.containerId);

const provider = {
  /** @param {Inputs} inputs */
  async create(inputs) {
    apply(inputs);
    return { id: `${inputs.containerId.slice(0, 12)}-pids`, outs: inputs };
  },
  /** @param {string} id @param {Inputs | undefined} props */
  async read(id, props) {
    if (props === undefined) return {};
    try {
      const text = docker(props, "inspect", "--format", "{{.HostConfig.PidsLimit}}", props.containerId);
      return { id, props: { ...props, limit: Number.parseInt(text, 10) || 0 } };
    } catch (error) {
      // The container is gone, and the limit with it. An engine that doesn't answer says nothing of either.
      if (/No such (object|container)/i.test(String(error))) return {};
      throw error;
    }
  },
  /** @param {string} _id @param {Inputs} olds @param {Inputs} news */
  async diff(_id, olds, news) {
    const moved = olds.containerId !== news.containerId || olds.dockerHost !== news.dockerHost;
    const renewed = JSON.stringify(olds.dockerTls) !== JSON.stringify(news.dockerTls);
    return { changes: moved || renewed || olds.limit !== news.limit, replaces: moved ? ["containerId"] : [] };
  },
  /** @param {string} _id @param {Inputs} _olds @param {Inputs} news */
  async update(_id, _olds, news) {
    apply(news);
    return { outs: news };
  },
};

exports.handler = () => provider;
