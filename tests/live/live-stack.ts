import { writeFileSync } from "node:fs";
import { stringify } from "yaml";
import { packagesReference } from "../../infra/images/packages.ts";
import { projectName } from "../../infra/names.ts";
import type { StackOutputs } from "../../infra/outputs.ts";
import { docker } from "../../ops/docker.ts";
import { readOutputs } from "../../ops/stack-outputs.ts";
import { Clone, freePort, type RunResult } from "./clone.ts";
import { owned } from "./engine.ts";
import { UpstreamContainer } from "./upstream-container.ts";

/** A planted secret: a provider key as a user's `.env` holds it. */
export const canary = "sk-canary-0f3b9a7d51c2e864";

export interface LiveStackOptions {
  /** Told apart from another stack of the same run by this. */
  readonly suffix?: string;
  /** Text of a gateway.yaml in place of the catalogue. */
  readonly gateway?: string;
  /** Settings in the stack's committed file, by name. */
  readonly config?: Readonly<Record<string, unknown>>;
}

/**
 * The text with letters for digits. A random number may look like a card's: it would be masked, and two requests that differ in
 * nothing else would be one to the cache.
 */
export const unmasked = (text: string): string =>
  text.replace(/\d/g, (digit) => "abcdefghij"[Number(digit)] ?? "");

/** A throw-away stack, made by ./setup.sh in a fresh clone, with the test upstream as its OpenAI and Anthropic. */
export class LiveStack {
  readonly name: string;
  readonly clone = new Clone();
  readonly ports: { readonly gateway: number; readonly prometheus: number; readonly approvals: number };
  /** Everything the first ./setup.sh said. */
  first!: RunResult;
  outputs!: StackOutputs;
  upstream!: UpstreamContainer;

  private constructor(name: string, ports: LiveStack["ports"]) {
    this.name = name;
    this.ports = ports;
  }

  static async create(options: LiveStackOptions = {}): Promise<LiveStack> {
    const name = `live-${process.pid}${options.suffix ?? ""}`;
    const stack = new LiveStack(name, {
      gateway: await freePort(),
      prometheus: await freePort(),
      approvals: await freePort(),
    });
    const base = UpstreamContainer.url;
    writeFileSync(
      `${stack.clone.root}/.env`,
      `OPENAI_API_KEY=${canary}-openai\nOPENAI_API_BASE=${base}/v1\nANTHROPIC_API_KEY=${canary}-anthropic\nANTHROPIC_API_BASE=${base}\n`,
    );
    if (options.gateway !== undefined) writeFileSync(`${stack.clone.root}/gateway.yaml`, options.gateway);
    if (options.config !== undefined) {
      const config = Object.entries({ profile: "dev", ...options.config });
      const own = Object.fromEntries(config.map(([key, value]) => [`${projectName}:${key}`, value]));
      writeFileSync(`${stack.clone.root}/Pulumi.${name}.yaml`, stringify({ config: own }));
    }
    stack.first = await stack.setUp({ show: true });
    if (stack.first.code === 0) {
      stack.outputs = await readOutputs(stack.clone.root, stack.name);
      const image = packagesReference(stack.clone.root, "litellm");
      stack.upstream = await UpstreamContainer.start(stack.name, image, await freePort());
    }
    return stack;
  }

  /** ./setup.sh as a user calls it. */
  setUp(options: Parameters<Clone["run"]>[2] = {}): Promise<RunResult> {
    const { gateway, prometheus, approvals } = this.ports;
    const args = [
      "--yes",
      "--stack",
      this.name,
      "--gateway-port",
      `${gateway}`,
      "--prometheus-port",
      `${prometheus}`,
      "--approvals-port",
      `${approvals}`,
    ];
    return this.clone.run("./setup.sh", args, options);
  }

  /** A Pulumi command on this stack. */
  pulumi(...args: string[]): Promise<RunResult> {
    return this.clone.pulumi([...args, "--stack", this.name]);
  }

  up = (): Promise<RunResult> => this.pulumi("up", "--yes", "--skip-preview");

  /** Sets one value in the stack's own file. */
  set = (path: string, value: string): Promise<RunResult> =>
    this.pulumi("config", "set", "--path", path, value);

  containerNames = (): string[] => this.outputs.containers.map(({ name }) => name);

  /** A chat completion through the gateway; with the agent key, unless another is given. */
  chat(model: string, text: string, extra: Record<string, unknown> = {}, key?: string): Promise<Response> {
    const body = { model, messages: [{ role: "user", content: unmasked(text) }], max_tokens: 16, ...extra };
    return this.post("/v1/chat/completions", body, key ?? this.outputs.cerberusEnv.LITELLM_MASTER_KEY);
  }

  /** A virtual key without a rate limit; it goes with the stack. */
  async unlimitedKey(): Promise<string> {
    const response = await this.post(
      "/key/generate",
      { models: this.outputs.models },
      this.outputs.masterKey,
    );
    return ((await response.json()) as { key: string }).key;
  }

  private post(path: string, body: object, key: string): Promise<Response> {
    return fetch(this.outputs.urls.api + path, {
      method: "POST",
      headers: { authorization: `Bearer ${key}`, "content-type": "application/json" },
      body: JSON.stringify(body),
      signal: AbortSignal.timeout(60_000),
    });
  }

  /** Every value that @pulumi/random made for this stack. */
  async generatedSecrets(): Promise<string[]> {
    const { text } = await this.pulumi("stack", "export", "--show-secrets");
    const { deployment } = JSON.parse(text) as {
      deployment: { resources: { type: string; outputs?: { result?: unknown } }[] };
    };
    return deployment.resources
      .filter(({ type }) => type === "random:index/randomPassword:RandomPassword")
      .flatMap(({ outputs }) => {
        const result = outputs?.result;
        // The export wraps a secret: its plaintext is JSON text.
        const wrapped = (result as { plaintext?: string } | undefined)?.plaintext;
        if (wrapped !== undefined) return [JSON.parse(wrapped) as string];
        return typeof result === "string" ? [result] : [];
      });
  }

  /** Removes whatever is left, by this stack's own label, whether or not the tests got to their end. */
  async sweep(): Promise<void> {
    await this.upstream?.stop();
    const { containers, networks, volumes } = await owned(this.name);
    if (containers.length > 0) await docker(["rm", "--force", ...containers]);
    if (networks.length > 0) await docker(["network", "rm", ...networks]);
    if (volumes.length > 0) await docker(["volume", "rm", ...volumes]);
    this.clone.remove();
  }
}
