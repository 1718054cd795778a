import { randomBytes } from "node:crypto";
import { mkdtempSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { setTimeout as sleep } from "node:timers/promises";
import { packagesReference } from "../../../infra/images/packages.ts";
import { mountPaths } from "../../../infra/names.ts";
import { docker } from "../../../ops/docker.ts";
import { projectRoot } from "../../../ops/paths.ts";
import { freePort } from "../clone.ts";

const [litellm, redis] = [packagesReference(projectRoot, "litellm"), packagesReference(projectRoot, "redis")];
const hardened = [
  "--read-only",
  "--cap-drop",
  "ALL",
  "--security-opt",
  "no-new-privileges",
  "--tmpfs",
  "/tmp",
];

/** What the safety guardrail knows of a request (plugins/cerberus_gateway/approvals/request.py). */
export interface Asked {
  readonly key_hash: string;
  readonly key_alias: string;
  readonly user_id: string;
  readonly team_id: string;
  readonly model: string;
  readonly route: string;
  readonly body: object;
  readonly estimate_usd: number;
  readonly reasons: readonly string[];
  readonly approval_id: string | null;
  readonly preview: string;
}

/** The approvals service as a stack runs it (the LiteLLM image, locked down), its Redis with AOF, and a LiteLLM that knows a few keys. */
export class Stand {
  readonly url: string;
  private readonly name: string;
  private readonly folder: string;

  private constructor(name: string, url: string, folder: string) {
    this.name = name;
    this.url = url;
    this.folder = folder;
  }

  static async start(): Promise<Stand> {
    const name = `cerberus-approvals-${process.pid}`;
    const port = await freePort();
    const stand = new Stand(name, `http://127.0.0.1:${port}`, mkdtempSync(`${tmpdir()}/cerberus-approvals-`));
    const password = randomBytes(16).toString("hex");
    try {
      writeFileSync(`${stand.folder}/cerberus.json`, JSON.stringify(settings(stand.url)), { mode: 0o644 });
      writeFileSync(`${stand.folder}/redis.conf`, `requirepass ${password}\nappendonly yes\nsave ""\n`);
      writeFileSync(
        `${stand.folder}/env`,
        ["APPROVALS_SESSION_KEY", "AUDIT_TOKEN", "AUDIT_SIGNING_KEY"]
          .map((secret) => `${secret}=${randomBytes(32).toString("hex")}\n`)
          .concat(`REDIS_COORDINATION_PASSWORD=${password}\n`)
          .join(""),
        { mode: 0o600 },
      );
      await docker(["network", "create", name]);
      await stand.run(
        "redis",
        redis,
        [...["--volume", `${stand.folder}/redis.conf:/redis.conf:ro`, "--entrypoint", "redis-server"]],
        ["/redis.conf", "--dir", "/data"],
      );
      await stand.run(
        "litellm",
        litellm,
        [
          ...["--volume", `${realpathSync(process.execPath)}:/node:ro`, "--entrypoint", "/node"],
          ...["--volume", `${projectRoot}/tests/live/approvals:/fake:ro`],
        ],
        ["/fake/fake-litellm.ts"],
      );
      const ours = [
        ...[...hardened, "--user", "10001:0", "--env-file", `${stand.folder}/env`],
        ...[
          "--env",
          "PYTHONPATH=/etc/cerberus",
          "--env",
          "CERBERUS_REPLICA=approvals",
          "--entrypoint",
          "python3",
        ],
        ...["--volume", `${stand.folder}/cerberus.json:/etc/cerberus/cerberus.json:ro`],
        ...["--volume", `${projectRoot}/plugins/cerberus_gateway:${mountPaths.plugins}:ro`],
        ...["--volume", `${projectRoot}/plugins/tests:/etc/cerberus/tests:ro`],
      ];
      const log = ["--tmpfs", "/var/log/cerberus:uid=10001"];
      await stand.run("audit", litellm, [...ours, ...log], ["-m", "cerberus_gateway.audit.writer"]);
      const published = ["--publish", `127.0.0.1:${port}:4600`];
      await stand.run(
        "service",
        litellm,
        [...ours, ...published],
        ["-m", "cerberus_gateway.approvals.server"],
      );
      await stand.healthy();
      return stand;
    } catch (error) {
      await stand.stop();
      throw error;
    }
  }

  /** Asks the gate from inside the service's container, as a LiteLLM replica would. */
  async ask(request: Asked): Promise<{ code: string; approval_id: string; reason: string }> {
    const text = await docker([
      ...["exec", `${this.name}-service`, "python3", "-m", "tests.approvals.ask", JSON.stringify(request)],
    ]);
    return JSON.parse(text) as { code: string; approval_id: string; reason: string };
  }

  /** Kills Redis as a crash would, and starts it again on the same data. */
  async crashRedis(): Promise<void> {
    await docker(["kill", "--signal", "KILL", `${this.name}-redis`]);
    await docker(["start", `${this.name}-redis`]);
    await this.healthy();
  }

  async stopRedis(): Promise<void> {
    await docker(["kill", `${this.name}-redis`]);
  }

  async startRedis(): Promise<void> {
    await docker(["start", `${this.name}-redis`]);
    await this.healthy();
  }

  /** Lines of the audit log about one approval. */
  async audited(id: string): Promise<{ event_type: string; data: Record<string, unknown> }[]> {
    const text = await docker(["exec", `${this.name}-audit`, "cat", "/var/log/cerberus/litellm_audit.jsonl"]);
    const lines = text
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line) as { event_type: string; data: Record<string, unknown> });
    return lines.filter(({ data }) => data["approval_id"] === id);
  }

  async stopAudit(): Promise<void> {
    await docker(["stop", `${this.name}-audit`]);
  }

  logs = (): Promise<string> => docker(["logs", `${this.name}-service`]);

  async stop(): Promise<void> {
    for (const part of ["service", "audit", "litellm", "redis"])
      await docker(["rm", "--force", "--volumes", `${this.name}-${part}`]);
    await docker(["network", "rm", "--force", this.name]);
    rmSync(this.folder, { recursive: true, force: true });
  }

  private async run(part: string, image: string, options: readonly string[], command: readonly string[]) {
    const place = ["--name", `${this.name}-${part}`, "--network", this.name, "--network-alias", part];
    await docker(["run", "--detach", ...place, ...options, image, ...command]);
  }

  private async healthy(): Promise<void> {
    const deadline = Date.now() + 60_000;
    for (;;) {
      const ok = await fetch(`${this.url}/healthz`).then(
        (answer) => answer.ok,
        () => false,
      );
      if (ok) return;
      if (Date.now() > deadline)
        throw new Error(`the approvals service is not healthy:\n${await this.logs()}`);
      await sleep(200);
    }
  }
}

const settings = (url: string): object => ({
  stack: "dev",
  image: litellm,
  config_hash: "0",
  // Decisions must not follow this: they are never made unrecorded.
  audit: { host: "audit", port: 4_700, when_unavailable: "allow", wait_seconds: 3, content: "digest" },
  writer: {
    directory: "/var/log/cerberus",
    rotate_mib: 64,
    rotate_days: 1,
    retention_days: 180,
    checkpoint_lines: 1_000,
    checkpoint_seconds: 60,
    metrics_port: 4_701,
  },
  approvals: {
    ttl_seconds: 3_600,
    approved_ttl_seconds: 900,
    four_eyes: true,
    port: 4_600,
    litellm_url: "http://litellm:4000",
    webhook: false,
    public_url: url,
  },
  redis: { host: "redis", port: 6_379 },
});
