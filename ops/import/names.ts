import { didYouMean } from "../../infra/settings/problems.ts";
import { type Draft, type Entry, fallbackKinds } from "./draft.ts";

/** Takes out every name that leads nowhere: LiteLLM itself finds out at the first call. */
export function resolveNames(draft: Draft): void {
  const groups = new Set(draft.models.map(({ value }) => String(value["name"])));
  for (const [alias, { say, steps }] of draft.aliases) {
    if (!groups.has(alias)) continue;
    const found = `"${alias}" is a model group already, which is called instead`;
    say.defect("shadowed-alias", steps, found, "rename one of the two; the alias is left out");
    draft.aliases.delete(alias);
  }
  resolveAliases(draft, groups);
  const known = new Set([...groups, ...draft.aliases.keys()]);
  expandDefault(draft, groups);
  for (const kind of fallbackKinds) {
    const table = draft.fallbacks[kind];
    for (const [from, entry] of table) {
      const left = known.has(from) ? knownOnly(entry, [...entry.value], known, from) : [];
      if (!known.has(from)) dangling(entry, from, known);
      if (left.length === 0) table.delete(from);
      else table.set(from, { ...entry, value: left });
    }
  }
}

/** An alias may lead to another one, so one that goes may take others along. */
function resolveAliases(draft: Draft, groups: ReadonlySet<string>): void {
  for (let before = -1; before !== draft.aliases.size; ) {
    before = draft.aliases.size;
    for (const [alias, entry] of draft.aliases) {
      const known = new Set([...groups, ...draft.aliases.keys()]);
      const left = knownOnly(entry, [entry.value].flat(), known, alias);
      if (left.length === 0) draft.aliases.delete(alias);
      else
        draft.aliases.set(alias, { ...entry, value: typeof entry.value === "string" ? entry.value : left });
    }
  }
}

function knownOnly(
  entry: Entry<unknown>,
  names: readonly string[],
  known: ReadonlySet<string>,
  self: string,
): string[] {
  return names.filter((name) => {
    if (name === self) {
      const found = `"${name}" leads back to itself`;
      entry.say.defect("leads-to-itself", entry.steps, found, "name another model; it is left out");
      return false;
    }
    if (!known.has(name)) dangling(entry, name, known);
    return known.has(name);
  });
}

function dangling({ say, steps }: Entry<unknown>, name: string, known: ReadonlySet<string>): void {
  const names = [...known];
  const found = `no imported model or alias is called "${name}"${didYouMean(name, names)}`;
  say.defect("dangling-name", steps, found, "add the model, or correct the name; it is left out");
}

/** Default fallbacks, written out for every model group that names none of its own. */
function expandDefault(draft: Draft, groups: ReadonlySet<string>): void {
  const table = draft.fallbacks.general;
  const entry = table.get("*");
  if (entry === undefined) return;
  table.delete("*");
  const modes = new Map(draft.models.map(({ value: { name, mode } }) => [String(name), mode]));
  const free = [...groups].filter((group) => !table.has(group));
  for (const group of free) {
    // No embedding comes from a chat model.
    const targets = entry.value.filter((name) => name !== group && modes.get(name) === modes.get(group));
    if (targets.length > 0) table.set(group, { ...entry, value: targets });
  }
  const found = `is written out for ${free.length} model group(s): there is no fallback for all of them here`;
  entry.say.changed("default-fallbacks", entry.steps, found, "add a line for each model that comes later");
}
