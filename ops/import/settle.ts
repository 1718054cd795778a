import { type Problem, SettingsError } from "../../infra/settings/errors.ts";
import { resolveGateway } from "../../infra/settings/gateway.ts";
import { parseSettings } from "../../infra/settings/parse.ts";
import { GatewayDefinition } from "../../infra/settings/schema/definitions/gateway.ts";
import { placeholderProviders } from "../placeholders.ts";
import { type Draft, type Entry, type FallbackKind, fallbackKinds, type Row } from "./draft.ts";
import type { Steps } from "./finding.ts";

/** The definitions as they stand, without what is empty. */
export function definitionOf(draft: Draft): Row {
  const { models, guardrails } = draft;
  const fallbacks = fallbackKinds.flatMap((kind) => {
    const table = Object.fromEntries([...draft.fallbacks[kind]].map(([from, { value }]) => [from, value]));
    return Object.keys(table).length > 0 ? [[kind, table] as const] : [];
  });
  const aliases = [...draft.aliases].map(([alias, { value }]) => [alias, value] as const);
  return {
    models: models.map(({ value }) => value),
    ...(aliases.length > 0 ? { aliases: Object.fromEntries(aliases) } : {}),
    ...(fallbacks.length > 0 ? { fallbacks: Object.fromEntries(fallbacks) } : {}),
    ...(Object.keys(draft.routing).length > 0 ? { routing: draft.routing } : {}),
    ...(guardrails.length > 0 ? { guardrails: guardrails.map(({ value }) => value) } : {}),
  };
}

/**
 * Sets aside the models and guardrails that our own parser refuses, rules across the whole included.
 * @param today YYYY-MM-DD
 */
export function settleRows(draft: Draft, today: string): void {
  const rowsOnly = (): Row => {
    const { aliases: _, fallbacks: __, ...rows } = definitionOf(draft);
    return rows;
  };
  while (setAside(draft, judge(rowsOnly(), today).problems).length > 0);
}

/**
 * The same for everything, until the parser accepts the rest.
 * @returns what it still refuses: there is nothing to import
 */
export function settle(draft: Draft, today: string): readonly Problem[] {
  for (;;) {
    const { problems, warnings } = judge(definitionOf(draft), today);
    if (setAside(draft, problems).length > 0) continue;
    for (const { steps, problem } of warnings) warn(draft, steps, problem);
    return problems.map(({ problem }) => problem);
  }
}

interface Judged {
  readonly steps: Steps;
  readonly problem: Problem;
}

function judge(value: Row, today: string): { problems: Judged[]; warnings: Judged[] } {
  const asked: Steps[] = [];
  // The parser says where a problem stands through this; a number leads back to the steps.
  const locate = (steps: Steps): string => `#${asked.push(steps) - 1}`;
  const located = (problem: Problem): Judged => {
    const number = /^#(\d+)/.exec(problem.path)?.[1];
    return {
      problem,
      steps: number === undefined ? rowOf(value, problem.path) : (asked[Number(number)] ?? []),
    };
  };
  try {
    const { warnings } = parseSettings({
      stackName: "dev",
      layers: [{ profile: "dev", providers: placeholderProviders(value) }],
      secretKeys: new Set(["providers"]),
      today,
      definitions: { value, file: "gateway.yaml", locate },
    });
    return { problems: [], warnings: warnings.map(located) };
  } catch (error) {
    if (error instanceof SettingsError) return { problems: error.problems.map(located), warnings: [] };
    throw error;
  }
}

/** Rules across a whole stack name a guardrail by its number, and a deployment by its id: `models.<id>.price`. */
function rowOf(value: Row, path: string): Steps {
  const [, part, index, field] = /^(models|guardrails)\[(\d+)\](?:\.(.*))?$/.exec(path) ?? [];
  if (part !== undefined) return [part, Number(index), ...(field === undefined ? [] : [field])];
  const parsed = GatewayDefinition.safeParse(value);
  if (!parsed.success) return [];
  const { deployments } = resolveGateway(parsed.data, placeholderProviders(value), true);
  const own = deployments
    .filter(({ id }) => path === `models.${id}` || path.startsWith(`models.${id}.`))
    .sort((a, b) => b.id.length - a.id.length)[0];
  if (own === undefined) return [];
  const below = path.slice(`models.${own.id}.`.length);
  return ["models", parsed.data.models.indexOf(own.definition), ...(below === "" ? [] : [below])];
}

/** Takes out what the problems are about. @returns the problems that were about something */
function setAside(draft: Draft, problems: readonly Judged[]): Judged[] {
  const refused = new Map<Entry<Row>, string>();
  const handled = problems.filter(({ steps: [part, key, ...below], problem }) => {
    if (part === "models" || part === "guardrails") {
      const entry = draft[part][Number(key)];
      if (entry === undefined) return false;
      refuse(entry, below, problem);
      refused.set(entry, `${below.join(".")} ${problem.found}`.trim());
      return true;
    }
    if (part === "aliases") return remove(draft.aliases, String(key), problem);
    if (part === "fallbacks") return remove(draft.fallbacks[key as FallbackKind], String(below[0]), problem);
    return part === "routing" && typeof key === "string" && key in draft.routing && delete draft.routing[key];
  });
  for (const part of ["models", "guardrails"] as const) {
    const rows = draft[part].splice(0);
    for (const entry of rows) {
      const why = refused.get(entry);
      if (why === undefined) draft[part].push(entry);
      else draft.setAside.push({ part, value: entry.value, why });
    }
  }
  return handled;
}

function remove(table: Map<string, Entry<unknown>>, name: string, problem: Problem): boolean {
  const entry = table.get(name);
  if (entry) refuse(entry, [], problem);
  return table.delete(name);
}

function refuse({ say, steps }: Entry<unknown>, below: Steps, { found, fix }: Problem): void {
  const field = below.join(".");
  const rule = field === "price" ? "no-price" : "not-accepted";
  const mend = rule === "no-price" ? fix : "mend it there and take the # away";
  say.defect(
    rule,
    steps,
    `is set aside: ${field} ${found}`,
    `${mend}; it stands at the end of gateway.yaml as a comment`,
  );
}

function warn(draft: Draft, [part, key]: Steps, { found, fix }: Problem): void {
  if (part !== "models") return;
  const entry = draft.models[Number(key)];
  entry?.say.defect("retired-model", entry.steps, found, fix);
  entry?.notes.push(found);
}
