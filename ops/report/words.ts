const midnight = "T00:00:00.000000Z";

/** 12.3 %; a share of nothing is a dash. */
export const percent = (part: number, whole: number): string =>
  whole === 0 ? "–" : `${((100 * part) / whole).toFixed(part === whole || part === 0 ? 0 : 1)} %`;

/** 2026-11-25 10:00 UTC, or only the day for a day's first moment. */
export function moment(timestamp: string): string {
  const day = timestamp.slice(0, 10);
  const time = timestamp.slice(11, 16);
  return timestamp.endsWith(midnight) ? day : `${day} ${time} UTC`;
}

/** A range whose end is not included: whole days by their first and last. */
export function rangeWords({ from, to }: { readonly from: string; readonly to: string }): string {
  if (!from.endsWith(midnight) || !to.endsWith(midnight)) return `${moment(from)} to ${moment(to)}`;
  const last = new Date(Date.parse(to) - 1).toISOString().slice(0, 10);
  return from.startsWith(last) ? last : `${from.slice(0, 10)} to ${last}`;
}

/** 2026-11-25 10:00, where a heading says that it is UTC. */
export const minute = (timestamp: string): string => timestamp.slice(0, 16).replace("T", " ");

/** 45 s, 12 min, 3.5 h, 2.1 days */
export function duration(seconds: number): string {
  if (seconds < 90) return `${Math.round(seconds)} s`;
  if (seconds < 5400) return `${Math.round(seconds / 60)} min`;
  if (seconds < 48 * 3600) return `${(seconds / 3600).toFixed(1)} h`;
  return `${(seconds / 86_400).toFixed(1)} days`;
}

/** Response times: 850 ms, 2.4 s */
export const milliseconds = (ms: number | null): string =>
  ms === null ? "–" : ms < 1000 ? `${Math.round(ms)} ms` : `${(ms / 1000).toFixed(1)} s`;
