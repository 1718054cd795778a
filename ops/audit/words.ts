const grouped = new Intl.NumberFormat("en-US");

/** 12,345 */
export const number = (value: number): string => grouped.format(Math.round(value));

/** 1 request, 2 requests */
export const amount = (value: number, one: string, many = `${one}s`): string =>
  `${number(value)} ${value === 1 ? one : many}`;

/** Money as people read it: cents, or as many digits as a small amount needs. */
export const usd = (amount: number): string =>
  `$${amount !== 0 && Math.abs(amount) < 0.1 ? amount.toPrecision(3).replace(/\.?0+$/, "") : amount.toFixed(2)}`;
