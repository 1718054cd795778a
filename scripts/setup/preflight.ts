import { readFileSync, statfsSync } from "node:fs";
import { createServer } from "node:net";
import { availableParallelism } from "node:os";
import { portProblem } from "../../infra/engine/held-ports.ts";
import type { Problem } from "../../infra/settings/errors.ts";

const GIB = 1024 ** 3;
export const needs = { memoryGib: 4, diskGib: 6 } as const;

export interface Ports {
  readonly gateway: number;
  readonly prometheus: number;
  readonly approvals: number;
}

export interface MachineFacts {
  readonly platform: string;
  readonly cpus: number;
  readonly freeMemoryGib: number;
  readonly freeDiskGib: number;
}

export function readMachine(root: string): MachineFacts {
  const disk = statfsSync(root);
  return {
    platform: process.platform,
    cpus: availableParallelism(),
    freeMemoryGib: availableMemory() / GIB,
    freeDiskGib: (disk.bavail * disk.bsize) / GIB,
  };
}

/** Memory that can be had without swapping, in bytes; Linux counts reclaimable caches only here. */
function availableMemory(): number {
  try {
    const line = /^MemAvailable:\s+(\d+) kB/m.exec(readFileSync("/proc/meminfo", "utf8"));
    if (line?.[1]) return Number(line[1]) * 1024;
  } catch {
    // Not Linux: what Node counts as available is the best there is.
  }
  return process.availableMemory();
}

/** What this machine lacks; `running` stacks have taken their memory and disk already. */
export function machineProblems(machine: MachineFacts, running: boolean): Problem[] {
  const problems: Problem[] = [];
  if (machine.platform !== "linux" && machine.platform !== "darwin") {
    problems.push({
      path: "operating system",
      found: `${machine.platform} is not supported; Linux and macOS are`,
      fix: "run it on Linux, or inside WSL 2",
    });
  }
  if (!running && machine.freeMemoryGib < needs.memoryGib) {
    problems.push({
      path: "memory",
      found: `${machine.freeMemoryGib.toFixed(1)} GiB are free, ${needs.memoryGib} GiB are needed`,
      fix: "stop other programs, or use a larger machine",
    });
  }
  if (!running && machine.freeDiskGib < needs.diskGib) {
    problems.push({
      path: "disk",
      found: `${machine.freeDiskGib.toFixed(1)} GB are free, ${needs.diskGib} GB are needed`,
      fix: "free space (docker system df shows what images and volumes take)",
    });
  }
  return problems;
}

/**
 * Ports that something else holds on the loopback address.
 * @param held loopback port → stack whose container holds it
 */
export async function portProblems(
  ports: Ports,
  held: ReadonlyMap<number, string>,
  stack: string,
): Promise<Problem[]> {
  const problems: Problem[] = [];
  for (const [name, port] of Object.entries(ports) as [keyof Ports, number][]) {
    if (held.get(port) === stack) continue;
    const clash = portProblem({ [name]: port }, held, stack);
    if (clash) problems.push(clash);
    else if (!(await isFree(port))) {
      problems.push({
        path: `ports.${name}`,
        found: `port ${port} on 127.0.0.1 is in use by another program`,
        fix: `free it, or choose another: ./setup.sh --${name}-port <port>`,
      });
    }
  }
  return problems;
}

function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once("error", () => resolve(false));
    server.listen({ port, host: "127.0.0.1", exclusive: true }, () => server.close(() => resolve(true)));
  });
}
