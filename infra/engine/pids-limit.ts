import * as pulumi from "@pulumi/pulumi";

export interface PidsLimitArgs {
  readonly containerId: pulumi.Input<string>;
  /** Ceiling of processes and threads. */
  readonly limit: number;
  /** Engine address; empty = the docker CLI's default. */
  readonly dockerHost: string;
}

interface Inputs {
  readonly containerId: string;
  readonly limit: number;
  readonly dockerHost: string;
}

// Pulumi runs this in a process of its own from its source text: nothing may be captured from this file,
// and Node's modules come through process.getBuiltinModule.
const provider: pulumi.dynamic.ResourceProvider<Inputs, Inputs> = {
  async create(inputs) {
    const { execFileSync } = process.getBuiltinModule("node:child_process");
    const host = inputs.dockerHost === "" ? [] : ["-H", inputs.dockerHost];
    const args = [...host, "update", "--pids-limit", String(inputs.limit), inputs.containerId];
    execFileSync("docker", args, { stdio: ["ignore", "ignore", "pipe"], timeout: 60_000 });
    return { id: `${inputs.containerId.slice(0, 12)}-pids`, outs: inputs };
  },
  async read(id, props) {
    if (props === undefined) return {};
    const { execFileSync } = process.getBuiltinModule("node:child_process");
    const host = props.dockerHost === "" ? [] : ["-H", props.dockerHost];
    const args = [...host, "inspect", "--format", "{{.HostConfig.PidsLimit}}", props.containerId];
    try {
      const text = execFileSync("docker", args, {
        encoding: "utf8",
        stdio: ["ignore", "pipe", "pipe"],
        timeout: 60_000,
      });
      return { id, props: { ...props, limit: Number.parseInt(text, 10) || 0 } };
    } catch {
      // The container is gone, and the limit with it.
      return {};
    }
  },
  async diff(_id, olds, news) {
    const moved = olds.containerId !== news.containerId || olds.dockerHost !== news.dockerHost;
    return { changes: moved || olds.limit !== news.limit, replaces: moved ? ["containerId"] : [] };
  },
  async update(_id, _olds, news) {
    const { execFileSync } = process.getBuiltinModule("node:child_process");
    const host = news.dockerHost === "" ? [] : ["-H", news.dockerHost];
    const args = [...host, "update", "--pids-limit", String(news.limit), news.containerId];
    execFileSync("docker", args, { stdio: ["ignore", "ignore", "pipe"], timeout: 60_000 });
    return { outs: news };
  },
};

/** The limit of processes that the Docker provider can't set (pulumi-docker.md, 23). */
export class PidsLimit extends pulumi.dynamic.Resource {
  constructor(name: string, args: PidsLimitArgs, opts?: pulumi.CustomResourceOptions) {
    super(provider, name, { ...args }, opts);
  }
}
