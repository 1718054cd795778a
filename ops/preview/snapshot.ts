import { isDeepStrictEqual } from "node:util";
import * as z from "zod";
import type { Step } from "./steps.ts";

/** What one tree's program asks Pulumi for; holds no secret. */
export const Snapshot = z.strictObject({
  format: z.literal(1),
  /** Whether data volumes and the salt key are protected. */
  protectData: z.boolean(),
  resources: z.array(
    z.strictObject({ type: z.string(), name: z.string(), inputs: z.record(z.string(), z.unknown()) }),
  ),
});
export type Snapshot = z.infer<typeof Snapshot>;
type Resource = Snapshot["resources"][number];

/** Inputs of a container that the engine changes while it runs; any other one replaces it. */
const inPlace = new Set([
  "memory",
  "memorySwap",
  "restart",
  "maxRetryCount",
  "cpuShares",
  "destroyGraceSeconds",
]);

/** What an up would do to get from one tree to the other, as far as it can be told without a state. */
export function stepsBetween(before: Snapshot, after: Snapshot): Step[] {
  const [old, now] = [byName(before), byName(after)];
  return [...new Set([...old.keys(), ...now.keys()])].sort().map((key): Step => {
    const [was, is] = [old.get(key), now.get(key)];
    const { type, name } = (was ?? is) as Resource;
    const wasProtected = was !== undefined && before.protectData && isPrecious(name);
    const isProtected = is !== undefined && after.protectData && isPrecious(name);
    const step = { type, name, before: was?.inputs, after: is?.inputs, wasProtected, isProtected };
    if (!was || !is) return { ...step, op: was ? "delete" : "create" };
    const changed = changedKeys(was, is);
    if (changed.length === 0) return { ...step, op: wasProtected === isProtected ? "same" : "update" };
    return { ...step, op: isReplaced(type, changed) ? "replace" : "update" };
  });
}

const byName = ({ resources }: Snapshot): Map<string, Resource> =>
  new Map(resources.map((resource) => [`${resource.type} ${resource.name}`, resource]));

/** What infra/ protects; another of these names is protected by the same setting. */
const isPrecious = (name: string): boolean =>
  /-data$|(salt-key|database-password|audit-signing-key)$/.test(name);

function changedKeys({ name, inputs: was }: Resource, { inputs: is }: Resource): string[] {
  const keys = [...new Set([...Object.keys(was), ...Object.keys(is)])];
  // Labels of data volumes are left alone, since another label would be another volume.
  const ignored = isPrecious(name) ? ["labels"] : [];
  return keys.filter((key) => !ignored.includes(key) && !isDeepStrictEqual(was[key], is[key]));
}

function isReplaced(type: string, changed: readonly string[]): boolean {
  if (type.endsWith(":Container")) return !changed.every((key) => inPlace.has(key));
  return /:(Volume|Network|Random\w+)$/.test(type);
}
