import { UserError } from "../../infra/settings/errors.ts";

/** What a field must be. */
export type Condition = (record: unknown) => boolean;

const form = /^([A-Za-z_][\w.[\]]*)\s*(!=|>=|<=|=|>|<|~)\s*(.*)$/s;

/** A field's value by its dotted path; numbers pick from lists, and a list without one gives each of its items. */
export function valuesAt(value: unknown, path: readonly string[]): unknown[] {
  const [step, ...rest] = path;
  if (step === undefined) return Array.isArray(value) ? value : [value];
  if (Array.isArray(value) && !/^\d+$/.test(step)) return value.flatMap((item) => valuesAt(item, path));
  if (typeof value !== "object" || value === null || !Object.hasOwn(value, step)) return [];
  return valuesAt((value as Record<string, unknown>)[step], rest);
}

/**
 * Reads a condition such as `data.cost_usd>0.5`, `data.error.code=content_blocked` or `data.user_agent~curl` (contains).
 * A field that is absent fulfils `!=` only.
 * @throws UserError when it has another form, or compares a size with a text
 */
export function parseCondition(text: string): Condition {
  const parts = form.exec(text);
  const [, field = "", operator = "", wanted = ""] = parts ?? [];
  const number = wanted.trim() === "" ? Number.NaN : Number(wanted);
  if (parts === null || (/[<>]/.test(operator) && Number.isNaN(number) && field !== "timestamp")) {
    throw new UserError(
      `--where "${text}" is no condition`,
      "write field, operator (= != > >= < <= or ~ for contains) and value: --where 'data.cost_usd>0.5'",
    );
  }
  const path = field.split(".");
  const compare = comparisons[operator as keyof typeof comparisons];
  const holds = (value: unknown) =>
    typeof value === "number" && !Number.isNaN(number)
      ? compare(value, number)
      : compare(asText(value), wanted);
  if (operator === "!=") return (record) => valuesAt(record, path).every(holds);
  return (record) => valuesAt(record, path).some(holds);
}

/** A value of JSON as text: strings bare, the rest as JSON writes it. */
export const asText = (value: unknown): string => (typeof value === "string" ? value : JSON.stringify(value));

type Value = string | number;
const comparisons = {
  "=": (a: Value, b: Value) => a === b,
  "!=": (a: Value, b: Value) => a !== b,
  ">": (a: Value, b: Value) => a > b,
  ">=": (a: Value, b: Value) => a >= b,
  "<": (a: Value, b: Value) => a < b,
  "<=": (a: Value, b: Value) => a <= b,
  "~": (a: Value, b: Value) => String(a).toLowerCase().includes(String(b).toLowerCase()),
} as const;
