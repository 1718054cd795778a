// The few facts of schema.prisma that the engines need outside Prisma's own code.

const BLOCK = /^\s*(?:model|type|view)\s+(\w+)\s*\{([\s\S]*?)^\s*\}/gm;
const FIELD = /^\s*(\w+)\s+(\w+)/;

/**
 * @typedef {object} ModelField
 * @property {string} type name of a scalar, an enum or a model
 * @property {boolean} isRelation
 */

/** @typedef {Map<string, Map<string, ModelField>>} Models fields by name, by model name */

/**
 * @param {string} schemaText
 * @returns {Models}
 */
export function parseModels(schemaText) {
  const blocks = [...schemaText.matchAll(BLOCK)].map(([, name = "", body = ""]) => ({ name, body }));
  const modelNames = new Set(blocks.map((block) => block.name));
  return new Map(blocks.map((block) => [block.name, parseFields(block.body, modelNames)]));
}

/**
 * @param {string} body
 * @param {Set<string>} modelNames
 */
function parseFields(body, modelNames) {
  /** @type {Map<string, ModelField>} */
  const fields = new Map();
  for (const line of body.split("\n")) {
    const trimmed = line.trim();
    if (trimmed.startsWith("//") || trimmed.startsWith("@@")) continue;
    const [, name, type] = FIELD.exec(line) ?? [];
    if (name && type) fields.set(name, { type, isRelation: modelNames.has(type) });
  }
  return fields;
}
