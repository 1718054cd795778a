import { isGraphqlObject } from "./graphql-parser.mjs";
import { jsonValues, mapValues, plainValue } from "./json-values.mjs";

/** @typedef {import("./graphql-parser.mjs").GraphqlValue} GraphqlValue */
/** @typedef {import("./graphql-parser.mjs").GraphqlObject} GraphqlObject */
/** @typedef {import("./prisma-schema.mjs").Models} Models */
/** @typedef {string | undefined} ModelName undefined for raw queries, which belong to no model */

const FILTER_ARGUMENTS = ["where", "cursor", "having"];
const DATA_ARGUMENTS = ["data", "create", "update"];
const BOOLEAN_OPERATORS = ["AND", "OR", "NOT"];
const RELATION_OPERATORS = ["is", "isNot", "some", "every", "none"];
/** Nested writes made of `{ where, data | create | update }`. */
const ENVELOPE_WRITES = ["createMany", "connectOrCreate", "upsert", "updateMany"];
/** Operators of a Json filter that take Json; the others (path, string_contains, ...) take plain strings. */
const JSON_OPERATORS = [
  "equals",
  "not",
  "array_contains",
  "array_starts_with",
  "array_ends_with",
  "lt",
  "lte",
  "gt",
  "gte",
];

/** Translates arguments along the data model, which alone tells where a string is a Json value. */
export class ArgumentTranslator {
  /** @param {Models} models */
  constructor(models) {
    this.models = models;
  }

  /**
   * @param {ModelName} model
   * @param {GraphqlObject} args
   */
  translate(model, args) {
    return mapValues(args, (value, name) => {
      if (FILTER_ARGUMENTS.includes(name)) return this.filter(model, value);
      if (DATA_ARGUMENTS.includes(name)) return this.data(model, value);
      return plainValue(value);
    });
  }

  /**
   * @param {ModelName} model
   * @param {GraphqlValue} value
   * @returns {unknown}
   */
  filter(model, value) {
    if (Array.isArray(value)) return value.map((item) => this.filter(model, item));
    if (!isGraphqlObject(value)) return plainValue(value);
    return mapValues(value, (condition, name) => this.condition(model, name, condition));
  }

  /**
   * @param {ModelName} model
   * @param {string} name
   * @param {GraphqlValue} value
   * @returns {unknown}
   */
  condition(model, name, value) {
    if (BOOLEAN_OPERATORS.includes(name)) return this.filter(model, value);
    const field = this.field(model, name);
    if (field?.type === "Json") return jsonFilter(value);
    if (field?.isRelation) return this.relationFilter(field.type, value);
    return plainValue(value);
  }

  /**
   * @param {string} model
   * @param {GraphqlValue} value
   */
  relationFilter(model, value) {
    if (!isGraphqlObject(value)) return plainValue(value);
    return mapValues(value, (condition, name) =>
      RELATION_OPERATORS.includes(name)
        ? this.filter(model, condition)
        : this.condition(model, name, condition),
    );
  }

  /**
   * @param {ModelName} model
   * @param {GraphqlValue} value
   * @returns {unknown}
   */
  data(model, value) {
    if (Array.isArray(value)) return value.map((item) => this.data(model, item));
    if (!isGraphqlObject(value)) return plainValue(value);
    return mapValues(value, (content, name) => {
      const field = this.field(model, name);
      if (field?.type === "Json") return jsonContent(content);
      if (field?.isRelation) return this.nestedWrites(field.type, content);
      return plainValue(content);
    });
  }

  /**
   * @param {string} model
   * @param {GraphqlValue} value
   */
  nestedWrites(model, value) {
    if (!isGraphqlObject(value)) return plainValue(value);
    return mapValues(value, (content, action) => {
      if (action === "create") return this.data(model, content);
      if (action === "update") return this.nestedUpdate(model, content);
      if (ENVELOPE_WRITES.includes(action)) return this.envelope(model, content);
      return this.filter(model, content); // connect, disconnect, delete, deleteMany, set
    });
  }

  /**
   * @param {string} model
   * @param {GraphqlValue} value
   * @returns {unknown}
   */
  nestedUpdate(model, value) {
    if (Array.isArray(value)) return value.map((item) => this.nestedUpdate(model, item));
    const isEnvelope = isGraphqlObject(value) && isGraphqlObject(value["data"]);
    return isEnvelope ? this.envelope(model, value) : this.data(model, value);
  }

  /**
   * @param {string} model
   * @param {GraphqlValue} value
   * @returns {unknown}
   */
  envelope(model, value) {
    if (Array.isArray(value)) return value.map((item) => this.envelope(model, item));
    if (!isGraphqlObject(value)) return plainValue(value);
    return mapValues(value, (content, name) => {
      if (name === "where") return this.filter(model, content);
      if (DATA_ARGUMENTS.includes(name)) return this.data(model, content);
      return plainValue(content);
    });
  }

  /**
   * @param {ModelName} model
   * @param {string} name
   */
  field(model, name) {
    return model === undefined ? undefined : this.models.get(model)?.get(name);
  }
}

/**
 * @param {GraphqlValue} value
 * @returns {unknown}
 */
function jsonFilter(value) {
  if (!isGraphqlObject(value)) return jsonValues(value);
  return mapValues(value, (operand, operator) => {
    if (operator === "not" && isGraphqlObject(operand)) return jsonFilter(operand);
    return JSON_OPERATORS.includes(operator) ? jsonValues(operand) : plainValue(operand);
  });
}

/**
 * A Json field in `data`: a value, or an operation on it such as `{ set: ... }`.
 * @param {GraphqlValue} value
 */
function jsonContent(value) {
  return isGraphqlObject(value) ? mapValues(value, jsonValues) : jsonValues(value);
}
