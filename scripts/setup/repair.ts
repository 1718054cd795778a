import { existsSync, readdirSync, readFileSync } from "node:fs";
import { hostname } from "node:os";
import { fileURLToPath } from "node:url";
import { labelKeys } from "../../infra/names.ts";
import { docker } from "../../ops/docker.ts";
import { pulumi, pulumiEnv } from "../../ops/pulumi.ts";

interface Deployment {
  readonly resources?: readonly { readonly id?: string; readonly type: string }[];
  readonly pending_operations?: readonly {
    readonly type: string;
    readonly resource: { readonly type: string };
  }[];
}

/**
 * Mends what a killed run left: its lock, its pending operations, and containers it made but never recorded.
 * Volumes are never touched. @returns what was done, empty when nothing was
 */
export async function repairStack(
  root: string,
  stack: string,
  dockerHost: string | undefined,
): Promise<string[]> {
  const done: string[] = [];
  if (staleLock(pulumiEnv(root)["PULUMI_BACKEND_URL"], stack)) {
    await pulumi({ root, args: ["cancel", "--yes", "--stack", stack] });
    done.push("removed the lock of a run that is no more");
  }
  const text = await pulumi({ root, args: ["stack", "export", "--stack", stack] });
  const { deployment } = JSON.parse(text) as { deployment?: Deployment };
  if ((deployment?.pending_operations ?? []).length === 0) return done;
  const known = new Set((deployment?.resources ?? []).flatMap((resource) => resource.id ?? []));
  for (const kind of ["container", "network"] as const) {
    for (const id of await owned(kind, stack, dockerHost)) {
      if (known.has(id)) continue;
      const verb = kind === "container" ? ["rm", "--force", id] : ["network", "rm", id];
      await docker(verb, { host: dockerHost });
      done.push(`removed an unrecorded ${kind} (${id.slice(0, 12)})`);
    }
  }
  await pulumi({
    root,
    args: ["refresh", "--yes", "--skip-preview", "--clear-pending-creates", "--stack", stack],
  });
  done.push("cleared the pending operations");
  return done;
}

async function owned(
  kind: "container" | "network",
  stack: string,
  host: string | undefined,
): Promise<string[]> {
  const filter = ["--no-trunc", "--quiet", "--filter", `label=${labelKeys.stack}=${stack}`];
  const args = kind === "container" ? ["ps", "--all", ...filter] : ["network", "ls", ...filter];
  return (await docker(args, { host })).split("\n").filter((line) => line !== "");
}

/** True when the file backend's lock names a process of this machine that is gone. */
function staleLock(backend: string | undefined, stack: string): boolean {
  if (!backend?.startsWith("file://")) return false;
  const folder = `${fileURLToPath(backend)}/.pulumi/locks/organization/cerberus-gateway/${stack}`;
  if (!existsSync(folder)) return false;
  const locks = readdirSync(folder).filter((file) => file.endsWith(".json"));
  return locks.length > 0 && locks.every((file) => isDead(`${folder}/${file}`));
}

function isDead(file: string): boolean {
  const lock = JSON.parse(readFileSync(file, "utf8")) as { pid?: number; hostname?: string };
  if (lock.pid === undefined || lock.hostname !== hostname()) return false;
  try {
    process.kill(lock.pid, 0);
    return false;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "ESRCH";
  }
}
