import { setTimeout as sleep } from "node:timers/promises";
import { Client } from "../../infra/access/objects/client.cjs";
import { keyValue } from "../../infra/access/objects/key-value.cjs";
import { type Found, listAll } from "../../infra/access/objects/listing.cjs";
import { type AccessRows, makePlan } from "../../infra/access/objects/plan.cjs";
import { AccessProject, chaosOwner, chaosSeed, type Gateway } from "./access-project.ts";
import { scene } from "./access-scene.ts";
import { seeded } from "./random.ts";

export interface AccessChaos {
  readonly root: string;
  readonly gateway: Gateway;
  /** Kills the gateway as a crash would, and sees that it is started again. */
  readonly killGateway: () => Promise<void>;
  readonly kills: number;
  readonly seed: number;
  readonly log: (line: string) => void;
}

export interface AccessVerdict {
  readonly kills: Readonly<Record<"pulumi" | "gateway", number>>;
  /** Kills that left the gateway somewhere between what was and what was to be. */
  readonly halfWay: number;
  /** What was wrong once the next `up` had ended, if anything. */
  readonly findings: readonly string[];
}

/** A killed `up` may reach its last line before the kill does. */
const latestKillMs = 1_500;

/**
 * Changes a gateway's access again and again, kills Pulumi or the gateway in the middle, and sees that one more `up` ends with
 * exactly what is defined: no orphan, no duplicate, and keys that open.
 */
export async function accessChaos(chaos: AccessChaos): Promise<AccessVerdict> {
  const random = seeded(chaos.seed);
  const client = new Client(chaos.gateway, 180_000);
  const project = new AccessProject(chaos.root, chaos.gateway);
  const kills = { pulumi: 0, gateway: 0 };
  const findings: string[] = [];
  let halfWay = 0;
  try {
    const begun = await project.start();
    if (begun.code !== 0) throw new Error(begun.text);
    for (let round = 1; round <= chaos.kills; round++) {
      const rows = scene(random);
      const victim = random() < 0.5 ? "pulumi" : "gateway";
      await killedUp(project, rows, victim, random() * latestKillMs, chaos.killGateway);
      kills[victim]++;
      if (victim === "pulumi") await project.unlock();
      const left = await open(client, rows);
      if (left > 0) halfWay++;
      const next = await project.up(rows);
      const wrong =
        next.code === 0 ? await differences(client, chaos.gateway, rows) : [next.text.slice(-600)];
      findings.push(...wrong.map((text) => `round ${round} (${victim}): ${text}`));
      chaos.log(`${round}: ${victim} killed, ${left} left to do, then ${wrong.join("; ") || "as defined"}`);
    }
    const end = await project.destroy();
    const rest = (await everything(client)).filter(({ owner }) => owner === chaosOwner);
    if (end.code !== 0 || rest.length > 0)
      findings.push(`destroy left ${rest.length} objects: ${end.text.slice(-600)}`);
    return { kills, halfWay, findings };
  } finally {
    project.remove();
  }
}

/** An `up` in whose middle Pulumi or the gateway dies. */
async function killedUp(
  project: AccessProject,
  rows: AccessRows,
  victim: "pulumi" | "gateway",
  delayMs: number,
  killGateway: () => Promise<void>,
): Promise<void> {
  let killed: Promise<void> | undefined;
  await project.up(rows, (text, kill) => {
    if (killed || !/objects (creating|updating)/.test(text)) return;
    killed = sleep(delayMs).then(() => (victim === "pulumi" ? kill() : killGateway()));
  });
  await killed;
}

const everything = async (client: Client): Promise<Found[]> => Object.values(await listAll(client)).flat();

async function open(client: Client, rows: AccessRows): Promise<number> {
  const { changes, removals } = makePlan(rows, await listAll(client), chaosOwner, chaosSeed);
  return changes.length + removals.length;
}

/** Everything that is not as defined. */
async function differences(client: Client, { gatewayUrl }: Gateway, rows: AccessRows): Promise<string[]> {
  const listing = await listAll(client);
  const { changes, removals, problems } = makePlan(rows, listing, chaosOwner, chaosSeed);
  const tags = listing.keys
    .filter(({ owner }) => owner === chaosOwner)
    .map(({ fields }) => `${fields["metadata"].cerberus_id}@${fields["metadata"].cerberus_generation}`);
  const free = Object.values(rows.keys).filter(({ team_id: team }) => !rows.teams[team]?.["blocked"]);
  const keys = free.slice(0, 3);
  const opened = await Promise.all(
    keys.map(async ({ metadata: { cerberus_id: id, cerberus_generation: generation } }) => {
      const authorization = `Bearer ${keyValue(chaosSeed, id, generation)}`;
      const { status } = await fetch(`${gatewayUrl}/v1/models`, { headers: { authorization } });
      return status === 200 ? [] : [`key ${id} is answered ${status}`];
    }),
  );
  return [
    ...problems,
    ...changes.map(({ kind, id, fields }) => `${kind} ${id}: ${fields.join(", ")}`),
    ...removals.map(({ kind, id }) => `${kind} ${id} is an orphan`),
    ...tags.filter((tag, i) => tags.indexOf(tag) !== i).map((tag) => `key ${tag} is there twice`),
    ...opened.flat(),
  ];
}
