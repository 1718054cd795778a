import { agentKeyId } from "../../names.ts";
import type { Problem } from "../errors.ts";
import { didYouMean } from "../problems.ts";
import type { AccessDefinition } from "../schema/definitions/access.ts";
import type { StackConfig } from "../schema/stack-config.ts";

/** What this stack says of keys' generations is said of keys that are defined, and fits them. */
export function rotatedKeysExist(
  keys: AccessDefinition["keys"],
  rotation: StackConfig["rotation"],
): Problem[] {
  const known = [agentKeyId, ...Object.keys(keys)];
  return Object.entries(rotation.keys).flatMap(([id, { generation, overlap }]): Problem[] => {
    const path = `rotation.keys.${id}`;
    if (!known.includes(id)) {
      return [
        {
          path,
          found: `no key is called "${id}"${didYouMean(id, known)}; there are: ${known.join(", ")}`,
          fix: `pulumi config rm --path '${quoted(id)}', or define the key under access.keys`,
        },
      ];
    }
    // Generation 0 is a key that was made elsewhere and adopted.
    const first = Object.hasOwn(keys, id) && keys[id]?.generation === 0 ? 0 : 1;
    if (overlap === undefined || generation > first) return [];
    return [
      {
        path: `${path}.overlap`,
        found: `generation ${generation} has none before it that could stay valid`,
        fix: `pulumi config rm --path '${quoted(id)}.overlap', or rotate it: npm run rotate -- key ${id}`,
      },
    ];
  });
}

/** As `pulumi config` takes it even where an id looks like a number. */
const quoted = (id: string): string => `rotation.keys["${id}"]`;
