import { execFileSync } from "node:child_process";
import { expect } from "vitest";
import {
  type AdapterOptions,
  type ChatRequest,
  GatewayError,
  LiteLLMAdapter,
} from "../../../client/src/index.ts";
import { ApprovalsClient } from "../../../ops/approvals/client.ts";
import { projectRoot } from "../../../ops/paths.ts";
import { type LiveStack, unmasked } from "../live-stack.ts";

export const demo = "cerberus-demo";

export const ask = (
  content: ChatRequest["messages"][number]["content"] = unmasked(`hi ${Math.random()}`),
  model = demo,
) =>
  ({ model, messages: [{ role: "user", content: content ?? null }], max_tokens: 50 }) satisfies ChatRequest;

const image = {
  type: "image_url",
  image_url: {
    url: "data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==",
  },
};
/** At 50,000 tokens an image, the demo model's price makes 0.05 USD of each: above 5 a human is asked, above 10 it is refused. */
export const images = (count: number) =>
  ask([{ type: "text", text: unmasked(`${Math.random()}`) }, ...Array(count).fill(image)]);

/** Somebody with a key of the stack, who can have other keys made. */
export class User {
  private readonly stack: LiveStack;
  readonly key: string;

  private constructor(stack: LiveStack, key: string) {
    this.stack = stack;
    this.key = key;
  }

  static async create(stack: LiveStack): Promise<User> {
    execFileSync("npm", ["run", "--silent", "build:client"], { cwd: projectRoot });
    return new User(stack, await stack.unlimitedKey());
  }

  adapter(options: Partial<AdapterOptions> = {}): LiteLLMAdapter {
    return new LiteLLMAdapter({
      baseUrl: this.stack.outputs.urls.api,
      apiKey: this.key,
      timeoutMs: 60_000,
      ...options,
    });
  }

  /** A POST with the master key. */
  async admin<T>(path: string, body: object): Promise<T> {
    const response = await fetch(this.stack.outputs.urls.api + path, {
      method: "POST",
      headers: {
        authorization: `Bearer ${this.stack.outputs.masterKey}`,
        "content-type": "application/json",
      },
      body: JSON.stringify(body),
    });
    expect(response.status, path).toBe(200);
    return (await response.json()) as T;
  }

  async keyWith(options: object): Promise<string> {
    const asked = { models: this.stack.outputs.models, ...options };
    return (await this.admin<{ key: string }>("/key/generate", asked)).key;
  }

  /** What a call fails with; it never holds the key. */
  async failure(work: Promise<unknown>): Promise<GatewayError> {
    const error: unknown = await work.then(
      () => "it did not fail",
      (reason: unknown) => reason,
    );
    expect(error).toBeInstanceOf(GatewayError);
    expect(JSON.stringify(error)).not.toContain(this.key);
    return error as GatewayError;
  }

  approvals(): ApprovalsClient {
    return new ApprovalsClient(this.stack.outputs.urls.approvals ?? "", this.stack.outputs.masterKey);
  }

  /** The environment that the examples run in. */
  env(): NodeJS.ProcessEnv {
    const own = { LITELLM_MASTER_KEY: this.key, CERBERUS_MODEL: `litellm/${demo}` };
    return { ...process.env, ...this.stack.outputs.cerberusEnv, ...own };
  }
}
