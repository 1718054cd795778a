import type { Problem } from "../errors.ts";
import type { Settings } from "../parse.ts";

export function portsDiffer({ ports }: Settings): Problem[] {
  if (ports.gateway !== ports.prometheus) return [];
  return [
    {
      path: "ports.prometheus",
      found: `is ${ports.prometheus}, the gateway's own port`,
      fix: `pulumi config set --path ports.prometheus ${ports.gateway + 1}`,
    },
  ];
}
