import { execFileSync, spawn } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { freePort } from "./clone.ts";

/** A real image registry (Debian's docker-registry) on a loopback port, with a store of its own. */
export class Registry {
  /** host:port, as an image reference starts. */
  readonly prefix: string;
  private readonly stopping: () => void;

  private constructor(prefix: string, stopping: () => void) {
    this.prefix = prefix;
    this.stopping = stopping;
  }

  static async start(): Promise<Registry> {
    install();
    const port = await freePort();
    const folder = mkdtempSync(`${tmpdir()}/cerberus-registry-`);
    mkdirSync(`${folder}/store`);
    writeFileSync(
      `${folder}/config.yml`,
      `version: 0.1\nlog: {level: error}\nstorage: {filesystem: {rootdirectory: ${folder}/store}}\nhttp: {addr: "127.0.0.1:${port}"}\n`,
    );
    const child = spawn("docker-registry", ["serve", `${folder}/config.yml`], { stdio: "ignore" });
    const registry = new Registry(`127.0.0.1:${port}`, () => {
      child.kill("SIGKILL");
      rmSync(folder, { recursive: true, force: true });
    });
    for (let attempt = 0; attempt < 50; attempt++) {
      const answers = await fetch(`http://${registry.prefix}/v2/`).then(
        ({ ok }) => ok,
        () => false,
      );
      if (answers) return registry;
      await new Promise((resume) => setTimeout(resume, 200));
    }
    registry.stop();
    throw new Error("docker-registry did not start");
  }

  stop(): void {
    this.stopping();
  }
}

/** The package starts no service where there is no systemd; elsewhere its own instance is left as it is. */
function install(): void {
  if (existsSync("/usr/bin/docker-registry")) return;
  const env = { ...process.env, DEBIAN_FRONTEND: "noninteractive" };
  const apt = (...args: string[]) => execFileSync("apt-get", ["-qy", ...args], { env, stdio: "ignore" });
  apt("update");
  apt("install", "--no-install-recommends", "docker-registry");
}
