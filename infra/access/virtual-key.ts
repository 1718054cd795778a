import * as pulumi from "@pulumi/pulumi";

export interface VirtualKeyArgs {
  /** Base URL of the gateway as this machine reaches it. */
  readonly gatewayUrl: pulumi.Input<string>;
  /** Secret. */
  readonly masterKey: pulumi.Input<string>;
  /** Secret. The key's own value, made by the stack, so that a re-run registers the same key. */
  readonly key: pulumi.Input<string>;
  readonly alias: string;
  /** Model groups the key may call. */
  readonly models: readonly string[];
  /** Spend per period, in USD. */
  readonly maxBudgetUsd: number;
  readonly budgetPeriod: string;
  readonly requestsPerMinute: number;
}

interface Inputs {
  readonly gatewayUrl: string;
  readonly masterKey: string;
  readonly key: string;
  readonly alias: string;
  readonly models: readonly string[];
  readonly maxBudgetUsd: number;
  readonly budgetPeriod: string;
  readonly requestsPerMinute: number;
}

interface Answer {
  readonly status: number;
  readonly body: string;
}

// Pulumi runs this in a process of its own from its source text: it may use what this file declares, but no import.

/** Calls LiteLLM's admin API; a gateway that restarts is asked again, for two minutes at most. */
async function call(inputs: Inputs, method: string, path: string, body?: unknown): Promise<Answer> {
  const deadline = Date.now() + 120_000;
  for (;;) {
    let problem: string;
    try {
      const response = await fetch(inputs.gatewayUrl + path, {
        method,
        headers: { authorization: `Bearer ${inputs.masterKey}`, "content-type": "application/json" },
        signal: AbortSignal.timeout(30_000),
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      });
      const text = await response.text();
      if (response.status < 500) return { status: response.status, body: text };
      problem = `${response.status} ${text.slice(0, 200)}`;
    } catch (error) {
      problem = error instanceof Error ? error.message : String(error);
    }
    if (Date.now() > deadline) {
      throw new Error(`the gateway at ${inputs.gatewayUrl} does not answer ${path}: ${problem}`);
    }
    await new Promise((resume) => setTimeout(resume, 2_000));
  }
}

const limitsOf = (inputs: Inputs) => ({
  key: inputs.key,
  key_alias: inputs.alias,
  models: inputs.models,
  max_budget: inputs.maxBudgetUsd,
  budget_duration: inputs.budgetPeriod,
  rpm_limit: inputs.requestsPerMinute,
  metadata: { owner: "cerberus-gateway" },
});

const refused = (what: string, answer: Answer): Error =>
  new Error(`LiteLLM refused to ${what}: ${answer.status} ${answer.body.slice(0, 300)}`);

/** Makes the key, or brings an existing one (left by a run that was cut off) to these limits. */
async function upsert(inputs: Inputs): Promise<void> {
  const info = await call(inputs, "GET", `/key/info?key=${encodeURIComponent(inputs.key)}`);
  const known = info.status === 200 && info.body.includes(inputs.alias);
  const answer = await call(inputs, "POST", known ? "/key/update" : "/key/generate", limitsOf(inputs));
  if (answer.status !== 200) throw refused(`register the key "${inputs.alias}"`, answer);
}

const provider: pulumi.dynamic.ResourceProvider<Inputs, Inputs> = {
  async create(inputs) {
    await upsert(inputs);
    return { id: inputs.alias, outs: inputs };
  },
  async diff(_id, olds, news) {
    const names = [
      "models",
      "maxBudgetUsd",
      "budgetPeriod",
      "requestsPerMinute",
      "gatewayUrl",
      "masterKey",
    ] as const;
    const changed = names.some((name) => JSON.stringify(olds[name]) !== JSON.stringify(news[name]));
    const replaces = (["key", "alias"] as const).filter((name) => olds[name] !== news[name]);
    return { changes: changed || replaces.length > 0, replaces: [...replaces], deleteBeforeReplace: true };
  },
  async update(_id, _olds, news) {
    await upsert(news);
    return { outs: news };
  },
  async delete(_id, inputs) {
    // A gateway that is already gone took its keys along; one that answers must agree.
    try {
      const alive = await fetch(`${inputs.gatewayUrl}/health/liveliness`, {
        signal: AbortSignal.timeout(5_000),
      });
      if (!alive.ok) return;
    } catch {
      return;
    }
    const answer = await call(inputs, "POST", "/key/delete", { keys: [inputs.key] });
    if (answer.status !== 200 && answer.status !== 404)
      throw refused(`delete the key "${inputs.alias}"`, answer);
  },
};

/** A limited key for applications, registered with the running gateway. */
export class VirtualKey extends pulumi.dynamic.Resource {
  constructor(name: string, args: VirtualKeyArgs, opts?: pulumi.CustomResourceOptions) {
    super(provider, name, { ...args }, { ...opts, additionalSecretOutputs: ["masterKey", "key"] });
  }
}
