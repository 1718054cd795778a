import { UserError } from "../../infra/settings/errors.ts";
import { parseWhen } from "../audit/when.ts";

/** What a report is about. Times are as the log writes them; `to` itself is not included. */
export interface Scope {
  readonly from: string;
  readonly to: string;
  /** Id or alias; null = all teams. */
  readonly team: string | null;
}

/**
 * @param now milliseconds, what ages count from
 * @throws UserError when a moment can't be understood, or the range holds nothing
 */
export function parseScope(
  from: string,
  to: string | undefined,
  team: string | undefined,
  now: number,
): Scope {
  const scope = {
    from: parseWhen(from, "--from", now),
    to: parseWhen(to ?? "0s", "--to", now),
    team: team ?? null,
  };
  if (scope.from < scope.to) return scope;
  throw new UserError(
    `the range is empty: it goes from ${scope.from} to ${scope.to}`,
    "let --to be after --from; a date means its first moment, so the whole of November is --from 2026-11-01 --to 2026-12-01",
  );
}
