import { setTimeout as sleep } from "node:timers/promises";
import { inspect, killHard } from "../live/engine.ts";
import { seeded } from "./random.ts";

/** How often each container is to be killed, by service. */
export type Kills = Readonly<Record<string, number>>;

/** A container that has run this long is started again at once; sooner, the engine waits ever longer (its restart policy). */
const settledMs = 10_500;

/**
 * Kills first processes of a stack's containers at seeded moments, each service on a clock of its own.
 * @param done called after each kill
 */
export async function kill(
  stack: string,
  kills: Kills,
  seed: number,
  done: (service: string) => void,
): Promise<void> {
  await Promise.all(
    Object.entries(kills).map(async ([service, count], index) => {
      const random = seeded(seed * 1000 + index);
      for (let n = 0; n < count; n++) {
        await settled(`${stack}-${service}`);
        await sleep(random() * 3_000);
        await killHard(`${stack}-${service}`);
        done(service);
      }
      await settled(`${stack}-${service}`);
    }),
  );
}

async function settled(container: string): Promise<void> {
  const deadline = Date.now() + 180_000;
  for (;;) {
    const { State } = await inspect(container);
    const healthy = State.Running && State.Health?.Status === "healthy";
    if (healthy && Date.now() - Date.parse(State.StartedAt) > settledMs) return;
    if (Date.now() > deadline) throw new Error(`${container} did not come back within three minutes`);
    await sleep(250);
  }
}
