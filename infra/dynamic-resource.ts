import { readdirSync, readFileSync } from "node:fs";
import * as pulumi from "@pulumi/pulumi";

/** Text of a CommonJS module that exports `handler()`, which gives the provider: what Pulumi keeps in the state and runs. */
export const providerSource = (file: URL): string => readFileSync(file, "utf8");

/**
 * The same for a provider of several files: one text that holds them all, since the state must need nothing beside it.
 * @param folder of CommonJS modules that require each other by their names alone
 * @param entry  the one that exports `handler()`
 */
export function providerBundle(folder: URL, entry: string): string {
  const names = readdirSync(folder)
    .filter((name) => name.endsWith(".cjs"))
    .sort();
  const modules = names.map(
    (name) =>
      `${JSON.stringify(`./${name}`)}(exports, require) {\n${readFileSync(new URL(name, folder), "utf8")}}`,
  );
  return `"use strict";
const outside = require;
const modules = {
${modules.join(",\n")}
};
const loaded = {};
function load(name) {
  if (!Object.hasOwn(modules, name)) return outside(name);
  if (!Object.hasOwn(loaded, name)) modules[name]((loaded[name] = {}), load);
  return loaded[name];
}
exports.handler = load(${JSON.stringify(`./${entry}`)}).handler;
`;
}

/**
 * A resource whose provider is the text of a file. Pulumi's own dynamic resources serialise a function instead, with
 * TypeScript's compiler and the debugger's protocol: half a second of every preview, and nothing may be imported.
 */
export class DynamicResource extends pulumi.CustomResource {
  constructor(name: string, source: string, props: pulumi.Inputs, opts?: pulumi.CustomResourceOptions) {
    // Type, property and calling convention are those of the SDK's dynamic/index.js.
    super("pulumi-nodejs:dynamic:Resource", name, { ...props, __provider: pulumi.secret(source) }, opts);
  }
}
