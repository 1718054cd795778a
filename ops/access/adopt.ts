import { stringify } from "yaml";
import { apply } from "../../infra/access/objects/apply.cjs";
import type { Client } from "../../infra/access/objects/client.cjs";
import type { Found } from "../../infra/access/objects/listing.cjs";
import { UserError } from "../../infra/settings/errors.ts";
import { didYouMean } from "../../infra/settings/problems.ts";
import { accessId } from "../../infra/settings/schema/definitions/access.ts";
import { asUserError } from "./gateway.ts";

/** Kinds as people say them. */
export const kindsByName = {
  budget: "budgets",
  team: "teams",
  user: "users",
  customer: "customers",
  key: "keys",
} as const;
export type KindName = keyof typeof kindsByName;

/**
 * The one object of others that is meant.
 * @param name its id; a key's alias
 * @throws UserError when there is none
 */
export function pick(foreign: readonly Found[], kind: KindName, name: string): Found {
  const all = foreign.filter((found) => found.kind === kindsByName[kind]);
  const found = all.find(({ id, name: alias }) => id === name || alias === name);
  if (found) return found;
  const known = all.map((one) => (kind === "key" ? one.name : one.id));
  throw new UserError(
    `nobody else made a ${kind} "${name}"${didYouMean(name, known)}; there are: ${known.join(", ") || "none"}`,
    "see them: npm run access -- list --stack NAME",
  );
}

/**
 * Marks an object as this stack's: the next `up` brings it to its definition instead of refusing it.
 * @param as its id in the definitions
 * @returns the definition that keeps it as it is, as YAML
 */
export async function adopt(client: Client, found: Found, owner: string, as: string): Promise<string> {
  const { kind, id, fields } = found;
  if (!accessId.safeParse(as).success && kind !== "customers")
    throw new UserError(`"${as}" is no id for definitions`, "use small letters, digits and -: --as <id>");
  if (kind !== "keys" && as !== id)
    throw new UserError(`LiteLLM knows this object as "${id}": that can't change`, "leave --as out");
  if (kind === "budgets")
    throw new UserError(
      "a budget has no place for a mark, so it can't be adopted",
      "define one of the same limits, and let it go in the UI",
    );
  const metadata = { ...fields["metadata"], cerberus_owner: owner };
  const paths = { teams: "/team/update", users: "/user/update", keys: "/key/update" } as const;
  const mark = { cerberus_id: as, cerberus_generation: 0 };
  await asUserError(() =>
    kind === "customers"
      ? client.ask("POST", "/customer/update", {
          user_id: id,
          budget_id: `${owner}/customers-without-budget`,
        })
      : client.ask("POST", paths[kind], {
          [{ teams: "team_id", users: "user_id", keys: "key" }[kind]]: id,
          metadata: kind === "keys" ? { ...metadata, ...mark } : metadata,
        }),
  );
  return stringify({ access: { [kind]: { [as]: definitionOf(found) } } });
}

/** Deletes an object of others. */
export const revert = (client: Client, found: Found): Promise<unknown> =>
  asUserError(async () => {
    const plan = { changes: [], removals: [found], problems: [], foreign: [] };
    const [refused] = await apply(client, plan, "");
    if (refused) throw refused;
  });

/** An object of the gateway in the words of the definitions; what can't be said there is left out. */
export function definitionOf({ kind, fields }: Found): Record<string, unknown> {
  const { max_budget: maxUsd, budget_duration: period } = fields;
  const said = {
    alias: fields["team_alias"] ?? fields["key_alias"] ?? fields["alias"],
    email: fields["user_email"],
    role: fields["user_role"],
    kind: kind === "keys" && fields["user_id"] ? "personal" : undefined,
    user: kind === "keys" ? fields["user_id"] : undefined,
    team: kind === "keys" ? fields["team_id"] : undefined,
    teams: kind === "users" ? fields["teams"] : undefined,
    models: fields["models"],
    routes: fields["allowed_routes"],
    budget: maxUsd != null && period != null ? { maxUsd, period } : undefined,
    rpm: fields["rpm_limit"],
    tpm: fields["tpm_limit"],
    parallel: kind === "keys" ? fields["max_parallel_requests"] : undefined,
    expires: typeof fields["expires"] === "string" ? fields["expires"].slice(0, 10) : undefined,
    blocked: fields["blocked"] || undefined,
    generation: kind === "keys" ? 0 : undefined,
  };
  return Object.fromEntries(
    Object.entries(said).filter(
      ([, value]) => value != null && !(Array.isArray(value) && value.length === 0),
    ),
  );
}
