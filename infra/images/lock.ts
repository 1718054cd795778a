import { existsSync, readFileSync } from "node:fs";
import * as z from "zod";
import type { ImageName } from "../components/context.ts";
import { UserError } from "../settings/errors.ts";
import { imageNames, registryReference } from "./catalog.ts";

const Entry = z.strictObject({
  /** What was resolved: registry, repository and exact tag. */
  reference: z.string(),
  digest: z.string().regex(/^sha256:[0-9a-f]{64}$/),
});
const ImageLock = z.partialRecord(z.enum(imageNames as [ImageName, ...ImageName[]]), Entry);
export type ImageLock = z.infer<typeof ImageLock>;

/** A lock that a team commits wins over the one that set-up wrote for this clone. */
export const lockFiles = (root: string) =>
  ({ shared: `${root}/images.lock.json`, local: `${root}/.cerberus/images.lock.json` }) as const;

export const lockCommand = "npm run images -- --source registry --lock";

/**
 * The digests resolved so far; `undefined` when there is no lock at all.
 * @throws UserError when the file isn't what we wrote
 */
export function readLock(root: string): ImageLock | undefined {
  const { shared, local } = lockFiles(root);
  const file = [shared, local].find((path) => existsSync(path));
  if (file === undefined) return undefined;
  let json: unknown;
  try {
    json = JSON.parse(readFileSync(file, "utf8"));
  } catch {
    throw new UserError(`${file} is not JSON`, `restore it, or write it again: ${lockCommand}`);
  }
  const parsed = ImageLock.safeParse(json);
  if (parsed.success) return parsed.data;
  throw new UserError(
    `${file}: ${z.prettifyError(parsed.error)}`,
    `restore it, or write it again: ${lockCommand}`,
  );
}

/** References by digest of some images, and the names of those the lock doesn't cover. */
export function lockedReferences(
  lock: ImageLock,
  names: readonly ImageName[],
  registryPrefix: string | undefined,
) {
  const references: Partial<Record<ImageName, string>> = {};
  const unlocked: ImageName[] = [];
  for (const name of names) {
    const wanted = registryReference(name, registryPrefix);
    const entry = lock[name];
    if (entry?.reference !== wanted) unlocked.push(name);
    else references[name] = `${wanted.slice(0, wanted.lastIndexOf(":"))}@${entry.digest}`;
  }
  return { references, unlocked };
}
