import type { StackOutputs } from "../../infra/outputs.ts";
import { UserError } from "../../infra/settings/errors.ts";
import { readStored, type Stored } from "./database.ts";
import { type Comparison, compare, type Kind } from "./gateway.ts";

/** One thing at the gateway that the code doesn't say, or says otherwise. */
export interface Beside {
  readonly kind: Kind | Stored["kind"];
  readonly id: string;
  readonly what: "missing" | "changed" | "not defined any more" | "made by others";
  /** Fields that differ. */
  readonly fields: readonly string[];
  readonly remedy: string;
}

/** What the radar saw, or why it could not see. */
export interface Radar {
  readonly beside: readonly Beside[];
  /** How many findings the definitions say to leave out (access.ignored). */
  readonly ignored: number;
  readonly blind: readonly string[];
}

/** Everything in a gateway and its database that overrides, or adds to, the code. Changes nothing. */
export async function radar(outputs: StackOutputs): Promise<Radar> {
  const blind: string[] = [];
  const orBlind = async <T>(look: () => Promise<readonly T[]>): Promise<readonly T[]> => {
    try {
      return await look();
    } catch (error) {
      if (!(error instanceof UserError)) throw error;
      blind.push(error.message);
      return [];
    }
  };
  const { stackName, dockerHost, access } = outputs;
  const found = [
    ...(await orBlind(async () => objects(await compare(outputs), stackName))),
    ...(await orBlind(async () => (await readStored(stackName, dockerHost)).map(stored))),
  ];
  const beside = found.filter(({ kind, id }) => !isIgnored(access.ignored, `${kind}/${id}`));
  return { beside, ignored: found.length - beside.length, blind };
}

/** @param patterns kind/id; a * may end one */
export const isIgnored = (patterns: readonly string[], name: string): boolean =>
  patterns.some((pattern) =>
    pattern.endsWith("*") ? name.startsWith(pattern.slice(0, -1)) : name === pattern,
  );

/** What the comparison shows, as findings. */
export function objects({ plan }: Comparison, stack: string): Beside[] {
  const revert = `revert: pulumi refresh --stack ${stack}, then pulumi up; keep: write it into the definitions`;
  return [
    ...plan.changes.map(({ kind, id, found, fields }): Beside => {
      return found
        ? { kind, id, what: "changed", fields, remedy: revert }
        : { kind, id, what: "missing", fields: [], remedy: revert };
    }),
    ...plan.removals.map(({ kind, id, fields }): Beside => {
      const name: unknown = fields["metadata"]?.cerberus_id ?? id;
      return { kind, id: String(name), what: "not defined any more", fields: [], remedy: revert };
    }),
    ...plan.foreign.map(({ kind, id, name }) => madeByOthers(kind, kind === "keys" ? name : id, stack)),
  ];
}

function madeByOthers(kind: Kind, id: string, stack: string): Beside {
  const object = `${kind.slice(0, -1)} '${id}' --stack ${stack}`;
  return {
    kind,
    id,
    what: "made by others",
    fields: [],
    remedy: `adopt: npm run access -- adopt ${object}; revert: npm run access -- revert ${object}; ignore: add "${kind}/${id}" to access.ignored`,
  };
}

const stored = ({ kind, name }: Stored): Beside => ({
  kind,
  id: name,
  what: "made by others",
  fields: [],
  remedy: `adopt: write it into the definitions; revert: delete it in the UI; ignore: add "${kind}/${name}" to access.ignored`,
});

/** One line for a person. */
export const besideText = ({ kind, id, what, fields, remedy }: Beside): string =>
  `${kind} ${id}: ${what}${fields.length > 0 ? ` (${fields.join(", ")})` : ""}\n      ${remedy}`;
