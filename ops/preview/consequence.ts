/** From what can't be undone to what is only good to know. */
export const risks = ["data loss", "high", "medium", "low"] as const;
export type Risk = (typeof risks)[number];

/** What a change means to those who depend on the gateway. */
export interface Consequence {
  readonly risk: Risk;
  readonly text: string;
}

export const means = (risk: Risk, text: string): Consequence => ({ risk, text });

/**
 * A limit that rises lets more through; one that falls may stop what works today. One that goes lets everything through.
 * @param ifGone how much weighs a limit that is taken away
 */
export function ofLimit(
  what: string,
  before: unknown,
  after: unknown,
  unit: string,
  ifGone: Risk = "medium",
): Consequence[] {
  if (before === after) return [];
  if (typeof before === "number" && typeof after === "number") {
    const verb = after > before ? "rise" : "fall";
    const risk = after > before ? "medium" : "low";
    return [means(risk, `${what} would ${verb} from ${before} to ${after}${unit}`)];
  }
  if (typeof before === "number") return [means(ifGone, `${what} would go: it is ${before}${unit} today`)];
  if (typeof after === "number")
    return [means("low", `${what} would be ${after}${unit}: there is none today`)];
  return [];
}

/**
 * Seconds of a period such as 30d or 1m30s; NaN when it is none.
 */
export function secondsOf(period: unknown): number {
  if (typeof period !== "string") return Number.NaN;
  const units: Readonly<Record<string, number>> = { s: 1, m: 60, h: 3600, d: 86_400, mo: 2_592_000 };
  const parts = [...period.matchAll(/(\d+)(mo|[smhd])/g)];
  if (parts.map(([whole]) => whole).join("") !== period || parts.length === 0) return Number.NaN;
  return parts.reduce((sum, [, count, unit]) => sum + Number(count) * (units[unit ?? ""] ?? Number.NaN), 0);
}

/** A budget that is renewed sooner lets more through. */
export function ofPeriod(what: string, before: unknown, after: unknown): Consequence[] {
  if (before === after || typeof before !== "string" || typeof after !== "string") return [];
  const sooner = secondsOf(after) < secondsOf(before);
  return [
    means(sooner ? "medium" : "low", `${what} would be renewed every ${after} instead of every ${before}`),
  ];
}

export type Plain = Readonly<Record<string, unknown>>;

export const asPlain = (value: unknown): Plain =>
  typeof value === "object" && value !== null && !Array.isArray(value) ? (value as Plain) : {};
export const asRows = (value: unknown): readonly Plain[] => (Array.isArray(value) ? value.map(asPlain) : []);
export const asNames = (value: unknown): string[] =>
  Array.isArray(value) ? value.filter((name) => typeof name === "string") : [];
/** A text or a number as text. */
export const asWord = (value: unknown, otherwise = "?"): string =>
  typeof value === "string" || typeof value === "number" ? String(value) : otherwise;
export const asText = (value: unknown): string => (typeof value === "string" ? value : "?");
export const without = (from: readonly string[], names: readonly string[]): string[] =>
  from.filter((name) => !names.includes(name));
