import { agentKeyId } from "../../infra/names.ts";
import type { StackOutputs } from "../../infra/outputs.ts";
import { UserError } from "../../infra/settings/errors.ts";
import { didYouMean } from "../../infra/settings/problems.ts";

/** Days that a key's value before stays valid, unless told otherwise. */
export const usualOverlap = 7;

/** A rotation of one key, before anything is changed. */
export interface KeyPlan {
  readonly id: string;
  readonly from: number;
  readonly to: number;
  /** Last day of the former value, UTC; undefined when it ends at once. */
  readonly until: string | undefined;
  readonly steps: readonly string[];
  /** Arguments of `pulumi config`, one change after the other. */
  readonly changes: readonly (readonly string[])[];
}

/**
 * @param id an id in access.keys, or `agent`
 * @param days how long the former value stays valid; 0 ends it at once
 * @param today YYYY-MM-DD, UTC
 * @throws UserError when there is no such key, or an overlap that runs would be cut short
 */
export function planKey(
  { stackName, access, rotation }: Pick<StackOutputs, "stackName" | "access" | "rotation">,
  id: string,
  days: number,
  today: string,
): KeyPlan {
  const known = Object.keys(rotation.keys);
  const now = rotation.keys[id];
  if (now === undefined) {
    throw new UserError(
      `no key of "${stackName}" is called "${id}"${didYouMean(id, known)}; there are: ${known.join(", ")}`,
      "name one of these; a new one is defined under access.keys, then applied with pulumi up",
    );
  }
  if (days > 0 && now.overlap !== null && now.overlap >= today) {
    throw new UserError(
      `generation ${now.generation - 1} of the key "${id}" is valid up to ${now.overlap}, and another rotation would end it now: only two values of a key are valid at a time`,
      "wait until then; or, if nobody may use the former values any longer, add --overlap 0, which ends both at once",
    );
  }
  const { generation: from } = now;
  const to = from + 1;
  const until = days === 0 ? undefined : dayAfter(today, days);
  const end = access.keys[id]?.["expires"];
  // Quoted, since an id may look like a number.
  const path = `rotation.keys["${id}"]`;
  return {
    id,
    from,
    to,
    until: until !== undefined && typeof end === "string" && end < until ? end : until,
    steps: steps(id, from, until),
    changes: [
      ...(until === undefined ? [["rm", "--path", `${path}.overlap`]] : []),
      [
        ...["set-all", "--path", "--plaintext", `${path}.generation=${to}`],
        ...(until === undefined ? [] : ["--plaintext", `${path}.overlap=${until}`]),
      ],
    ],
  };
}

/** How a program is given the value of a key. */
export const newValueCommand = (id: string, stack: string): string =>
  `npm run env -- --stack ${stack}${id === agentKeyId ? "" : ` --key ${id}`}`;

function steps(id: string, from: number, until: string | undefined): string[] {
  const whose = from === 0 ? "the value it was adopted with" : `generation ${from}`;
  const makes = `generation ${from + 1} is made, with the same limits, counted from zero`;
  const ends = until === undefined ? `${whose} ends at once` : `${whose} stays valid up to ${until} (UTC)`;
  const former = until === undefined ? "refused" : "accepted too";
  return [
    ...(until === undefined && id === agentKeyId ? [ends, makes] : [makes, ends]),
    "no container is replaced",
    from === 0
      ? "proved: every replica accepts the new value; the former one is known to whoever made it"
      : `proved: every replica accepts the new value, and the former one is ${former}`,
  ];
}

const dayAfter = (day: string, days: number): string =>
  new Date(Date.parse(`${day}T00:00:00Z`) + days * 86_400_000).toISOString().slice(0, 10);
