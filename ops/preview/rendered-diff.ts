import { parse } from "yaml";
import { withoutSecrets } from "../secret-text.ts";
import type { Step } from "./steps.ts";

/** One leaf of a rendered file that would change. */
export interface FileChange {
  /** Service and file, such as litellm/config.yaml. */
  readonly file: string;
  /** Path inside it; rows of a list go by their name. Empty for a file that is neither YAML nor JSON. */
  readonly path: readonly string[];
  /** Absent when it is new. */
  readonly before?: unknown;
  /** Absent when it goes. */
  readonly after?: unknown;
}

/** What would change in the rendered, non-secret files: leaf by leaf where they are YAML or JSON. */
export function renderedChanges(steps: readonly Step[]): FileChange[] {
  const changes = steps
    .filter(({ name, op }) => name.endsWith("-config-writer") && op !== "same")
    .flatMap(({ name, before, after }) => {
      const service = name.replace(/-config-writer$/, "");
      const [old, now] = [uploadsOf(before), uploadsOf(after)];
      const files = [...new Set([...old.keys(), ...now.keys()])].sort();
      return files.flatMap((file) => fileChanges(`${service}/${file}`, old.get(file), now.get(file)));
    })
    .map(ofCode);
  return once(changes);
}

/** Each service that our own Python runs in has its digest; that it changes is one change. */
function ofCode(change: FileChange): FileChange {
  const ours = /^[^/]+\/cerberus_gateway\//.test(change.file);
  return ours ? { file: "plugins/cerberus_gateway", path: [] } : change;
}

/** Services of ours get LiteLLM's files as well: the same change is told once. */
function once(changes: readonly FileChange[]): FileChange[] {
  const keyOf = ({ file, ...change }: FileChange) =>
    JSON.stringify([file.replace(/^(audit|approvals)\//, "litellm/"), change]);
  const preferred = [...changes].sort(
    (a, b) => Number(b.file.startsWith("litellm/")) - Number(a.file.startsWith("litellm/")),
  );
  return [...new Map(preferred.toReversed().map((change) => [keyOf(change), change])).values()].toReversed();
}

/** Files that a writer container is given, by name. */
export function uploadsOf(inputs: Readonly<Record<string, unknown>> | undefined): Map<string, string> {
  const uploads = inputs?.["uploads"];
  if (!Array.isArray(uploads)) return new Map();
  return new Map(
    (uploads as { file?: string; content?: string }[]).flatMap(({ file, content }) =>
      file !== undefined && content !== undefined ? [[file.replace(/^\/files\//, ""), content]] : [],
    ),
  );
}

function fileChanges(file: string, before: string | undefined, after: string | undefined): FileChange[] {
  if (before === after) return [];
  if (!/\.(ya?ml|json)$/.test(file)) return [{ file, path: [] }];
  const value = (text: string | undefined) => (text === undefined ? undefined : withoutSecrets(parse(text)));
  return differences(value(before), value(after), []).map((change) => ({ file, ...change }));
}

type Difference = Omit<FileChange, "file">;

/** Leaf by leaf; a row that comes or goes is one difference. */
function differences(before: unknown, after: unknown, path: readonly string[]): Difference[] {
  if (JSON.stringify(before) === JSON.stringify(after)) return [];
  const [old, now] = [entriesOf(before, after), entriesOf(after, before)];
  const isRow = Array.isArray(before ?? after);
  if (!old && !now) return [difference(path, before, after)];
  // A value that becomes a map, or the other way round, is one difference as well.
  if ((!old && before !== undefined) || (!now && after !== undefined))
    return [difference(path, before, after)];
  const keys = [...new Set([...(old?.keys() ?? []), ...(now?.keys() ?? [])])].sort();
  return keys.flatMap((key) => {
    const [was, is] = [old?.get(key), now?.get(key)];
    const here = [...path, key];
    if (isRow && (was === undefined || is === undefined)) return [difference(here, was, is)];
    return differences(was, is, here);
  });
}

const difference = (path: readonly string[], before: unknown, after: unknown): Difference => ({
  path,
  ...(before === undefined ? {} : { before }),
  ...(after === undefined ? {} : { after }),
});

/** Children by key; rows of a list by what names them, so that a row in between moves nothing else. */
function entriesOf(value: unknown, other: unknown): Map<string, unknown> | undefined {
  if (Array.isArray(value)) {
    const names = value.map(rowName);
    const named = names.every((name) => name !== undefined) && new Set(names).size === names.length;
    const hasRows =
      value.length > 0 || (Array.isArray(other) && other.length > 0 && entriesOf(other, undefined));
    return named && hasRows ? new Map(value.map((row: unknown, i) => [names[i] ?? "", row])) : undefined;
  }
  return typeof value === "object" && value !== null ? new Map(Object.entries(value)) : undefined;
}

function rowName(row: unknown): string | undefined {
  if (typeof row !== "object" || row === null) return undefined;
  const { model_info: info, guardrail_name: guardrail, job_name: job } = row as Record<string, unknown>;
  const id = (info as { id?: unknown } | undefined)?.id;
  if (typeof id === "string") return id;
  if (typeof guardrail === "string") return guardrail;
  if (typeof job === "string") return job;
  const keys = Object.keys(row);
  // A fallback row: one model group and where it falls back to.
  return keys.length === 1 ? keys[0] : undefined;
}
