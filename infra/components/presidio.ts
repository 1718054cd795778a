import * as pulumi from "@pulumi/pulumi";
import { containerPorts, hosts, tokens } from "../names.ts";
import type { Settings } from "../settings/parse.ts";
import { usesOwnPresidio } from "../settings/presidio.ts";
import type { StackContext } from "./context.ts";
import type { Networks } from "./networks.ts";
import { type ResourceLimits, Service } from "./service.ts";

export interface PresidioArgs {
  readonly context: StackContext;
  readonly networks: Networks;
  readonly analyzerLimits: ResourceLimits;
  readonly anonymizerLimits: ResourceLimits;
}

/** Presidio's analyzer and anonymizer: find and mask personal data. Only inside the app network, with no way out. */
export class Presidio extends pulumi.ComponentResource {
  readonly services: readonly Service[];

  constructor(name: string, args: PresidioArgs, opts?: pulumi.ComponentResourceOptions) {
    super(tokens.presidio, name, {}, opts);
    const { context, networks } = args;
    const service = (
      host: typeof hosts.presidioAnalyzer | typeof hosts.presidioAnonymizer,
      limits: ResourceLimits,
    ): Service =>
      new Service(
        host,
        {
          context,
          service: host,
          image: host,
          // The user of the official images.
          uid: 1001,
          networks: [{ network: networks.app, aliases: [host] }],
          env: presidioEnv,
          tmpfsMib: { "/tmp": 16 },
          limits,
          health: {
            command: ["python3", "-c", healthProbe],
            intervalSeconds: 10,
            timeoutSeconds: 10,
            // A language model takes its time to load.
            startPeriodSeconds: 120,
          },
          stopSeconds: 30,
        },
        { parent: this },
      );
    this.services = [
      service(hosts.presidioAnalyzer, args.analyzerLimits),
      service(hosts.presidioAnonymizer, args.anonymizerLimits),
    ];
    this.registerOutputs({});
  }
}

/** The stack's presidio, if one of its guardrails asks for it. */
export const presidioOf = (
  { guardrails, resources }: Pick<Settings, "guardrails" | "resources">,
  place: Pick<PresidioArgs, "context" | "networks">,
  opts?: pulumi.ComponentResourceOptions,
): Presidio | undefined =>
  guardrails.some(usesOwnPresidio)
    ? new Presidio(
        "presidio",
        {
          ...place,
          analyzerLimits: resources.presidioAnalyzer,
          anonymizerLimits: resources.presidioAnonymizer,
        },
        opts,
      )
    : undefined;

/**
 * Both sources run gunicorn. Threads answer the health check beside a long text, connections stay open longer than LiteLLM
 * keeps them, and there is no control socket: with it, gunicorn 25.1 of the official images hangs at about every tenth start.
 */
export const presidioEnv = {
  PORT: String(containerPorts.presidio),
  WORKERS: "1",
  GUNICORN_CMD_ARGS:
    "--worker-class gthread --threads 4 --keep-alive 75 --no-control-socket --worker-tmp-dir /dev/shm",
} as const;

/** Python is what the official images and ours have in common; an answer that is no 200 raises. */
const healthProbe = `import urllib.request; urllib.request.urlopen("http://127.0.0.1:${containerPorts.presidio}/health", timeout=5)`;
