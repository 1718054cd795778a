import { execFileSync, spawn } from "node:child_process";
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir, userInfo } from "node:os";
import { setTimeout as sleep } from "node:timers/promises";
import { listensHere } from "../../ops/tunnel.ts";
import { freePort } from "./clone.ts";

/** An sshd on a loopback port with keys and configuration of its own; whoever logs in finds the given engine. */
export class ThrowAwaySshd {
  readonly address: string;
  /** Folder to put first on PATH: its `ssh` reads this test's configuration, as a user's would stand in ~/.ssh. */
  readonly bin: string;
  readonly stop: () => void;

  private constructor(address: string, bin: string, stop: () => void) {
    this.address = address;
    this.bin = bin;
    this.stop = stop;
  }

  /** @param engine DOCKER_HOST on the far side */
  static async start(engine: string): Promise<ThrowAwaySshd> {
    install();
    const folder = mkdtempSync(`${tmpdir()}/cerberus-sshd-`);
    const port = await freePort();
    const { username } = userInfo();
    for (const name of ["host", "user"]) {
      const key = ["-q", "-t", "ed25519", "-N", "", "-f", `${folder}/${name}`];
      execFileSync("ssh-keygen", key, { stdio: "ignore" });
    }
    const hostKey = readFileSync(`${folder}/host.pub`, "utf8");
    writeFileSync(`${folder}/known_hosts`, `[127.0.0.1]:${port} ${hostKey}`);
    writeFileSync(
      `${folder}/sshd_config`,
      `ListenAddress 127.0.0.1:${port}
HostKey ${folder}/host
AuthorizedKeysFile ${folder}/user.pub
PidFile ${folder}/pid
PermitRootLogin prohibit-password
PasswordAuthentication no
StrictModes no
UsePAM no
MaxStartups 100
SetEnv DOCKER_HOST=${engine}
`,
    );
    writeFileSync(
      `${folder}/ssh_config`,
      `IdentityFile ${folder}/user\nIdentitiesOnly yes\nUserKnownHostsFile ${folder}/known_hosts\nStrictHostKeyChecking yes\nBatchMode yes\n`,
    );
    const bin = `${folder}/bin`;
    mkdirSync(bin);
    writeFileSync(`${bin}/ssh`, `#!/bin/sh\nexec /usr/bin/ssh -F ${folder}/ssh_config "$@"\n`);
    chmodSync(`${bin}/ssh`, 0o755);
    // sshd gives up privileges in this folder, which the system's own service would have made.
    mkdirSync("/run/sshd", { recursive: true });
    const child = spawn("/usr/sbin/sshd", ["-D", "-e", "-f", `${folder}/sshd_config`], { stdio: "ignore" });
    const sshd = new ThrowAwaySshd(`ssh://${username}@127.0.0.1:${port}`, bin, () => {
      child.kill("SIGKILL");
      rmSync(folder, { recursive: true, force: true });
    });
    for (let attempt = 0; attempt < 50; attempt++) {
      if (await listensHere(port)) return sshd;
      await sleep(100);
    }
    sshd.stop();
    throw new Error("sshd did not start");
  }
}

/** Where there is no systemd the package starts no service. */
function install(): void {
  if (existsSync("/usr/sbin/sshd")) return;
  const env = { ...process.env, DEBIAN_FRONTEND: "noninteractive" };
  const apt = (...args: string[]) => execFileSync("apt-get", ["-qy", ...args], { env, stdio: "ignore" });
  apt("update");
  apt("install", "--no-install-recommends", "openssh-server");
}
