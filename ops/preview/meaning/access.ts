import type { Consequence } from "../consequence.ts";
import type { Step } from "../steps.ts";

type Fields = Readonly<Record<string, unknown>>;
type Objects = Readonly<Record<string, Fields>>;

const kinds = ["teams", "users", "customers", "keys"] as const;

/** Teams, users, customers and keys: one resource that holds them all. */
export const ofAccessSteps = (steps: readonly Step[]): Consequence[] =>
  steps
    .filter(({ name }) => name === "access-objects")
    .flatMap(({ before, after }) => ofAccess(before ?? {}, after ?? {}));

/** What a change of access means to whom it concerns. */
export function ofAccess(before: Fields, after: Fields): Consequence[] {
  const found = kinds.flatMap((kind) => {
    const [old, now] = [objectsOf(before[kind]), objectsOf(after[kind])];
    return [...new Set([...Object.keys(old), ...Object.keys(now)])].flatMap((id) =>
      kind === "keys" ? ofKey(id, old, now) : ofObject(kind.slice(0, -1), id, old[id], now[id]),
    );
  });
  if (
    before["seed"] !== after["seed"] &&
    typeof before["seed"] === "string" &&
    typeof after["seed"] === "string"
  )
    found.push({ risk: "high", text: "every access key would get another value" });
  return found;
}

const objectsOf = (value: unknown): Objects =>
  typeof value === "object" && value !== null ? (value as Objects) : {};

/** The value that a rotated key had before stands beside it as id@generation. */
function ofKey(id: string, old: Objects, now: Objects): Consequence[] {
  const [, whose, former] = /^(.+)@(\d+)$/.exec(id) ?? [];
  const [was, is] = [old[id], now[id]];
  if (whose === undefined) {
    const rotated = was && is && generation(was) !== generation(is);
    const stays = now[`${id}@${was ? generation(was) : ""}`]?.["expires"];
    return [...ofObject("key", id, was, is), ...(rotated ? [anotherValue(`the key ${id}`, stays)] : [])];
  }
  const name = `generation ${former} of the key ${whose}`;
  if (is === undefined)
    // Gone with its key, or ended by its day or by another rotation.
    return now[whose] === undefined ? [] : [{ risk: "medium", text: `${name} would end` }];
  if (was === undefined || was["expires"] === is["expires"]) return [];
  return [
    {
      risk: "medium",
      text: `${name} would stay valid up to ${said(is["expires"])} instead of ${said(was["expires"])}`,
    },
  ];
}

/** @param stays last day of the former value, if it has one */
export const anotherValue = (name: string, stays: unknown): Consequence =>
  typeof stays === "string"
    ? { risk: "medium", text: `${name} gets a new value; the former one stays valid up to ${stays}` }
    : {
        risk: "high",
        text: `${name} gets a new value; the former one ends at once: whoever uses it needs the new one`,
      };

function ofObject(kind: string, id: string, old: Fields | undefined, now: Fields | undefined): Consequence[] {
  const name = `the ${kind} ${id}`;
  if (old === undefined) return [{ risk: "low", text: `${name} would be made` }];
  if (now === undefined) {
    const with_ = kind === "team" || kind === "user" ? ", and what it has spent forgotten" : "";
    return [{ risk: "high", text: `${name} would be removed${with_}` }];
  }
  const found = [...ofModels(name, old["models"], now["models"])];
  for (const [field, what, unit] of limits) found.push(...ofLimit(name, what, old[field], now[field], unit));
  if (!old["blocked"] && now["blocked"]) found.push({ risk: "high", text: `${name} would be blocked` });
  if (old["blocked"] && !now["blocked"])
    found.push({ risk: "medium", text: `${name} would be let in again` });
  for (const [field, what] of belongings) {
    if (old[field] !== now[field] && field in now)
      found.push({
        risk: "medium",
        text: `${name} would have ${what} ${said(now[field])} instead of ${said(old[field])}`,
      });
  }
  return found;
}

const limits = [
  ["max_budget", "budget", " USD"],
  ["rpm_limit", "rate limit", " requests per minute"],
  ["tpm_limit", "rate limit", " tokens per minute"],
  ["max_parallel_requests", "limit", " requests at a time"],
] as const;

const belongings = [
  ["user_role", "the role"],
  ["team_id", "the team"],
  ["user_id", "the user"],
  ["expires", "the end"],
] as const;

const said = (value: unknown): string =>
  typeof value === "string" ? value : value === null || value === undefined ? "none" : JSON.stringify(value);
const generation = (row: Fields): string =>
  said((row["metadata"] as Fields | undefined)?.["cerberus_generation"]);

/** An empty list allows every model. */
function ofModels(name: string, before: unknown, after: unknown): Consequence[] {
  if (!Array.isArray(before) || !Array.isArray(after)) return [];
  const [old, now] = [before.map(String), after.map(String)];
  if (old.length === 0 && now.length > 0)
    return [{ risk: "high", text: `${name} would lose every model but ${now.join(", ")}` }];
  if (old.length > 0 && now.length === 0) return [{ risk: "medium", text: `${name} would gain every model` }];
  const lost = old.filter((model) => !now.includes(model));
  const gained = now.filter((model) => !old.includes(model));
  return [
    ...(lost.length > 0 ? [{ risk: "high", text: `${name} would lose ${lost.join(", ")}` } as const] : []),
    ...(gained.length > 0 ? [{ risk: "low", text: `${name} would gain ${gained.join(", ")}` } as const] : []),
  ];
}

/** No limit is the highest one. */
function ofLimit(name: string, what: string, before: unknown, after: unknown, unit: string): Consequence[] {
  if (before === after || before === undefined || after === undefined) return [];
  const rises = after === null || (before !== null && Number(after) > Number(before));
  const amount = (value: unknown): string => (value === null ? "none" : `${said(value)}${unit}`);
  return [
    {
      risk: rises ? "medium" : "low",
      text: `${name}'s ${what} would ${rises ? "rise" : "fall"} from ${amount(before)} to ${amount(after)}`,
    },
  ];
}
