import { setTimeout as sleep } from "node:timers/promises";
import { type Inspected, inspect, killHard, until } from "../live/engine.ts";
import { seeded } from "./random.ts";

/** How often each container is to be killed, by service. */
export type Kills = Readonly<Record<string, number>>;

/** A container that has run this long is started again at once; sooner, the engine waits twice as long each time. */
const settledMs = 10_500;

/** So many kills follow each other before the engine's patience is let recover: it waits 0.1, 0.2, 0.4, 0.8, 1.6 s. */
const inARow = 5;

/**
 * Kills first processes of a stack's containers at seeded moments, each service on a clock of its own; the engine starts them again.
 * @param answered how many whole answers clients have got so far: a kill in a row waits until there are more
 * @param done called after each kill
 */
export async function kill(
  stack: string,
  kills: Kills,
  seed: number,
  answered: () => number,
  done: (service: string) => void,
): Promise<void> {
  await Promise.all(
    Object.entries(kills).map(async ([service, count], index) => {
      const container = `${stack}-${service}`;
      const random = seeded(seed * 1000 + index);
      let killed: Inspected | undefined;
      for (let n = 0; n < count; n++) {
        if (killed === undefined || n % inARow === 0) {
          await settled(container);
          await sleep(random() * 3_000);
        } else {
          await runsAgain(container, killed);
          const before = answered();
          await until(() => answered() > before + 1, `answers after a kill of ${container}`);
          await sleep(random() * 400);
        }
        killed = await killHard(container);
        done(service);
      }
      await settled(container);
    }),
  );
}

const settled = (container: string): Promise<void> =>
  until(async () => {
    const { State } = await inspect(container);
    const healthy = State.Running && State.Health?.Status === "healthy";
    return healthy && Date.now() - Date.parse(State.StartedAt) > settledMs;
  }, `${container} to be healthy`);

const runsAgain = (container: string, killed: Inspected): Promise<void> =>
  until(async () => {
    const { State } = await inspect(container);
    return State.Running && State.Pid !== killed.State.Pid;
  }, `${container} to run again`);
