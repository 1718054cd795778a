import { spawn } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { relative } from "node:path";
import type { AccessRows } from "../../infra/access/objects/plan.cjs";
import { pulumiEnv } from "../../ops/pulumi.ts";
import type { RunResult } from "../live/clone.ts";

export interface Gateway {
  readonly gatewayUrl: string;
  readonly masterKey: string;
}

/** Owner and seed of everything the project makes: no real stack's. */
export const chaosOwner = "cerberus-gateway/chaos";
export const chaosSeed = "seed-of-the-access-chaos";

/** A throw-away Pulumi project with a state of its own whose only resource is the access of a running gateway. */
export class AccessProject {
  private readonly folder: string;
  private readonly env: NodeJS.ProcessEnv;
  private readonly gateway: Gateway;

  /** @param root of a clone that was set up: its Pulumi is used */
  constructor(root: string, gateway: Gateway) {
    this.gateway = gateway;
    mkdirSync(`${root}/.cerberus`, { recursive: true });
    this.folder = mkdtempSync(`${root}/.cerberus/access-chaos-`);
    mkdirSync(`${this.folder}/state`);
    const main = relative(this.folder, `${root}/tests/chaos/access-program.ts`);
    writeFileSync(
      `${this.folder}/Pulumi.yaml`,
      `name: access-chaos\nmain: ${main}\nruntime: { name: nodejs, options: { typescript: false } }\n`,
    );
    this.env = {
      ...pulumiEnv(root),
      PULUMI_BACKEND_URL: `file://${this.folder}/state`,
      PULUMI_CONFIG_PASSPHRASE: "chaos",
      PULUMI_CONFIG_PASSPHRASE_FILE: undefined,
      ACCESS_INPUTS: `${this.folder}/inputs.json`,
    };
  }

  start = (): Promise<RunResult> => this.run(["stack", "init", "chaos", "--secrets-provider", "passphrase"]);

  /** @param watch called with everything said so far; may kill the run */
  up(rows: AccessRows, watch?: (text: string, kill: () => void) => void): Promise<RunResult> {
    const inputs = { ...this.gateway, owner: chaosOwner, seed: chaosSeed, rows };
    writeFileSync(`${this.folder}/inputs.json`, JSON.stringify(inputs), { mode: 0o600 });
    return this.run(["up", "--yes", "--skip-preview", "--stack", "chaos"], watch);
  }

  preview = (): Promise<RunResult> => this.run(["preview", "--diff", "--stack", "chaos"]);

  /** Removes the lock of a run that was killed. */
  unlock = (): Promise<RunResult> => this.run(["cancel", "--yes", "--stack", "chaos"]);

  destroy = (): Promise<RunResult> => this.run(["destroy", "--yes", "--skip-preview", "--stack", "chaos"]);

  remove(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }

  private run(args: readonly string[], watch?: (text: string, kill: () => void) => void): Promise<RunResult> {
    const from = performance.now();
    return new Promise((resolve, reject) => {
      const child = spawn("pulumi", ["--non-interactive", "--color=never", ...args], {
        cwd: this.folder,
        env: this.env,
        stdio: ["ignore", "pipe", "pipe"],
        detached: true,
      });
      const kill = () => {
        if (child.pid !== undefined && child.exitCode === null) process.kill(-child.pid, "SIGKILL");
      };
      let text = "";
      const take = (part: string) => {
        text += part;
        watch?.(text, kill);
      };
      child.stdout.setEncoding("utf8").on("data", take);
      child.stderr.setEncoding("utf8").on("data", take);
      child.on("error", reject);
      child.on("close", (code) =>
        resolve({ code: code ?? 137, text, seconds: (performance.now() - from) / 1000 }),
      );
    });
  }
}
