// Prisma's WebAssembly engine speaks the JSON protocol only, prisma-client-py 0.11 GraphQL only.

import { GraphqlError, parseGraphql } from "./graphql-parser.mjs";
import { ArgumentTranslator } from "./json-arguments.mjs";
import { parseModels } from "./prisma-schema.mjs";

/** @typedef {import("./graphql-parser.mjs").GraphqlField} GraphqlField */
/** @typedef {{ arguments: Record<string, unknown>, selection: Record<string, unknown> }} JsonNode */
/** @typedef {{ modelName: string | undefined, action: string, query: JsonNode }} JsonQuery */

const RAW_ACTIONS = ["queryRaw", "executeRaw"];
const MODEL_ACTIONS = [
  "findUnique",
  "findFirst",
  "findMany",
  "createOne",
  "createManyAndReturn",
  "createMany",
  "updateOne",
  "updateMany",
  "deleteOne",
  "deleteMany",
  "upsertOne",
  "aggregate",
  "groupBy",
];
const THROWING_SUFFIX = "OrThrow";

export class QueryTranslator {
  /** @type {Map<string, { action: string, model: string | undefined }>} */
  #roots = new Map();

  /** @param {string} schemaText */
  constructor(schemaText) {
    this.models = parseModels(schemaText);
    this.args = new ArgumentTranslator(this.models);
  }

  /**
   * @param {string} text one GraphQL operation with one root field
   * @returns {{ alias: string, query: JsonQuery }} the alias is where the caller expects the result
   * @throws {GraphqlError}
   */
  translate(text) {
    const [root, ...others] = parseGraphql(text);
    if (!root || others.length > 0) {
      throw new GraphqlError("exactly one root field per operation is supported");
    }
    const { action, model } = this.#root(root.name);
    return { alias: root.alias, query: { modelName: model, action, query: this.#node(model, root) } };
  }

  /** @param {string} fieldName */
  #root(fieldName) {
    const known = this.#roots.get(fieldName);
    if (known) return known;
    const root = this.#parseRoot(fieldName);
    if (!root) throw new GraphqlError(`Cannot query field "${fieldName}"`);
    this.#roots.set(fieldName, root);
    return root;
  }

  /** @param {string} fieldName such as findFirstUserOrThrow */
  #parseRoot(fieldName) {
    if (RAW_ACTIONS.includes(fieldName)) return { action: fieldName, model: undefined };
    for (const action of MODEL_ACTIONS) {
      if (!fieldName.startsWith(action)) continue;
      const model = fieldName.slice(action.length);
      if (this.models.has(model)) return { action, model };
      if (!model.endsWith(THROWING_SUFFIX)) continue;
      const bareModel = model.slice(0, -THROWING_SUFFIX.length);
      if (this.models.has(bareModel)) return { action: `${action}${THROWING_SUFFIX}`, model: bareModel };
    }
    return undefined;
  }

  /**
   * @param {string | undefined} model
   * @param {GraphqlField} field
   * @returns {JsonNode}
   */
  #node(model, field) {
    return {
      arguments: field.args ? this.args.translate(model, field.args) : {},
      selection: field.selection ? this.#selection(model, field.selection) : {},
    };
  }

  /**
   * @param {string | undefined} model
   * @param {GraphqlField[]} fields
   */
  #selection(model, fields) {
    /** @type {Record<string, unknown>} */
    const selection = {};
    for (const field of fields) {
      if (field.alias !== field.name) {
        throw new GraphqlError(`alias "${field.alias}" is not supported below the root field`);
      }
      const definition = this.args.field(model, field.name);
      const fieldModel = definition?.isRelation ? definition.type : model;
      const isLeaf = !field.args && !field.selection;
      selection[field.name] = isLeaf ? true : this.#node(fieldModel, field);
    }
    return selection;
  }
}

/**
 * Drops the type tags of a JSON-protocol result in place, which leaves what GraphQL would have sent.
 * @param {any} value
 * @returns {any}
 */
export function untag(value) {
  if (value === null || typeof value !== "object") return value;
  if (Array.isArray(value)) {
    for (let index = 0; index < value.length; index++) value[index] = untag(value[index]);
    return value;
  }
  if (typeof value.$type === "string" && "value" in value) return value.value;
  for (const key of Object.keys(value)) value[key] = untag(value[key]);
  return value;
}
