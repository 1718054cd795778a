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
  return steps
    .filter(({ name, op }) => name.endsWith("-config-writer") && op !== "same")
    .flatMap(({ name, before, after }) => {
      const service = name.replace(/-config-writer$/, "");
      const [old, now] = [uploadsOf(before), uploadsOf(after)];
      const files = [...new Set([...old.keys(), ...now.keys()])].sort();
      return files.flatMap((file) => fileChanges(`${service}/${file}`, old.get(file), now.get(file)));
    });
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
  const old = leaves(before === undefined ? undefined : withoutSecrets(parse(before)));
  const now = leaves(after === undefined ? undefined : withoutSecrets(parse(after)));
  return [...new Set([...old.keys(), ...now.keys()])].sort().flatMap((key) => {
    const [was, is] = [old.get(key), now.get(key)];
    if (JSON.stringify(was?.value) === JSON.stringify(is?.value)) return [];
    const path = (was ?? is)?.path ?? [];
    return [{ file, path, ...(was ? { before: was.value } : {}), ...(is ? { after: is.value } : {}) }];
  });
}

interface Leaf {
  readonly path: readonly string[];
  readonly value: unknown;
}

function leaves(
  value: unknown,
  path: readonly string[] = [],
  into = new Map<string, Leaf>(),
): Map<string, Leaf> {
  const entries = entriesOf(value);
  if (entries === undefined) {
    if (value !== undefined) into.set(JSON.stringify(path), { path, value });
    return into;
  }
  for (const [key, part] of entries) leaves(part, [...path, key], into);
  return into;
}

/** Children by key; rows of a list by what names them, so that a row in between moves nothing else. */
function entriesOf(value: unknown): [string, unknown][] | undefined {
  if (Array.isArray(value)) {
    const names = value.map(rowName);
    if (
      value.length > 0 &&
      names.every((name) => name !== undefined) &&
      new Set(names).size === names.length
    ) {
      return value.map((row: unknown, i) => [names[i] ?? "", row]);
    }
    return undefined;
  }
  return typeof value === "object" && value !== null ? Object.entries(value) : undefined;
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
