const grouped = new Intl.NumberFormat("en-US");

/** 12,345 */
export const number = (value: number): string => grouped.format(Math.round(value));

/** 1 request, 2 requests */
export const amount = (value: number, one: string, many = `${one}s`): string =>
  `${number(value)} ${value === 1 ? one : many}`;

const cents = new Intl.NumberFormat("en-US", { style: "currency", currency: "USD" });
const small = new Intl.NumberFormat("en-US", {
  style: "currency",
  currency: "USD",
  maximumSignificantDigits: 3,
});

/** Money as people read it: cents, or three digits of an amount below ten cents. */
export const usd = (dollars: number): string =>
  (dollars !== 0 && Math.abs(dollars) < 0.1 ? small : cents).format(dollars);
