import { setTimeout as sleep } from "node:timers/promises";
import { labelKeys } from "../../infra/names.ts";
import { docker } from "../../ops/docker.ts";

/** The parts of `docker inspect` that the tests look at. */
export interface Inspected {
  readonly Id: string;
  readonly Name: string;
  readonly Config: {
    readonly User: string;
    readonly Labels: Readonly<Record<string, string>>;
    readonly Healthcheck?: { readonly Test: readonly string[] };
  };
  readonly State: {
    readonly Pid: number;
    readonly Running: boolean;
    readonly StartedAt: string;
    readonly Health?: { readonly Status: string };
  };
  readonly RestartCount: number;
  readonly HostConfig: {
    readonly ReadonlyRootfs: boolean;
    readonly CapDrop: readonly string[] | null;
    readonly CapAdd: readonly string[] | null;
    readonly SecurityOpt: readonly string[] | null;
    readonly PidsLimit: number | null;
    readonly Memory: number;
    readonly NanoCpus: number;
    readonly Privileged: boolean;
    readonly RestartPolicy: { readonly Name: string };
    readonly LogConfig: { readonly Type: string; readonly Config: Readonly<Record<string, string>> };
    readonly PortBindings: Readonly<Record<string, readonly { readonly HostIp: string }[]>> | null;
  };
  readonly NetworkSettings: { readonly Networks: Readonly<Record<string, unknown>> };
}

export async function inspect(name: string): Promise<Inspected> {
  const [found] = JSON.parse(await docker(["inspect", name])) as [Inspected];
  return found;
}

const lines = (text: string): string[] => text.split("\n").filter((line) => line !== "");

/** Ids of everything on the engine that carries a stack's label. */
export async function owned(stack: string) {
  const filter = ["--quiet", "--filter", `label=${labelKeys.stack}=${stack}`];
  return {
    containers: lines(await docker(["ps", "--all", ...filter])),
    networks: lines(await docker(["network", "ls", ...filter])),
    volumes: lines(await docker(["volume", "ls", ...filter])),
  };
}

/** Kills a container's first process from outside, as the kernel would. */
export async function killHard(name: string): Promise<Inspected> {
  const before = await inspect(name);
  // 0 would be this process and all its children.
  if (before.State.Pid === 0) throw new Error(`${name} does not run: there is nothing to kill`);
  process.kill(before.State.Pid, "SIGKILL");
  return before;
}

/** Waits until a container runs again, healthy, with another process; two minutes at most. */
export async function healed(name: string, before: Inspected): Promise<boolean> {
  const deadline = Date.now() + 120_000;
  while (Date.now() < deadline) {
    const { State } = await inspect(name);
    if (State.Running && State.Pid !== before.State.Pid && State.Health?.Status === "healthy") return true;
    await sleep(1_000);
  }
  return false;
}

/** Waits until something is met; throws after three minutes, saying what was waited for. */
export async function until(met: () => boolean | Promise<boolean>, what: string): Promise<void> {
  const deadline = Date.now() + 180_000;
  while (!(await met())) {
    if (Date.now() > deadline) throw new Error(`waited three minutes for ${what}`);
    await sleep(100);
  }
}
