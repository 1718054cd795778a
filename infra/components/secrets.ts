import * as pulumi from "@pulumi/pulumi";
import * as random from "@pulumi/random";
import { keyValue } from "../access/objects/key-value.cjs";
import { agentKeyId, tokens } from "../names.ts";
import type { Settings } from "../settings/parse.ts";
import { agentRotation } from "../settings/rotated-keys.ts";
import type { StackContext } from "./context.ts";

export interface SecretsArgs {
  readonly context: StackContext;
  readonly rotation: Settings["rotation"];
  /** Salt key from an escrow file, in place of one of the stack's own. */
  readonly saltKey: pulumi.Output<string> | undefined;
}

/** Every secret the stack makes for itself; Pulumi secrets from birth. */
export class Secrets extends pulumi.ComponentResource {
  /** Administration only; no application gets it. */
  readonly masterKey: pulumi.Output<string>;
  /** Encrypts credentials in the database: lost or changed, they can't be read any more. */
  readonly saltKey: pulumi.Output<string>;
  /** The database's owner is made with it; after a rotation it opens nothing. */
  readonly databasePassword: pulumi.Output<string>;
  /** By which LiteLLM logs in to the database. */
  readonly databaseLoginPassword: pulumi.Output<string>;
  readonly redisCachePassword: pulumi.Output<string>;
  readonly redisCoordinationPassword: pulumi.Output<string>;
  /** By which a container's own commands administer its Redis. */
  readonly redisOperatorPassword: pulumi.Output<string>;
  readonly uiPassword: pulumi.Output<string>;
  /** Signs the audit log's checkpoints. */
  readonly auditSigningKey: pulumi.Output<string>;
  /** By which replicas and approvals are known to the audit writer. */
  readonly auditToken: pulumi.Output<string>;
  /** Without it, digests of prompts in the audit log can't be guessed at. */
  readonly auditSalt: pulumi.Output<string>;
  /** Signs the approvers' sessions. */
  readonly approvalsSessionKey: pulumi.Output<string>;
  /** The limited virtual key that agents use. */
  readonly agentKey: pulumi.Output<string>;
  /** The agent key's value before, while the two overlap. */
  readonly formerAgentKey: pulumi.Output<string> | undefined;
  /** Makes the values of all access keys: lost or changed, every key gets another value. */
  readonly accessSeed: pulumi.Output<string>;
  /** Key of the HMAC that names secret volumes. */
  readonly volumeHmacKey: pulumi.Output<string>;

  constructor(name: string, args: SecretsArgs, opts?: pulumi.ComponentResourceOptions) {
    super(tokens.secrets, name, {}, opts);
    const { context, rotation } = args;
    // 64 letters and digits hold 381 bits; no special characters, so a value fits into URLs and files as it is.
    const generate = (what: string, options: pulumi.CustomResourceOptions = {}, generation = 1) =>
      pulumi.secret(
        new random.RandomPassword(
          `${name}-${what}`,
          {
            length: 64,
            special: false,
            // Other keepers make another value. The first generation has none, as before there were generations.
            ...(generation === 1 ? {} : { keepers: { generation: String(generation) } }),
          },
          { parent: this, ...options },
        ).result,
      );
    this.masterKey = pulumi.interpolate`sk-cerberus-${generate("master-key", {}, rotation.master)}`;
    // Made once: a later change of these arguments must not make another one. Made even where another is given: what is
    // protected could not be taken out of the state.
    const ownSalt = generate("salt-key", { protect: context.protectData, ignoreChanges: ["*"] });
    this.saltKey = args.saltKey ?? pulumi.interpolate`sk-salt-${ownSalt}`;
    // The data volume keeps the password it was made with.
    this.databasePassword = generate("database-password", { protect: context.protectData });
    this.databaseLoginPassword =
      rotation.db === 1 ? this.databasePassword : generate("database-login-password", {}, rotation.db);
    this.redisCachePassword = generate("redis-cache-password", {}, rotation.redis);
    this.redisCoordinationPassword = generate("redis-coordination-password", {}, rotation.redis);
    this.redisOperatorPassword = generate("redis-operator-password");
    this.uiPassword = generate("ui-password", {}, rotation.ui);
    this.auditSigningKey = generate("audit-signing-key", { protect: context.protectData });
    this.auditToken = generate("audit-token");
    this.auditSalt = generate("audit-salt");
    this.approvalsSessionKey = generate("approvals-session-key");
    const firstAgentKey = pulumi.interpolate`sk-agent-${generate("agent-key")}`;
    this.accessSeed = generate("access-seed", { protect: context.protectData });
    // Made of the seed from the second on: a value of any generation can be told again, and so the former one too.
    const agentKey = (generation: number): pulumi.Output<string> =>
      generation === 1
        ? firstAgentKey
        : this.accessSeed.apply((seed) =>
            keyValue(seed, agentKeyId, generation).replace(/^sk-/, "sk-agent-"),
          );
    const agent = agentRotation(rotation);
    this.agentKey = agentKey(agent.generation);
    this.formerAgentKey = agent.overlap === undefined ? undefined : agentKey(agent.generation - 1);
    this.volumeHmacKey = generate("volume-hmac-key");
    this.registerOutputs({});
  }
}
