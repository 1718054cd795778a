const quote = 0x22;
const backslash = 0x5c;
const openBrace = 0x7b;
const openBracket = 0x5b;
/** What may follow a backslash beside `u`: " \ b f n r t. A slash needs no escape, so it has none. */
const shortEscapes = new Set(Buffer.from('"\\bfnrt'));
/** Control characters that have a short escape, so that a long one is not canonical: \b \t \n \f \r. */
const haveShort = new Set([0x08, 0x09, 0x0a, 0x0c, 0x0d]);

/**
 * The first place where valid JSON is not written canonically: keys sorted by code point and different, no white space, nothing
 * escaped that needs no escape. How numbers are written is the writer's affair: the hash holds them.
 * @returns byte position and what is wrong there; undefined when all is well
 */
export function notCanonical(json: Buffer): { at: number; what: string } | undefined {
  /** One entry for every open object (its last key) or array (null). */
  const open: (Buffer | undefined | null)[] = [];
  let keyNext = false;
  for (let i = 0; i < json.length; i += 1) {
    const byte = json[i] as number;
    if (byte === quote) {
      const end = endOfString(json, i);
      if (end < 0) return { at: -end, what: "an escape that is not needed" };
      if (keyNext) {
        const key = keyBytes(json, i, end);
        const last = open[open.length - 1];
        if (last && Buffer.compare(last, key) >= 0)
          return { at: i, what: `key ${key.toString()} after ${last.toString()}` };
        open[open.length - 1] = key;
        keyNext = false;
      }
      i = end;
    } else if (byte === openBrace || byte === openBracket) {
      keyNext = byte === openBrace;
      open.push(keyNext ? undefined : null);
    } else if (byte === openBrace + 2 || byte === openBracket + 2) {
      open.pop();
      keyNext = false;
    } else if (byte === 0x2c) {
      keyNext = open[open.length - 1] !== null;
    } else if (byte <= 0x20) {
      return { at: i, what: "white space" };
    }
  }
  return undefined;
}

/** Position of the closing quote, or the negative one of an escape that should not be there. */
function endOfString(json: Buffer, start: number): number {
  let i = start + 1;
  for (let byte = json[i]; byte !== quote; byte = json[i]) {
    if (byte !== backslash) i += 1;
    else if (shortEscapes.has(json[i + 1] as number)) i += 2;
    else if (isControlEscape(json.toString("latin1", i, i + 6))) i += 6;
    else return -i;
  }
  return i;
}

function isControlEscape(text: string): boolean {
  return /^\\u00[01][0-9a-f]$/.test(text) && !haveShort.has(Number.parseInt(text.slice(2), 16));
}

/** A key's own text: UTF-8 sorts like code points, once escapes are undone. */
function keyBytes(json: Buffer, start: number, end: number): Buffer {
  const raw = json.subarray(start + 1, end);
  return raw.includes(backslash)
    ? Buffer.from(JSON.parse(json.toString("utf8", start, end + 1)) as string)
    : raw;
}
