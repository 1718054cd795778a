import { agentKeyId } from "../names.ts";
import type { Settings } from "./parse.ts";
import type { AccessDefinition } from "./schema/definitions/access.ts";
import type { StackConfig } from "./schema/stack-config.ts";

type Keys = AccessDefinition["keys"];

/** Which value of a key is in use, and until when the one before is valid too. */
export interface KeyGeneration {
  readonly generation: number;
  /** Last day of the value before, UTC; null when it is not valid any more. */
  readonly overlap: string | null;
}

/**
 * Keys with what this stack says of their generations in the definitions' place. A definition that was raised above it wins,
 * with its own overlap.
 */
export const rotatedKeys = (keys: Keys, { keys: rotated }: StackConfig["rotation"]): Keys =>
  Object.fromEntries(
    Object.entries(keys).map(([id, { overlap, ...key }]) => {
      const own = Object.hasOwn(rotated, id) ? rotated[id] : undefined;
      const won = own && own.generation >= key.generation ? own : { generation: key.generation, overlap };
      return [
        id,
        {
          ...key,
          generation: won.generation,
          ...(won.overlap === undefined ? {} : { overlap: won.overlap }),
        },
      ];
    }),
  );

/** Generation of the agent key, which no definition has a say in. */
export const agentRotation = ({ keys }: StackConfig["rotation"]): StackConfig["rotation"]["keys"][string] =>
  keys[agentKeyId] ?? { generation: 1 };

/** Of every key that `npm run rotate` can renew, the agent key among them. */
export function keyGenerations({
  access,
  rotation,
}: Pick<Settings, "access" | "rotation">): Readonly<Record<string, KeyGeneration>> {
  const all = { ...access.keys, [agentKeyId]: agentRotation(rotation) };
  return Object.fromEntries(
    Object.entries(all).map(([id, { generation, overlap }]) => [
      id,
      { generation, overlap: overlap ?? null },
    ]),
  );
}
