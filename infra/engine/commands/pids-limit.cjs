"use strict";
// Runs in Pulumi's own process for dynamic resources, from one text with the files beside it: see infra/dynamic-resource.ts.
const { docker } = require("./docker.cjs");

/** @typedef {import("./docker.cjs").Engine & { containerId: string, limit: number }} Inputs */

/** @param {Inputs} inputs */
const apply = (inputs) =>
  docker(inputs, ["update", "--pids-limit", String(inputs.limit), inputs.containerId]);

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
      const text = docker(props, ["inspect", "--format", "{{.HostConfig.PidsLimit}}", props.containerId]);
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
