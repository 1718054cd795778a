import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { tlsEnv } from "../infra/engine/tls.ts";
import { baseReference, buildStage, contextFolder, packagesReference } from "../infra/images/packages.ts";
import { UserError } from "../infra/settings/errors.ts";
import { docker } from "./docker.ts";
import type { EnsureImages } from "./images.ts";

/** Where machines keep the certificates they trust; builds on networks that inspect TLS need the host's. */
const caBundles = [
  "/etc/ssl/certs/ca-certificates.crt",
  "/etc/pki/tls/certs/ca-bundle.crt",
  "/etc/ssl/cert.pem",
];

/** Builds the images whose inputs changed, each from Debian, PyPI and npm packages. @returns names built now */
export async function buildMissing({
  root,
  names,
  host,
  log,
}: Pick<EnsureImages, "root" | "names" | "host" | "log">): Promise<string[]> {
  const present = new Set(
    (await docker(["image", "ls", "--format", "{{.Repository}}:{{.Tag}}"], { host })).split("\n"),
  );
  const missing = names
    .map((name) => ({ name, tag: packagesReference(root, name) }))
    .filter(({ tag }) => !present.has(tag));
  if (missing.length === 0) return [];
  const base = baseReference(root);
  const made: string[] = [];
  const timed = async (name: string, body: () => Promise<unknown>) => {
    const from = performance.now();
    await body();
    log(`${name}: built in ${((performance.now() - from) / 1000).toFixed(0)} s`);
    made.push(name);
  };
  const env = { ...process.env, ...(host ? { DOCKER_HOST: host, ...tlsEnv(root, host) } : {}) };
  if (!present.has(base)) {
    log("base: Debian trixie, minimal");
    await timed("base", () => buildBase(root, base, env));
  }
  const builder = await findBuilder(env);
  const ca = caBundles.find((file) => existsSync(file));
  for (const { name, tag } of missing) {
    const args = ["build", "--quiet", "--tag", tag, "--build-arg", `BASE=${base}`];
    if (ca !== undefined) args.push("--secret", `id=ca,src=${ca}`);
    const stage = buildStage(name);
    if (stage !== undefined) args.push("--target", stage);
    await timed(name, () => run(builder, [...args, contextFolder(root, name)], env, `the image ${name}`));
  }
  return made;
}

async function buildBase(root: string, tag: string, env: NodeJS.ProcessEnv): Promise<void> {
  if (!(await succeeds("debootstrap", ["--version"], env))) {
    if (process.getuid?.() !== 0 || !existsSync("/usr/bin/apt-get")) {
      throw new UserError(
        "the base image needs debootstrap, which is not installed",
        "apt-get install debootstrap",
      );
    }
    const quiet = { ...env, DEBIAN_FRONTEND: "noninteractive" };
    const packages = ["debootstrap", "debian-archive-keyring"];
    await run(
      "apt-get",
      ["-qy", "install", "--no-install-recommends", ...packages],
      quiet,
      "apt-get install",
    );
  }
  await run(`${contextFolder(root, "base")}/build.sh`, [tag], env, "the base image");
}

/**
 * A docker command that speaks BuildKit. A newer CLI without its buildx plugin doesn't, while Debian's own, which may lie
 * beside it, does by itself.
 */
async function findBuilder(env: NodeJS.ProcessEnv): Promise<string> {
  env["DOCKER_BUILDKIT"] = "1";
  if (await succeeds("docker", ["buildx", "version"], env)) return "docker";
  const debian = "/usr/bin/docker";
  if (existsSync(debian) && (await succeeds(debian, ["build", "--help"], env, /--secret/))) return debian;
  throw new UserError(
    "this docker command can't build with BuildKit",
    "install its buildx plugin (Debian and Ubuntu: apt-get install docker-buildx), or the package docker.io",
  );
}

function succeeds(
  command: string,
  args: readonly string[],
  env: NodeJS.ProcessEnv,
  says = /./,
): Promise<boolean> {
  return new Promise((resolve) => {
    execFile(command, args, { env, timeout: 30_000 }, (error, stdout) =>
      resolve(error === null && says.test(stdout)),
    );
  });
}

function run(command: string, args: readonly string[], env: NodeJS.ProcessEnv, what: string): Promise<void> {
  return new Promise((resolve, reject) => {
    execFile(command, args, { env, maxBuffer: 64 * 1024 * 1024 }, (error, stdout, stderr) => {
      if (error === null) return resolve();
      const last = `${stdout}\n${stderr}`.trim().split("\n").slice(-15).join("\n  ");
      reject(
        new UserError(
          `building ${what} failed:\n  ${last}`,
          "mend what the message names, then run npm run images",
        ),
      );
    });
  });
}
