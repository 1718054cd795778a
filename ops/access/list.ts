import { columns } from "../columns.ts";
import type { Comparison } from "./gateway.ts";

/** One object of the gateway, for a table. */
export interface Listed {
  readonly kind: string;
  readonly id: string;
  /** LiteLLM's alias, or an address. */
  readonly alias: string;
  readonly whose: "code" | "others";
  readonly spentUsd: number;
  readonly maxUsd: number | null;
  readonly team: string | null;
  readonly blocked: boolean;
}

/** Everything there is, by kind; what the code defines first. */
export function listed({ plan, own }: Comparison): Listed[] {
  const row = (found: Comparison["own"][number], whose: Listed["whose"]): Listed => {
    const { kind, id, name, spend, fields } = found;
    return {
      kind: kind.slice(0, -1),
      id: kind === "keys" ? String(fields["metadata"]?.cerberus_id ?? name) : id,
      alias: name,
      whose,
      spentUsd: spend,
      maxUsd: fields["max_budget"] ?? null,
      team: kind === "keys" ? (fields["team_id"] ?? null) : null,
      blocked: fields["blocked"] === true,
    };
  };
  const all = [
    ...[...own, ...plan.removals].map((found) => row(found, "code")),
    ...plan.foreign.map((found) => row(found, "others")),
  ];
  return all.toSorted((a, b) => compare(a.kind, b.kind) || compare(a.whose, b.whose) || compare(a.id, b.id));
}

const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

/** A table for a terminal. */
export function listText(rows: readonly Listed[]): string {
  if (rows.length === 0) return "nothing is defined, and nobody made anything else\n";
  const cells = rows.map(({ kind, id, alias, whose, spentUsd, maxUsd, team, blocked }) => [
    kind,
    id,
    alias === id ? "" : alias,
    whose,
    team ?? "",
    spentUsd.toFixed(4),
    maxUsd === null ? "–" : String(maxUsd),
    blocked ? "blocked" : "",
  ]);
  return columns([["kind", "id", "alias", "whose", "team", "spent USD", "of", ""], ...cells]);
}
