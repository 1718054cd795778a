import * as docker from "@pulumi/docker";
import * as pulumi from "@pulumi/pulumi";
import { LogFolder } from "../engine/log-folder.ts";
import { containerPorts, engineName, hosts, tokens } from "../names.ts";
import { auditFolder } from "../render/cerberus-settings.ts";
import { stackLabels } from "./context.ts";
import { litellmUid } from "./litellm-process.ts";
import { type PluginServiceArgs, pluginService } from "./plugin-service.ts";
import { Service } from "./service.ts";

export interface AuditWriterArgs extends PluginServiceArgs {
  /** Folder of this machine that holds the log and its short name, or null for a volume on the engine. */
  readonly folder: { readonly path: string; readonly link: string } | null;
}

/** The one process that writes the audit log: it owns the file, the chain and the signing key. */
export class AuditWriter extends pulumi.ComponentResource {
  readonly service: Service;
  /** Where the log is: a folder of this machine, or a volume on the engine. */
  readonly log: { readonly folder: string } | { readonly volume: string };

  constructor(name: string, args: AuditWriterArgs, opts?: pulumi.ComponentResourceOptions) {
    super(tokens.auditWriter, name, {}, opts);
    const { context, networks, folder } = args;
    const child = { parent: this };
    const uid = folder === null ? litellmUid : folderOwner();
    const volumeName = engineName(context.stackName, "audit-data");
    this.log = folder === null ? { volume: volumeName } : { folder: folder.path };
    const kept =
      folder === null
        ? new docker.Volume(
            `${name}-data`,
            { name: volumeName, labels: stackLabels(context.stackName, hosts.audit) },
            { ...child, protect: context.protectData, ignoreChanges: ["labels"] },
          )
        : new LogFolder(`${name}-folder`, { ...folder, uid }, child);
    this.service = new Service(
      name,
      {
        ...pluginService(
          name,
          hosts.audit,
          "cerberus_gateway.audit.writer",
          containerPorts.auditMetrics,
          args,
          child,
        ),
        uid,
        networks: [{ network: networks.app, aliases: [hosts.audit] }],
        data:
          kept instanceof docker.Volume
            ? { volume: kept, path: auditFolder }
            : { hostPath: folder?.path ?? "", path: auditFolder, madeBy: kept },
      },
      child,
    );
    this.registerOutputs({});
  }
}

/** Whoever runs Pulumi may read and remove the log; a container never runs as root, so root's logs get a user of their own. */
function folderOwner(): number {
  const own = process.getuid?.() ?? 0;
  return own === 0 ? litellmUid : own;
}
