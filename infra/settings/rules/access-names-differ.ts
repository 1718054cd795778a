import { agentKeyAlias, agentKeyId } from "../../names.ts";
import type { GatewayDefinition } from "../schema/definitions/gateway.ts";
import type { DefinitionProblem } from "./rules.ts";

/** Aliases and addresses that must differ do: LiteLLM refuses a second key of one alias, in the middle of an `up`. */
export function accessNamesDiffer({ access }: GatewayDefinition, file: string): DefinitionProblem[] {
  const of = (objects: Readonly<Record<string, { readonly alias?: string | undefined }>>) =>
    Object.entries(objects).map(([id, { alias }]) => [id, alias ?? id] as const);
  const emails = Object.entries(access.users).flatMap(([id, { email }]) =>
    email === undefined ? [] : [[id, email.toLowerCase()] as const],
  );
  return [
    ...(Object.hasOwn(access.keys, agentKeyId) ? [agentsWord(file)] : []),
    ...clashes(
      "keys",
      "alias",
      of(access.keys),
      file,
      new Map([[agentKeyAlias, "the agent key of the stack"]]),
    ),
    ...clashes("teams", "alias", of(access.teams), file),
    ...clashes("users", "email", emails, file),
  ];
}

const agentsWord = (file: string): DefinitionProblem => ({
  steps: ["access", "keys", agentKeyId],
  found: `"${agentKeyId}" is what npm run rotate calls the agent key of the stack`,
  fix: `give the key another id in ${file}`,
});

function clashes(
  kind: string,
  leaf: string,
  names: readonly (readonly [id: string, name: string])[],
  file: string,
  taken = new Map<string, string>(),
): DefinitionProblem[] {
  return names.flatMap(([id, name]) => {
    const holder = taken.get(name);
    taken.set(name, `${kind}.${id}`);
    if (holder === undefined) return [];
    return [
      {
        steps: ["access", kind, id, leaf],
        found: `"${name}" is the ${leaf} of ${holder} already; each must have its own`,
        fix: `give it another ${leaf} in ${file}`,
      },
    ];
  });
}
