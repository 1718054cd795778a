"use strict";
// Runs in Pulumi's own process for dynamic resources, from this text alone: see infra/dynamic-resource.ts.
const { chownSync, lstatSync, mkdirSync, rmSync, statSync, symlinkSync } = require("node:fs");
const paths = require("node:path");

/** @typedef {{ path: string, link: string, uid: number }} Inputs */

/** The log must be there for its writer alone to write, and for this machine's people to read. @param {Inputs} inputs */
function make({ path, link, uid }) {
  mkdirSync(path, { recursive: true, mode: 0o755 });
  if (statSync(path).uid !== uid) chownSync(path, uid, 0);
  // The short name points at the stack that was set up last.
  const latest = lstatSync(link, { throwIfNoEntry: false });
  if (latest !== undefined && !latest.isSymbolicLink()) return;
  rmSync(link, { force: true });
  symlinkSync(`${paths.relative(paths.dirname(link), path)}/litellm_audit.jsonl`, link);
}

const provider = {
  /** @param {Inputs} inputs */
  async create(inputs) {
    make(inputs);
    return { id: inputs.path, outs: inputs };
  },
  /** @param {string} id @param {Inputs | undefined} props */
  async read(id, props) {
    if (props === undefined || statSync(props.path, { throwIfNoEntry: false }) === undefined) return {};
    return { id, props };
  },
  /** @param {string} _id @param {Inputs} olds @param {Inputs} news */
  async diff(_id, olds, news) {
    const moved = olds.path !== news.path || olds.uid !== news.uid;
    return { changes: moved || olds.link !== news.link, replaces: moved ? ["path"] : [] };
  },
  /** @param {string} _id @param {Inputs} _olds @param {Inputs} news */
  async update(_id, _olds, news) {
    make(news);
    return { outs: news };
  },
  // An audit log outlives its stack: whoever wants it gone removes the folder.
  async delete() {},
};

exports.handler = () => provider;
