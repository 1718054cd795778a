import { didYouMean } from "../problems.ts";
import type { AccessDefinition } from "../schema/definitions/access.ts";
import type { GatewayDefinition } from "../schema/definitions/gateway.ts";
import type { DefinitionProblem } from "./rules.ts";

type Steps = readonly PropertyKey[];

/** Whether a defined name is this one, or a wildcard that it stands behind. */
const opens = (defined: string, name: string): boolean =>
  defined === name || (defined.endsWith("*") && name.startsWith(defined.slice(0, -1)));

/** Every model, team, user, budget and safety profile that access names is defined. LiteLLM takes any name, and grants nothing. */
export function accessResolves(gateway: GatewayDefinition, file: string): DefinitionProblem[] {
  const { access } = gateway;
  const problems: DefinitionProblem[] = [];
  const known = {
    model: [...new Set([...gateway.models.map(({ name }) => name), ...Object.keys(gateway.aliases)])],
    team: Object.keys(access.teams),
    user: Object.keys(access.users),
    budget: Object.keys(access.budgets),
    "safety profile": Object.keys(gateway.safety.profiles),
  };
  const check = (kind: keyof typeof known, name: string | undefined, ...steps: Steps): void => {
    if (name === undefined || known[kind].some((one) => opens(one, name))) return;
    const defined = known[kind].length === 0 ? "none is defined" : `defined: ${known[kind].join(", ")}`;
    problems.push({
      steps: ["access", ...steps],
      found: `no ${kind} is called "${name}"${didYouMean(name, known[kind])}; ${defined}`,
      fix: `correct it in ${file}, or define it there`,
    });
  };
  const { teams, users, keys, customers, defaults } = access;
  for (const [kind, objects] of Object.entries({ teams, users, keys, customers })) {
    for (const [id, object] of Object.entries(objects)) {
      for (const [i, name] of (object.models ?? []).entries()) check("model", name, kind, id, "models", i);
      check("budget", object.budgetId, kind, id, "budgetId");
    }
  }
  for (const [kind, objects] of Object.entries({ teams, keys })) {
    for (const [id, { safetyProfile }] of Object.entries(objects))
      check("safety profile", safetyProfile, kind, id, "safetyProfile");
  }
  for (const [id, user] of Object.entries(users))
    for (const [i, team] of user.teams.entries()) check("team", team, "users", id, "teams", i);
  for (const [id, { team, user }] of Object.entries(keys)) {
    check("team", team, "keys", id, "team");
    check("user", user, "keys", id, "user");
  }
  check("budget", defaults.customer, "defaults", "customer");
  return [...problems, ...beyondTheirOwner(access, file)];
}

/** A key that names a model its team or user may not call would be refused at the call. */
function beyondTheirOwner({ keys, teams, users }: AccessDefinition, file: string): DefinitionProblem[] {
  return Object.entries(keys).flatMap(([id, key]) => {
    const owners = [
      ["team", key.team, teams[key.team ?? ""]],
      ["user", key.user, users[key.user ?? ""]],
    ] as const;
    return owners.flatMap(([kind, name, owner]) =>
      (key.models ?? []).flatMap((model, i): DefinitionProblem[] =>
        owner?.models === undefined || owner.models.some((one) => opens(one, model))
          ? []
          : [
              {
                steps: ["access", "keys", id, "models", i],
                found: `the ${kind} "${name}" may not call "${model}", so the key couldn't either; it may call: ${owner.models.join(", ")}`,
                fix: `allow it to the ${kind}, or take it from the key, in ${file}`,
              },
            ],
      ),
    );
  });
}
