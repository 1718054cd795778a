/**
 * Text of a value in block style, for a place below a key or a list's dash.
 *
 * LiteLLM and Prometheus read YAML 1.1 (`no`, `2024-10-21` and `1e-7` are no strings, or no numbers, there), so a text stands
 * plain only where every reader takes it for one. The `yaml` package's documents would do, at ten times the cost.
 * @param indent columns before the value's lines
 */
export function yamlText(value: unknown, indent: number): string {
  const text = scalar(value);
  return text === undefined ? block(value as object, indent) : ` ${text}`;
}

/** A value that fits behind its key, or undefined. */
function scalar(value: unknown): string | undefined {
  switch (typeof value) {
    case "string":
      return isPlain(value) ? value : quoted(value);
    case "number":
      return number(value);
    case "boolean":
      return value ? "true" : "false";
    case "object":
      if (value === null) return "null";
      if (Array.isArray(value)) return value.length === 0 ? "[]" : undefined;
      for (const _ in value) return undefined;
      return "{}";
    default:
      throw new TypeError(`a ${typeof value} has no place in a configuration file`);
  }
}

function block(value: object, indent: number): string {
  const start = `\n${" ".repeat(indent)}`;
  let text = "";
  if (Array.isArray(value)) {
    for (const row of value) {
      const inner = yamlText(row, indent + 2);
      // A row's first line stands beside its dash.
      text += `${start}-${inner.startsWith("\n") ? ` ${inner.slice(indent + 3)}` : inner}`;
    }
    return text;
  }
  for (const key of Object.keys(value)) {
    const name = isPlain(key) ? key : quoted(key);
    text += `${start}${name}:${yamlText((value as Record<string, unknown>)[key], indent + 2)}`;
  }
  return text;
}

/** Letters first, so that it is no number, date or mark; a colon or a space only between others. */
const plain = /^[A-Za-z](?:[A-Za-z0-9_./@+*()[\]-]|[: ](?=[A-Za-z0-9_./@+()]))*$/;
/** Words that some reader takes for a boolean, for nothing, or (`e0`) for a number. */
const reserved = /^(?:y|n|yes|no|on|off|true|false|null|e[-+]?[0-9_]+)$/i;

const isPlain = (text: string): boolean => plain.test(text) && !reserved.test(text) && !text.includes(": ");

/** What JSON leaves as it stands and a YAML reader refuses, or takes for the end of a line. */
const unsafe = /[\u007f-\u009f\u2028\u2029\ufeff\ufffe\uffff]/g;

const quoted = (text: string): string =>
  JSON.stringify(text).replace(unsafe, (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, "0")}`);

/** An exponent needs a point and a sign to be a number in YAML 1.1. */
function number(value: number): string {
  const text = String(value);
  if (!Number.isFinite(value)) throw new RangeError(`${text} has no place in a configuration file`);
  return text.includes("e") && !text.includes(".") ? text.replace("e", ".0e") : text;
}
