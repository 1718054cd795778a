/** The value below which a share (0 to 1) of all values lies. */
export function quantile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN;
}

export const median = (values: readonly number[]): number => quantile(values, 0.5);

/** Median, least and greatest. */
export const spread = (values: readonly number[]) => ({
  median: median(values),
  least: Math.min(...values),
  greatest: Math.max(...values),
});
