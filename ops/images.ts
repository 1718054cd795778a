import { type Command, Option } from "commander";
import type { ImageName } from "../infra/components/context.ts";
import { judgeRelease } from "../infra/images/advisories.ts";
import { litellmRelease, registryReference } from "../infra/images/catalog.ts";
import { type ImageLock, lockCommand, lockedReferences, lockFiles, readLock } from "../infra/images/lock.ts";
import { definedImages } from "../infra/settings/defined-images.ts";
import { UserError } from "../infra/settings/errors.ts";
import { buildMissing } from "./build-images.ts";
import { docker } from "./docker.ts";
import { writeFileAtomic } from "./files.ts";
import { projectRoot } from "./paths.ts";

export type ImageSource = "registry" | "packages";
type Log = (line: string) => void;

export interface EnsureImages {
  readonly root: string;
  readonly source: ImageSource;
  /** The images that are needed. */
  readonly names: readonly ImageName[];
  readonly registryPrefix?: string | undefined;
  /** Engine the images go to. */
  readonly host?: string | undefined;
  /** Whether a first run may resolve tags to digests by itself. */
  readonly mayLock: boolean;
  readonly log: Log;
}

/**
 * Puts images on the engine; builds or pulls only what is missing.
 * @returns names of what was made now
 * @throws UserError for a denied release, an unlocked image, or a failed build or pull
 */
export async function ensureImages(request: EnsureImages): Promise<string[]> {
  refuseDenied(request.source);
  if (request.source === "packages") return buildMissing(request);
  const { root, names, registryPrefix, host, log } = request;
  let lock = readLock(root);
  if (lock === undefined) {
    if (!request.mayLock) {
      throw new UserError(
        "the prod profile takes images by locked digest only, and there is no lock",
        lockCommand,
      );
    }
    lock = await lockImages(request);
  }
  const { references, unlocked } = lockedReferences(lock, names, registryPrefix);
  if (unlocked.length > 0) {
    throw new UserError(
      `no digest is locked for: ${unlocked.join(", ")}`,
      `${lockCommand}, then read what changed`,
    );
  }
  const pulled: string[] = [];
  for (const [name, reference] of Object.entries(references)) {
    if (await hasImage(reference, host)) continue;
    log(`${name}: pulling ${reference}`);
    await docker(["pull", "--quiet", reference], { host });
    pulled.push(name);
  }
  return pulled;
}

/**
 * Resolves the tag of each image to a digest, and writes the lock.
 * @throws UserError when the release is denied or a pull fails; the old lock stays then
 */
export async function lockImages({
  root,
  names,
  registryPrefix,
  host,
  log,
}: Omit<EnsureImages, "source" | "mayLock">) {
  refuseDenied("registry");
  const lock: ImageLock = {};
  for (const name of names) {
    const reference = registryReference(name, registryPrefix);
    log(`${name}: resolving ${reference}`);
    await docker(["pull", "--quiet", reference], { host });
    lock[name] = { reference, digest: await digestOf(name, reference, host) };
  }
  const { local } = lockFiles(root);
  writeFileAtomic(local, `${JSON.stringify(lock, null, 2)}\n`, 0o644);
  log(
    `digests locked in ${local}; a team shares them as images.lock.json in the project's folder (commit it)`,
  );
  return lock;
}

async function digestOf(name: ImageName, reference: string, host: string | undefined): Promise<string> {
  const text = await docker(["image", "inspect", "--format", "{{json .RepoDigests}}", reference], { host });
  const digests = JSON.parse(text) as string[];
  const repository = reference.slice(0, reference.lastIndexOf(":")).replace(/^docker\.io\/(library\/)?/, "");
  const own = digests.map((entry) => entry.split("@")).find(([where]) => where === repository);
  if (own?.[1]) return own[1];
  throw new UserError(
    `the registry named no digest for ${name} (${reference})`,
    "try again, or use another registry",
  );
}

function refuseDenied(source: ImageSource): void {
  const release = litellmRelease[source];
  const [worst] = judgeRelease(release).denied;
  if (worst === undefined) return;
  throw new UserError(
    `LiteLLM ${release} is on the deny list: ${worst.what} (${worst.id})`,
    "choose another release in infra/images/catalog.ts",
  );
}

async function hasImage(reference: string, host: string | undefined): Promise<boolean> {
  return (await docker(["image", "ls", "--quiet", reference], { host })).trim() !== "";
}

/** Resolves `auto`: the registry source where its registries answer within a few seconds, else packages. */
export async function resolveSource(): Promise<ImageSource> {
  const answers = ["https://ghcr.io/v2/", "https://registry-1.docker.io/v2/"].map(async (url) => {
    try {
      const response = await fetch(url, { signal: AbortSignal.timeout(5_000) });
      // A registry asks for a token; a proxy that blocks it answers something else.
      return response.status === 401 || response.ok;
    } catch {
      return false;
    }
  });
  return (await Promise.all(answers)).every(Boolean) ? "registry" : "packages";
}

export function registerImages(program: Command): void {
  program
    .command("images")
    .description("put the images on the engine: build them from packages, or pull them by locked digest")
    .addOption(
      new Option("--source <source>", "auto asks whether image registries answer")
        .choices(["auto", "registry", "packages"])
        .default("auto"),
    )
    .option("--registry-prefix <host/path>", "mirror that replaces the images' own registries")
    .option("--host <address>", "engine the images go to; default: DOCKER_HOST, else the local one")
    .option("--lock", "resolve every tag to its digest again and write the lock (registry source)", false)
    .option("--json", "print the result as JSON")
    .action(async (options: ImagesOptions) => {
      const source = options.source === "auto" ? await resolveSource() : options.source;
      const log: Log = (line) => process.stderr.write(`${line}\n`);
      const request = {
        root: projectRoot,
        source,
        names: definedImages(projectRoot),
        registryPrefix: options.registryPrefix,
        host: options.host,
        log,
      };
      if (options.lock && source === "registry") await lockImages(request);
      const made = await ensureImages({ ...request, mayLock: true });
      const text = made.length === 0 ? "all images are there" : `made: ${made.join(", ")}`;
      process.stdout.write(options.json ? `${JSON.stringify({ source, made })}\n` : `${source}: ${text}\n`);
    });
}

interface ImagesOptions {
  readonly source: "auto" | ImageSource;
  readonly registryPrefix?: string;
  readonly host?: string;
  readonly lock: boolean;
  readonly json?: boolean;
}
