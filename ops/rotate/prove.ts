import { loginRole } from "../../infra/credentials/database-login.ts";
import { engineName, hosts } from "../../infra/names.ts";
import type { StackOutputs } from "../../infra/outputs.ts";
import { UserError } from "../../infra/settings/errors.ts";
import { dockerExec } from "../docker.ts";
import type { Kind } from "./generations.ts";
import { generatedSecret, type StackSecrets } from "./state.ts";

/** A stack as it was before, or is after, a rotation. */
export interface Moment {
  readonly outputs: StackOutputs;
  readonly secrets: StackSecrets;
}

/** Whether the value of a moment opens what it is for, now. */
type Opens = (moment: Moment) => Promise<boolean>;

/** Answers to one question, asked so often that each replica is among those who answer, unless luck is very bad. */
export async function fromEveryReplica<T>({ replicas }: StackOutputs, ask: () => Promise<T>): Promise<T[]> {
  const answers: T[] = [];
  for (let n = 0; n < replicas * 6; n++) answers.push(await ask());
  return answers;
}

/** Whether all answers agree; a replica that answers otherwise is what a proof is for. */
async function every(moment: Moment, ask: () => Promise<number>): Promise<boolean> {
  const statuses = await fromEveryReplica(moment.outputs, ask);
  const open = statuses.filter((status) => status < 400).length;
  if (open !== 0 && open !== statuses.length) {
    throw new UserError(
      `the replicas disagree: ${open} of ${statuses.length} requests were accepted`,
      "run pulumi up again, which replaces the replica that was left",
    );
  }
  return open > 0;
}

const master: Opens = (moment) =>
  every(moment, async () => {
    const headers = { authorization: `Bearer ${moment.outputs.masterKey}` };
    return (await fetch(`${moment.outputs.urls.api}/key/list`, { headers, signal: patience() })).status;
  });

const ui: Opens = (moment) =>
  every(moment, async () => {
    const response = await fetch(`${moment.outputs.urls.api}/v2/login`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify(moment.outputs.uiLogin),
      signal: patience(),
    });
    return response.status;
  });

const patience = (): AbortSignal => AbortSignal.timeout(30_000);

const db: Opens = ({ outputs, secrets }) => {
  const { db: generation } = outputs.rotation;
  const name = generation === 1 ? "database-password" : "database-login-password";
  // Over TCP, where PostgreSQL asks for the password; it travels on standard input.
  const script = `IFS= read -r PGPASSWORD; export PGPASSWORD; exec psql -XqAt -h 127.0.0.1 -U "$1" -d litellm -c "SELECT count(*) FROM \\"LiteLLM_VerificationToken\\""`;
  return works(outputs, hosts.postgres, script, [loginRole(generation)], generatedSecret(secrets, name));
};

const redis: Opens = async ({ outputs, secrets }) => {
  const script = "IFS= read -r REDISCLI_AUTH; export REDISCLI_AUTH; exec redis-cli -e --no-auth-warning ping";
  const found: boolean[] = [];
  for (const host of [hosts.redisCache, hosts.redisCoordination])
    found.push(await works(outputs, host, script, [], generatedSecret(secrets, `${host}-password`)));
  // Half open is open: an old password must open neither, a new one both.
  if (found[0] === found[1]) return found[0] === true;
  throw new UserError("only one Redis accepts the password", "run pulumi up again, which finishes the other");
};

async function works(
  { stackName, dockerHost }: StackOutputs,
  host: string,
  script: string,
  args: readonly string[],
  secret: string,
): Promise<boolean> {
  const container = engineName(stackName, host);
  const { code, stdout, stderr } = await dockerExec(container, ["sh", "-c", script, "sh", ...args], {
    host: dockerHost,
    input: `${secret}\n`,
  });
  const text = `${stdout}\n${stderr}`;
  if (/authentication failed|WRONGPASS|NOAUTH/i.test(text)) return false;
  if (code === 0) return true;
  throw new UserError(`${container} could not be asked: ${stderr.trim()}`, "see that it runs: docker ps");
}

const opens: Readonly<Record<Kind, Opens>> = { master, ui, db, redis };

/**
 * Proves that a rotation did what it is for.
 * @throws UserError when the old value is still accepted, or the new one is not
 */
export async function prove(kind: Kind, before: Moment, after: Moment): Promise<void> {
  if (!(await opens[kind](after)))
    throw new UserError("the new value is not accepted", "run pulumi up again; see docs/rotation.md");
  if (await opens[kind](before))
    throw new UserError("the old value is still accepted", "run pulumi up again; see docs/rotation.md");
}
