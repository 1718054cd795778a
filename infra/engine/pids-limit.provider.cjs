"use strict";
// Runs in Pulumi's own process for dynamic resources, from this text alone: see infra/dynamic-resource.ts.
const { execFileSync } = require("node:child_process");

/** @typedef {{ containerId: string, limit: number, dockerHost: string }} Inputs */

/**
 * @param {string} host engine address; empty = the docker CLI's default
 * @param {string[]} args
 */
const docker = (host, ...args) =>
  execFileSync("docker", [...(host === "" ? [] : ["--host", host]), ...args], {
    encoding: "utf8",
    stdio: ["ignore", "pipe", "pipe"],
    timeout: 60_000,
  });

/** @param {Inputs} inputs */
const apply = ({ containerId, limit, dockerHost }) =>
  docker(dockerHost, "update", "--pids-limit", String(limit), containerId);

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
      const text = docker(
        props.dockerHost,
        "inspect",
        "--format",
        "{{.HostConfig.PidsLimit}}",
        props.containerId,
      );
      return { id, props: { ...props, limit: Number.parseInt(text, 10) || 0 } };
    } catch {
      // The container is gone, and the limit with it.
      return {};
    }
  },
  /** @param {string} _id @param {Inputs} olds @param {Inputs} news */
  async diff(_id, olds, news) {
    const moved = olds.containerId !== news.containerId || olds.dockerHost !== news.dockerHost;
    return { changes: moved || olds.limit !== news.limit, replaces: moved ? ["containerId"] : [] };
  },
  /** @param {string} _id @param {Inputs} _olds @param {Inputs} news */
  async update(_id, _olds, news) {
    apply(news);
    return { outs: news };
  },
};

exports.handler = () => provider;
