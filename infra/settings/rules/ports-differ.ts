import type { Problem } from "../errors.ts";
import type { Settings } from "../parse.ts";

export function portsDiffer({ ports }: Settings): Problem[] {
  const all = Object.entries(ports);
  return all.flatMap(([name, port], i) => {
    const other = all.slice(0, i).find(([, taken]) => taken === port)?.[0];
    if (other === undefined) return [];
    const free = Math.max(...Object.values(ports)) + 1;
    return [
      {
        path: `ports.${name}`,
        found: `is ${port}, as ports.${other} is`,
        fix: `pulumi config set --path ports.${name} ${free}`,
      },
    ];
  });
}
