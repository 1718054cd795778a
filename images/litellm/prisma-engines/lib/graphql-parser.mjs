// The subset of GraphQL that prisma-client-py writes: one operation, no variables, no fragments.

const IGNORED = /(?:[\s,\uFEFF]|#[^\n]*)*/y;
const NAME = /[A-Za-z_][A-Za-z0-9_]*/y;
const STRING = /"(?:[^"\\]|\\.)*"/sy;
const NUMBER = /-?(?:\d+)(?:\.\d+)?(?:[eE][+-]?\d+)?/y;

const OPERATIONS = ["query", "mutation"];
/** @type {ReadonlyMap<string, boolean | null>} */
const KEYWORDS = new Map([
  ["true", true],
  ["false", false],
  ["null", null],
]);

/** A query the caller has to correct. */
export class GraphqlError extends Error {}

/** A number as it was written: JavaScript numbers would lose digits of decimals and big integers. */
export class NumberLiteral {
  /** @param {string} text */
  constructor(text) {
    this.text = text;
  }
}

/** A bare name used as a value, such as `asc`. */
export class EnumLiteral {
  /** @param {string} name */
  constructor(name) {
    this.name = name;
  }
}

/**
 * @typedef {string | boolean | null | NumberLiteral | EnumLiteral} GraphqlScalar
 * @typedef {GraphqlScalar | GraphqlObject | GraphqlValue[]} GraphqlValue
 * @typedef {{ [name: string]: GraphqlValue }} GraphqlObject
 */

/**
 * @typedef {object} GraphqlField
 * @property {string} alias equals `name` when the query gives none
 * @property {string} name
 * @property {GraphqlObject | null} args
 * @property {GraphqlField[] | null} selection
 */

/**
 * @param {string} text
 * @returns {GraphqlField[]} the root fields of the operation
 * @throws {GraphqlError} naming the offset of the first mistake
 */
export function parseGraphql(text) {
  return new Parser(text).parseDocument();
}

/**
 * @param {unknown} value
 * @returns {value is GraphqlObject}
 */
export function isGraphqlObject(value) {
  if (value === null || typeof value !== "object" || Array.isArray(value)) return false;
  return !(value instanceof NumberLiteral) && !(value instanceof EnumLiteral);
}

class Parser {
  /** @param {string} source */
  constructor(source) {
    this.source = source;
    this.offset = 0;
  }

  parseDocument() {
    if (this.peek() !== "{") {
      const operation = this.parseName();
      if (this.peek() !== "{") this.parseName();
      if (!OPERATIONS.includes(operation)) this.fail(`unsupported operation ${operation}`);
    }
    const fields = this.parseSelection();
    if (this.peek() !== undefined) this.fail("trailing input");
    return fields;
  }

  /** @returns {GraphqlField[]} */
  parseSelection() {
    this.expect("{");
    const fields = [];
    while (this.peek() !== "}") fields.push(this.parseField());
    this.offset++;
    return fields;
  }

  /** @returns {GraphqlField} */
  parseField() {
    const alias = this.parseName();
    let name = alias;
    if (this.peek() === ":") {
      this.offset++;
      name = this.parseName();
    }
    const args = this.peek() === "(" ? this.parsePairs("(", ")") : null;
    const selection = this.peek() === "{" ? this.parseSelection() : null;
    return { alias, name, args, selection };
  }

  /**
   * @param {string} open
   * @param {string} close
   */
  parsePairs(open, close) {
    this.expect(open);
    /** @type {GraphqlObject} */
    const pairs = Object.create(null);
    while (this.peek() !== close) {
      const name = this.parseName();
      this.expect(":");
      pairs[name] = this.parseValue();
    }
    this.offset++;
    return pairs;
  }

  /** @returns {GraphqlValue} */
  parseValue() {
    const first = this.peek();
    if (first === '"') return this.parseString();
    if (first === "{") return this.parsePairs("{", "}");
    if (first === "[") return this.parseList();
    if (first !== undefined && /[-0-9]/.test(first)) {
      return new NumberLiteral(this.match(NUMBER) ?? this.fail("bad number"));
    }
    const name = this.parseName();
    return KEYWORDS.has(name) ? /** @type {boolean | null} */ (KEYWORDS.get(name)) : new EnumLiteral(name);
  }

  parseList() {
    this.expect("[");
    const items = [];
    while (this.peek() !== "]") items.push(this.parseValue());
    this.offset++;
    return items;
  }

  /** @returns {string} */
  parseString() {
    const literal = this.match(STRING) ?? this.fail("unterminated string");
    // JSON refuses raw control characters where GraphQL would not; prisma-client-py always escapes them.
    return JSON.parse(literal);
  }

  parseName() {
    this.skipIgnored();
    return this.match(NAME) ?? this.fail("expected a name");
  }

  /** @param {string} character */
  expect(character) {
    if (this.peek() !== character) this.fail(`expected "${character}"`);
    this.offset++;
  }

  /** @returns {string | undefined} the next significant character, undefined at the end */
  peek() {
    this.skipIgnored();
    return this.source[this.offset];
  }

  skipIgnored() {
    this.match(IGNORED);
  }

  /** @param {RegExp} pattern a sticky one */
  match(pattern) {
    pattern.lastIndex = this.offset;
    const found = pattern.exec(this.source);
    if (!found) return undefined;
    this.offset = pattern.lastIndex;
    return found[0];
  }

  /**
   * @param {string} why
   * @returns {never}
   */
  fail(why) {
    const rest = JSON.stringify(this.source.slice(this.offset, this.offset + 40));
    throw new GraphqlError(`Error parsing GraphQL query: ${why} at offset ${this.offset}: ${rest}`);
  }
}
