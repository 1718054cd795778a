import { realpathSync } from "node:fs";
import { docker } from "../../ops/docker.ts";
import { projectRoot } from "../../ops/paths.ts";
import type { Behaviour, Seen } from "../upstream/behaviour.ts";

/** The test upstream, as a container on a stack's egress network: where a provider would be. */
export class UpstreamContainer {
  /** What the gateway calls it; set before the stack is made. */
  static readonly url = "http://upstream:8080";
  readonly name: string;
  private readonly port: number;

  private constructor(name: string, port: number) {
    this.name = name;
    this.port = port;
  }

  /**
   * @param image any image of the stack that holds glibc; Node comes from this project's own packages
   * @param port loopback port for the tests' own control calls
   */
  static async start(stack: string, image: string, port: number): Promise<UpstreamContainer> {
    const name = `${stack}-upstream`;
    const node = realpathSync(process.execPath);
    await docker([
      ...["run", "--detach", "--name", name, "--network", `${stack}-egress`, "--network-alias", "upstream"],
      ...["--publish", `127.0.0.1:${port}:8080`, "--read-only", "--cap-drop", "ALL", "--user", "65534:65534"],
      ...["--volume", `${node}:/node:ro`, "--volume", `${projectRoot}/tests/upstream:/upstream:ro`],
      ...["--entrypoint", "/node", image, "/upstream/server.ts", "8080"],
    ]);
    const upstream = new UpstreamContainer(name, port);
    for (let attempt = 0; ; attempt++) {
      try {
        await upstream.forget();
        return upstream;
      } catch (error) {
        if (attempt > 50) throw new Error(`${await docker(["logs", name])}`, { cause: error });
        await new Promise((resume) => setTimeout(resume, 200));
      }
    }
  }

  async behave(model: string, behaviour: Partial<Behaviour>): Promise<void> {
    await this.control("PUT", `/${model}`, behaviour);
  }

  seen = (): Promise<readonly Seen[]> => this.control("GET", "");
  forget = (): Promise<readonly Seen[]> => this.control("DELETE", "");

  async stop(): Promise<void> {
    await docker(["rm", "--force", this.name]);
  }

  private async control(method: string, path: string, body?: object): Promise<readonly Seen[]> {
    const response = await fetch(`http://127.0.0.1:${this.port}/control${path}`, {
      method,
      ...(body ? { body: JSON.stringify(body) } : {}),
    });
    return (await response.json()) as readonly Seen[];
  }
}
