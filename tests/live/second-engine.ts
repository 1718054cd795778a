import { execFileSync, spawn } from "node:child_process";
import { chmodSync, mkdirSync, mkdtempSync, openSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { setTimeout as sleep } from "node:timers/promises";
import { docker } from "../../ops/docker.ts";
import { freePort } from "./clone.ts";

/** Name of its bridge: one for all runs, since two tests of one machine never run beside each other. */
const bridge = "cerberus-test0";
const ip = (...args: string[]): string => execFileSync("ip", args, { encoding: "utf8" });

/** A Docker engine of the test's own beside the machine's: own data, own sockets, TLS with a throw-away authority. */
export class SecondEngine {
  readonly folder = mkdtempSync(`${tmpdir()}/cerberus-engine-`);
  /** What the test itself, and a login on that "machine", uses. */
  readonly socket = `unix://${this.folder}/docker.sock`;
  /** Folder of ca.pem, cert.pem and key.pem of a client it trusts. */
  readonly client = `${this.folder}/client`;
  /** The same, of another authority. */
  readonly stranger = `${this.folder}/stranger`;
  address = "";
  private stopping = async (): Promise<void> => undefined;

  static async start(): Promise<SecondEngine> {
    const engine = new SecondEngine();
    const { folder } = engine;
    const port = await freePort();
    engine.address = `tcp://127.0.0.1:${port}`;
    certificates(`${folder}/server`, engine.client);
    certificates(`${folder}/other`, engine.stranger);
    // A run that was killed may have left it.
    if (ip("-brief", "link").includes(`${bridge} `)) ip("link", "delete", bridge);
    ip("link", "add", bridge, "type", "bridge");
    ip("link", "set", bridge, "up");
    ip("address", "add", "10.212.0.1/24", "dev", bridge);
    const log = openSync(`${folder}/log`, "w");
    const child = spawn(
      "dockerd",
      [
        ...["--data-root", `${folder}/data`, "--exec-root", `${folder}/exec`, "--pidfile", `${folder}/pid`],
        // Its networks must not meet those of the machine's own engine, nor its rules the machine's. A bridge of its own, since an
        // engine told to have none takes docker0 away from the one that is there.
        ...["--bridge", bridge, "--iptables=false", "--ip6tables=false"],
        ...["--default-address-pool", "base=10.213.0.0/16,size=24"],
        ...["--host", engine.socket, "--host", engine.address, "--tlsverify"],
        ...["--tlscacert", `${folder}/server/ca.pem`],
        ...["--tlscert", `${folder}/server/cert.pem`, "--tlskey", `${folder}/server/key.pem`],
      ],
      { stdio: ["ignore", log, log] },
    );
    const exited = new Promise((resolve) => child.once("exit", resolve));
    engine.stopping = async () => {
      child.kill("SIGTERM");
      await exited;
      ip("link", "delete", bridge);
    };
    for (let attempt = 0; attempt < 150; attempt++) {
      const answers = await docker(["version"], { host: engine.socket }).catch(() => undefined);
      if (answers !== undefined) return engine;
      await sleep(200);
    }
    const said = readFileSync(`${folder}/log`, "utf8");
    await engine.stop();
    throw new Error(`the second engine did not start:\n${said.slice(-2_000)}`);
  }

  /** Runs the docker command on it, past all certificates. */
  docker = (...args: string[]): Promise<string> => docker(args, { host: this.socket });

  /** Copies an image from the machine's own engine. */
  async take(image: string): Promise<void> {
    const archive = `${this.folder}/image.tar`;
    await docker(["save", "--output", archive, image]);
    await this.docker("load", "--quiet", "--input", archive);
    rmSync(archive);
  }

  async stop(): Promise<void> {
    await this.stopping();
    rmSync(this.folder, { recursive: true, force: true });
  }
}

/** A new authority, a server's certificate and a client's by it; each folder gets ca.pem, cert.pem and key.pem. */
function certificates(server: string, client: string): void {
  const ca = `${server}-ca`;
  for (const folder of [server, client, ca]) mkdirSync(folder, { mode: 0o700 });
  const openssl = (...args: string[]) => execFileSync("openssl", args, { stdio: "ignore" });
  const newKey = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes"];
  const authority = ["-keyout", `${ca}/key.pem`, "-out", `${ca}/ca.pem`, "-subj", "/CN=throw-away authority"];
  openssl("req", "-x509", "-days", "2", ...newKey, ...authority);
  writeFileSync(`${ca}/extensions`, "subjectAltName=IP:127.0.0.1\nextendedKeyUsage=serverAuth,clientAuth\n");
  for (const folder of [server, client]) {
    const request = `${folder}/request.csr`;
    openssl("req", ...newKey, "-keyout", `${folder}/key.pem`, "-out", request, "-subj", "/CN=throw-away");
    openssl(
      ...["x509", "-req", "-days", "2", "-in", request, "-out", `${folder}/cert.pem`],
      ...[
        "-CA",
        `${ca}/ca.pem`,
        "-CAkey",
        `${ca}/key.pem`,
        "-CAcreateserial",
        "-extfile",
        `${ca}/extensions`,
      ],
    );
    writeFileSync(`${folder}/ca.pem`, readFileSync(`${ca}/ca.pem`));
    chmodSync(`${folder}/key.pem`, 0o600);
  }
}
