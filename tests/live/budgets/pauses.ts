import { setTimeout as sleep } from "node:timers/promises";
import { docker } from "../../../ops/docker.ts";

/** Stops a container for a moment, again and again, while something runs; gives how often. */
export async function withPauses(container: string, work: () => Promise<void>): Promise<number> {
  let running = true;
  let pauses = 0;
  const pausing = (async () => {
    for (; running; pauses++) {
      await sleep(700);
      await docker(["pause", container]);
      await sleep(1_500);
      await docker(["unpause", container]);
    }
  })();
  try {
    await work();
  } finally {
    running = false;
    await pausing;
  }
  return pauses;
}
