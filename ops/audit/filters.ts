import type { Command } from "commander";
import { UserError } from "../../infra/settings/errors.ts";
import { parseCondition } from "./condition.ts";
import type { AuditLine } from "./line.ts";
import type { AuditRecord } from "./records.ts";
import { parseWhen } from "./when.ts";

export interface FilterOptions {
  readonly since?: string;
  readonly until?: string;
  readonly type?: readonly string[];
  readonly key?: string;
  readonly team?: string;
  readonly user?: string;
  readonly model?: string;
  readonly status?: string;
  readonly text?: string;
  readonly where?: readonly string[];
  readonly started?: boolean;
}

export type Filter = (record: AuditRecord) => boolean;

const collect = (value: string, before: readonly string[] = []): string[] => [...before, value];

/** Adds the filters that tail, query, export and stats share. */
export function withFilters(command: Command): Command {
  return command
    .option("--since <when>", "from then on: a date, a time (UTC) or an age such as 2h or 7d")
    .option("--until <when>", "up to then, which is not included")
    .option("--type <type>", "event type, * stands for anything; may be given again", collect)
    .option("--key <key>", "alias of a virtual key, or how its hash begins")
    .option("--team <team>", "id or alias of a team")
    .option("--user <user>", "user id, or the end user a client named")
    .option("--model <model>", "model that was asked for or that answered")
    .option("--status <status>", "HTTP status, such as 200 or 4xx")
    .option("--text <text>", "only lines that hold this text")
    .option(
      "--where <condition>",
      "field, operator, value, such as 'data.cost_usd>0.5'; may be given again",
      collect,
    )
    .option("--started", "also the intents of streams (<call>_started), which are hidden else");
}

/**
 * One predicate of all that was asked for.
 * @param now milliseconds; what ages count from
 * @throws UserError for what can't be understood
 */
export function parseFilter(options: FilterOptions, now: number): Filter {
  const tests: Filter[] = [];
  if (options.since !== undefined) {
    const from = parseWhen(options.since, "--since", now);
    tests.push(({ line }) => line.timestamp >= from);
  }
  if (options.until !== undefined) {
    const to = parseWhen(options.until, "--until", now);
    tests.push(({ line }) => line.timestamp < to);
  }
  if (options.text !== undefined) {
    const text = options.text;
    tests.push((record) => record.text.includes(text));
  }
  const types = options.type?.map(wildcard);
  if (types !== undefined) tests.push(({ line }) => types.some((type) => type.test(line.event_type)));
  const asked = types !== undefined && options.type?.some((type) => type.endsWith("_started"));
  if (!options.started && !asked) tests.push(({ line }) => !isIntent(line));
  if (options.status !== undefined) tests.push(statusFilter(options.status));
  const { key, team, user, model } = options;
  if (key !== undefined) {
    tests.push(({ line: { data } }) => data.key_alias === key || (data.key_hash?.startsWith(key) ?? false));
  }
  if (team !== undefined) tests.push(({ line }) => isOfTeam(line, team));
  if (user !== undefined) tests.push(({ line: { data } }) => data.user_id === user || data.end_user === user);
  if (model !== undefined) {
    tests.push(({ line: { data } }) => data.model === model || data.requested_model === model);
  }
  for (const condition of (options.where ?? []).map(parseCondition))
    tests.push(({ line }) => condition(line));
  return (record) => tests.every((test) => test(record));
}

/** The intent of a stream; its outcome is a line of its own. */
export const isIntent = ({ event_type }: AuditLine): boolean =>
  event_type.endsWith("_started") && event_type !== "gateway_started";

export const isOfTeam = ({ data }: AuditLine, team: string): boolean =>
  data.team_id === team || data.team_alias === team;

const wildcard = (type: string): RegExp =>
  new RegExp(`^${type.replace(/[^a-z0-9_*]/gi, "\\$&").replaceAll("*", ".*")}$`);

function statusFilter(status: string): Filter {
  if (!/^[1-5](\d\d|xx)$/.test(status)) {
    throw new UserError(
      `--status is "${status}"`,
      "give an HTTP status (429) or a class of them (4xx): --status 4xx",
    );
  }
  const pattern = new RegExp(`^${status.replaceAll("x", "\\d")}$`);
  return ({ line: { data } }) => pattern.test(String(data.status ?? ""));
}
