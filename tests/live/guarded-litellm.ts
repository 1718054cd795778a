import { chmodSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { litellmEnv } from "../../infra/components/litellm-process.ts";
import { presidioEnv } from "../../infra/components/presidio.ts";
import { hosts } from "../../infra/names.ts";
import { guardrailRow } from "../../infra/render/guardrails.ts";
import type { GuardrailDefinition } from "../../infra/settings/schema/definitions/guardrail.ts";
import { docker } from "../../ops/docker.ts";
import { freePort } from "./clone.ts";
import { UpstreamContainer } from "./upstream-container.ts";

const masterKey = "sk-live-guardrails";

/** How every container of a stack runs (infra/components/service.ts). */
const hardened = ["--read-only", "--cap-drop", "ALL", "--security-opt", "no-new-privileges:true"];

const asArgs = (env: Readonly<Record<string, string>>): string[] =>
  Object.entries(env).flatMap(([name, value]) => ["--env", `${name}=${value}`]);

export interface Images {
  readonly litellm: string;
  readonly analyzer: string;
  readonly anonymizer: string;
}

/** One LiteLLM with guardrails, the stack's own presidio and the test upstream: no database, no front door. */
export class GuardedLitellm {
  readonly name = `presidio-live-${process.pid}`;
  readonly analyzer = `${this.name}-analyzer`;
  readonly anonymizer = `${this.name}-anonymizer`;
  private readonly folder = mkdtempSync(`${tmpdir()}/cerberus-presidio-`);
  private port = 0;
  private started: UpstreamContainer | undefined;

  get upstream(): UpstreamContainer {
    if (this.started === undefined) throw new Error("start() comes first");
    return this.started;
  }

  async start(images: Images, guardrails: readonly GuardrailDefinition[]): Promise<void> {
    await docker(["network", "create", "--internal", `${this.name}-app`]);
    await docker(["network", "create", `${this.name}-egress`]);
    await this.run(this.analyzer, hosts.presidioAnalyzer, images.analyzer, "1001:0");
    await this.run(this.anonymizer, hosts.presidioAnonymizer, images.anonymizer, "1001:0");
    this.started = await UpstreamContainer.start(this.name, images.litellm, await freePort());
    this.port = await freePort();
    const model = (name: string, provider: string, path: string) => ({
      model_name: name,
      litellm_params: {
        model: `${provider}/${name}`,
        api_base: `${UpstreamContainer.url}${path}`,
        api_key: "none",
      },
    });
    const config = {
      model_list: [model("gpt", "openai", "/v1"), model("claude", "anthropic", "")],
      guardrails: guardrails.map(guardrailRow),
      general_settings: { master_key: masterKey },
    };
    // JSON is YAML.
    writeFileSync(`${this.folder}/config.yaml`, JSON.stringify(config));
    chmodSync(this.folder, 0o755);
    await docker([
      ...["create", "--name", this.name, "--network", `${this.name}-egress`, ...hardened, "--tmpfs", "/tmp"],
      ...[
        "--publish",
        `127.0.0.1:${this.port}:4000`,
        "--volume",
        `${this.folder}:/etc/cerberus:ro`,
        ...asArgs(litellmEnv()),
      ],
      ...[images.litellm, "--config", "/etc/cerberus/config.yaml", "--port", "4000"],
    ]);
    await docker(["network", "connect", `${this.name}-app`, this.name]);
    await docker(["start", this.name]);
    await this.answers(`http://127.0.0.1:${this.port}/health/liveliness`);
  }

  /** Sends a body to one of LiteLLM's routes. @param path such as "/v1/messages" */
  ask(path: string, body: Readonly<Record<string, unknown>>): Promise<Response> {
    return fetch(`http://127.0.0.1:${this.port}${path}`, {
      method: "POST",
      headers: { authorization: `Bearer ${masterKey}`, "content-type": "application/json" },
      body: JSON.stringify({ max_tokens: 16, ...body }),
      signal: AbortSignal.timeout(60_000),
    });
  }

  /** Asks one of presidio's services from inside it: nothing else reaches them. */
  async presidio(container: string, path: string, body?: object): Promise<{ status: number; text: string }> {
    const script = `
import sys, urllib.request, urllib.error
data = sys.argv[2].encode() or None
asked = urllib.request.Request("http://127.0.0.1:3000" + sys.argv[1], data, {"content-type": "application/json"})
try:
    reply = urllib.request.urlopen(asked)
except urllib.error.HTTPError as error:
    reply = error
print(reply.status, reply.read().decode())`;
    const sent = body === undefined ? "" : JSON.stringify(body);
    const text = await docker(["exec", container, "python3", "-c", script, path, sent]);
    return { status: Number(text.slice(0, 3)), text: text.slice(4).trim() };
  }

  /** Waits until a container's service answers again. */
  async healthy(container: string): Promise<void> {
    for (let attempt = 0; ; attempt++) {
      try {
        if ((await this.presidio(container, "/health")).status === 200) return;
      } catch (error) {
        if (attempt > 60) throw error;
      }
      await new Promise((resume) => setTimeout(resume, 500));
    }
  }

  async stop(): Promise<void> {
    await this.started?.stop();
    await docker(["rm", "--force", this.name, this.analyzer, this.anonymizer]);
    await docker(["network", "rm", "--force", `${this.name}-app`, `${this.name}-egress`]);
    rmSync(this.folder, { recursive: true, force: true });
  }

  private async run(name: string, alias: string, image: string, user: string): Promise<void> {
    await docker([
      ...["run", "--detach", "--name", name, "--network", `${this.name}-app`, "--network-alias", alias],
      ...[...hardened, "--user", user, "--init", "--tmpfs", "/tmp:rw,nosuid,nodev,noexec,size=16m"],
      ...[...asArgs(presidioEnv), image],
    ]);
    await this.healthy(name);
  }

  /** Waits for LiteLLM; a busy machine takes minutes to start it. */
  private async answers(url: string): Promise<void> {
    for (let attempt = 0; attempt < 400; attempt++) {
      const response = await fetch(url).catch(() => undefined);
      if (response?.ok) return;
      await new Promise((resume) => setTimeout(resume, 500));
    }
    throw new Error(`LiteLLM did not start:\n${await docker(["logs", this.name])}`);
  }
}
