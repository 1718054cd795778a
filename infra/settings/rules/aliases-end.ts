import { aliasTargets } from "../gateway.ts";
import type { GatewayDefinition } from "../schema/definitions/gateway.ts";
import type { DefinitionProblem } from "./rules.ts";

/** An alias leads to a model in the end, and no model falls back to itself under another name. */
export function aliasesEnd({ aliases, fallbacks }: GatewayDefinition, file: string): DefinitionProblem[] {
  const problems: DefinitionProblem[] = [];
  for (const alias of Object.keys(aliases)) {
    if (!reaches(aliases, alias, alias)) continue;
    problems.push({
      steps: ["aliases", alias],
      found: `leads back to itself: ${alias} → ${[aliases[alias]].flat().join(", ")} → …`,
      fix: `let it name a model in ${file}`,
    });
  }
  for (const [kind, table] of Object.entries(fallbacks)) {
    for (const [from, to] of Object.entries(table)) {
      const own = new Set(aliasTargets(aliases, from));
      for (const name of to) {
        const targets = aliasTargets(aliases, name);
        if (!targets.every((target) => own.has(target))) continue;
        problems.push({
          steps: ["fallbacks", kind, from],
          found: `"${name}" is the same model as "${from}": it would fail again`,
          fix: `name another model in ${file}`,
        });
      }
    }
  }
  return problems;
}

function reaches(
  aliases: GatewayDefinition["aliases"],
  from: string,
  goal: string,
  seen: ReadonlySet<string> = new Set(),
): boolean {
  const next = [aliases[from] ?? []].flat();
  return next.some(
    (name) => name === goal || (!seen.has(name) && reaches(aliases, name, goal, new Set([...seen, name]))),
  );
}
