import { UserError } from "../../infra/settings/errors.ts";

const unitMs = { s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000, w: 604_800_000 } as const;

/**
 * A moment, as `timestamp` of a line would say it: from a date, a date and time (UTC unless it names an offset), or an age such as
 * 90s, 30m, 2h, 7d, 4w.
 * @throws UserError naming the option and the forms it takes
 */
export function parseWhen(text: string, option: string, now: number): string {
  const age = /^(\d+)([smhdw])$/.exec(text);
  if (age !== null) return asTimestamp(now - Number(age[1]) * unitMs[age[2] as keyof typeof unitMs]);
  const date = /^\d{4}-\d\d-\d\d$/.test(text);
  const time = /^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:\d\d)?$/.exec(text);
  const ms = date ? Date.parse(text) : time ? Date.parse(time[3] ? text : `${text}Z`) : Number.NaN;
  if (!Number.isNaN(ms)) return asTimestamp(ms);
  throw new UserError(
    `${option} is "${text}", which is no moment`,
    `write a date (2026-11-25), a time in UTC (2026-11-25T10:00), or an age (90s, 30m, 2h, 7d, 4w): ${option} 7d`,
  );
}

/** In the form of the log's own timestamps, so that texts can be compared. */
export const asTimestamp = (ms: number): string => new Date(ms).toISOString().replace("Z", "000Z");
