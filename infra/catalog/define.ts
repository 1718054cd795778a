import type * as z from "zod";
import type { GatewayDefinition } from "../settings/schema/definitions/gateway.ts";

/** A gateway as its owner writes it: defaults may be left out. */
export type GatewayInput = z.input<typeof GatewayDefinition>;
type AccessInput = NonNullable<GatewayInput["access"]>;

/** What a name in `models` opens: itself, or everything behind its wildcard. */
type Callable<Name extends string> = Name extends `${infer Prefix}*` ? `${Prefix}${string}` : Name;
type Of<Kind extends keyof AccessInput> = NonNullable<AccessInput[Kind]>[string & keyof AccessInput[Kind]];

/** An object whose references must be to something that is defined. */
type Referring<Thing, References> = Omit<Thing, keyof References> & Partial<References>;

type TypedAccess<
  Models extends string,
  Budgets extends string,
  Teams extends string,
  Users extends string,
> = Omit<AccessInput, "budgets" | "teams" | "users" | "keys" | "customers"> & {
  budgets?: Record<Budgets, Of<"budgets">>;
  teams?: Record<Teams, Referring<Of<"teams">, Shared<Models, Budgets>>>;
  users?: Record<Users, Referring<Of<"users">, Shared<Models, Budgets> & { teams: NoInfer<Teams>[] }>>;
  keys?: Record<
    string,
    Referring<Of<"keys">, Shared<Models, Budgets> & { team: NoInfer<Teams>; user: NoInfer<Users> }>
  >;
  customers?: Record<string, Referring<Of<"customers">, Shared<Models, Budgets>>>;
};

interface Shared<Models extends string, Budgets extends string> {
  models: NoInfer<Models>[];
  budgetId: NoInfer<Budgets>;
}

type Named<Model, Name> = Model extends unknown ? Omit<Model, "name"> & { name: Name } : never;

type TypedGateway<
  Models extends string,
  Aliases extends string,
  Budgets extends string,
  Teams extends string,
  Users extends string,
> = Omit<GatewayInput, "models" | "aliases" | "access"> & {
  models: Named<GatewayInput["models"][number], Models>[];
  aliases?: Record<Aliases, string | string[]>;
  access?: TypedAccess<Callable<Models> | Aliases, Budgets, Teams, Users>;
};

/**
 * Checks definitions where they are written: names of settings, providers and their parameters, and that access names only
 * models, budgets, teams and users that are there.
 */
export const defineGateway = <
  const Models extends string,
  const Aliases extends string = never,
  const Budgets extends string = never,
  const Teams extends string = never,
  const Users extends string = never,
>(
  gateway: TypedGateway<Models, Aliases, Budgets, Teams, Users>,
): GatewayInput => gateway as unknown as GatewayInput;

/** As defineGateway, for access in a file of its own: everything but the names of models is checked here. */
export const defineAccess = <
  const Budgets extends string = never,
  const Teams extends string = never,
  const Users extends string = never,
>(
  access: TypedAccess<string, Budgets, Teams, Users>,
): AccessInput => access as unknown as AccessInput;
