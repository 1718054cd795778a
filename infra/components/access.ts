import * as pulumi from "@pulumi/pulumi";
import { AccessObjects } from "../access/access-objects.ts";
import { keyValue } from "../access/objects/key-value.cjs";
import { VirtualKey } from "../access/virtual-key.ts";
import { agentKeyAlias, tokens } from "../names.ts";
import type { StackOutputs } from "../outputs.ts";
import { accessOwner, renderAccess } from "../render/access.ts";
import { publicNames } from "../settings/gateway.ts";
import type { Settings } from "../settings/parse.ts";
import { agentRotation } from "../settings/rotated-keys.ts";
import type { Secrets } from "./secrets.ts";

export interface AccessArgs {
  readonly settings: Settings;
  readonly secrets: Secrets;
  /** Base URL of the gateway as this machine reaches it. */
  readonly gatewayUrl: string;
}

/** Who may use the gateway: the agents' key, and what the definitions say of teams, users, keys and budgets. */
export class Access extends pulumi.ComponentResource {
  readonly agentKey: VirtualKey;
  readonly objects: AccessObjects;
  /** What the gateway is to have, and the mark of it; no secret. */
  readonly defined: StackOutputs["access"];
  /** Secret. Values of the defined keys, by id. */
  readonly keys: pulumi.Output<Record<string, string>>;

  constructor(
    name: string,
    args: AccessArgs,
    opts: pulumi.ComponentResourceOptions & { readonly parent: pulumi.Resource },
  ) {
    super(tokens.access, name, {}, opts);
    const { settings, secrets } = args;
    const gateway = { gatewayUrl: args.gatewayUrl, masterKey: secrets.masterKey };
    const { generation, overlap } = agentRotation(settings.rotation);
    const former =
      secrets.formerAgentKey && overlap !== undefined
        ? { formerKey: secrets.formerAgentKey, formerUntil: overlap }
        : {};
    this.agentKey = new VirtualKey(
      "agent-key",
      {
        ...gateway,
        key: secrets.agentKey,
        generation,
        ...former,
        alias: agentKeyAlias,
        models: publicNames(settings),
        maxBudgetUsd: settings.agent.maxBudgetUsd,
        budgetPeriod: settings.agent.budgetPeriod,
        requestsPerMinute: settings.agent.requestsPerMinute,
      },
      // Where it was before there was this component: the same key.
      { parent: this, aliases: [{ parent: opts.parent }] },
    );
    const rows = renderAccess(settings);
    const owner = accessOwner(settings.stackName);
    this.defined = { owner, ...rows, ignored: [...settings.access.ignored] };
    this.objects = new AccessObjects(
      `${name}-objects`,
      { ...gateway, seed: secrets.accessSeed, owner, rows },
      { parent: this },
    );
    // A key of generation 0 was made elsewhere: nobody here knows its value.
    const ids = Object.entries(settings.access.keys).filter(([, { generation }]) => generation > 0);
    this.keys = pulumi.secret(
      secrets.accessSeed.apply((seed) =>
        Object.fromEntries(ids.map(([id, { generation }]) => [id, keyValue(seed, id, generation)])),
      ),
    );
    this.registerOutputs({});
  }
}
