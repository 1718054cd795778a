import * as pulumi from "@pulumi/pulumi";
import * as random from "@pulumi/random";
import { auditFolder } from "./audit-folder.ts";
import { Access } from "./components/access.ts";
import { Approvals } from "./components/approvals.ts";
import { AuditWriter } from "./components/audit-writer.ts";
import type { StackContext } from "./components/context.ts";
import { FrontDoor } from "./components/front-door.ts";
import { Images } from "./components/images.ts";
import { Litellm } from "./components/litellm.ts";
import { Migration } from "./components/migration.ts";
import { configFiles } from "./components/mounted-files.ts";
import { Networks } from "./components/networks.ts";
import { Postgres } from "./components/postgres.ts";
import { presidioOf } from "./components/presidio.ts";
import { Prometheus } from "./components/prometheus.ts";
import { Redis } from "./components/redis.ts";
import { Secrets } from "./components/secrets.ts";
import { SaltGuard } from "./credentials/salt-guard.ts";
import { engineOptions } from "./engine/provider.ts";
import type { EngineTls } from "./engine/tls.ts";
import { type ImageReferences, neededImage } from "./images/resolve.ts";
import { hosts, pluginSecretNames, secretNames, tokens } from "./names.ts";
import type { RenderedFiles } from "./render/files.ts";
import { pluginFolder } from "./render/plugins.ts";
import type { Settings } from "./settings/parse.ts";
import { type Outputs, stackOutputs } from "./stack-outputs.ts";

export interface StackArgs {
  /** Folder of the project: the audit log of a local engine is below it. */
  readonly root: string;
  readonly settings: Settings;
  readonly providerSecrets: Readonly<Record<string, pulumi.Output<string>>>;
  /** Certificates of a tcp:// engine. */
  readonly engineTls?: EngineTls | undefined;
  /** Salt key from an escrow file, in place of one of the stack's own. */
  readonly saltKey?: pulumi.Output<string> | undefined;
  readonly files: RenderedFiles;
  readonly images: ImageReferences;
}

/** Everything one environment consists of: the only place where components meet. */
export class Stack extends pulumi.ComponentResource {
  readonly outputs: Outputs;

  constructor(args: StackArgs) {
    const { settings, files, images: imageRefs } = args;
    super(tokens.stack, settings.stackName, {}, engineOptions(settings.engine.host, args.engineTls));
    const child = { parent: this };
    const context: StackContext = {
      stackName: settings.stackName,
      dockerHost: settings.engine.host ?? "",
      dockerTls: args.engineTls,
      protectData: settings.protectData,
      image: (name) => neededImage(imageRefs, name),
      imagesReady: new Images("images", imageRefs, child),
    };
    const secrets = new Secrets(
      "secrets",
      { context, rotation: settings.rotation, saltKey: args.saltKey },
      child,
    );
    const hmacKey = secrets.volumeHmacKey;
    const networks = new Networks("networks", context, child);
    const { resources } = settings;

    const postgres = new Postgres(
      "postgres",
      {
        context,
        network: networks.data,
        files: files.postgres,
        password: secrets.databasePassword,
        login: { generation: settings.rotation.db, password: secrets.databaseLoginPassword },
        hmacKey,
        limits: resources.postgres,
      },
      child,
    );
    const redis = (host: string, own: RenderedFiles["redisCache"], password: pulumi.Output<string>) =>
      new Redis(
        host,
        {
          context,
          host,
          network: networks.data,
          files: own,
          password,
          operatorPassword: secrets.redisOperatorPassword,
          hmacKey,
          persistent: host === hosts.redisCoordination,
          limits: resources.redis,
        },
        child,
      );
    const cache = redis(hosts.redisCache, files.redisCache, secrets.redisCachePassword);
    const coordination = redis(
      hosts.redisCoordination,
      files.redisCoordination,
      secrets.redisCoordinationPassword,
    );

    const salt = new SaltGuard(
      "salt-guard",
      { context, containerId: postgres.service.container.id, saltKey: secrets.saltKey },
      { parent: this, dependsOn: [postgres.ready] },
    );

    const database = { [secretNames.databaseUrl]: postgres.url };
    const migration = new Migration(
      "migration",
      {
        context,
        network: networks.data,
        files: files.migration,
        secrets: database,
        hmacKey,
        memoryMib: resources.litellm.memoryMib,
      },
      { parent: this, dependsOn: [postgres.ready] },
    );
    const plugins = configFiles(
      "plugins",
      { context, service: "plugins", image: "litellm", files: files.plugins, readFrom: pluginFolder },
      child,
    );
    const plugin = { context, networks, files: files.pluginServices, plugins, hmacKey };
    const folder = auditFolder(args.root, settings);
    const auditWriter = settings.audit.enabled
      ? new AuditWriter(
          "audit",
          {
            ...plugin,
            secrets: {
              [pluginSecretNames.auditToken]: secrets.auditToken,
              [pluginSecretNames.auditSigningKey]: secrets.auditSigningKey,
            },
            limits: resources.auditWriter,
            folder,
          },
          child,
        )
      : undefined;
    const recorded = auditWriter ? [auditWriter.service.ready] : [];
    const presidio = presidioOf(settings, { context, networks }, child);
    const guards = presidio?.services.map((service) => service.ready) ?? [];
    const { [pluginSecretNames.approvalsWebhookUrl]: webhookUrl, ...providerSecrets } = args.providerSecrets;
    const litellm = new Litellm(
      "litellm",
      {
        context,
        networks,
        files: files.litellm,
        plugins,
        secrets: {
          ...database,
          ...providerSecrets,
          [secretNames.masterKey]: secrets.masterKey,
          [secretNames.saltKey]: salt.provenKey,
          [secretNames.redisCachePassword]: secrets.redisCachePassword,
          [secretNames.redisCoordinationPassword]: secrets.redisCoordinationPassword,
          [secretNames.uiPassword]: secrets.uiPassword,
          [pluginSecretNames.auditToken]: secrets.auditToken,
          [pluginSecretNames.auditSalt]: secrets.auditSalt,
        },
        hmacKey,
        replicas: settings.replicas,
        limits: resources.litellm,
        requestTimeoutSeconds: settings.requestTimeoutSeconds,
      },
      {
        parent: this,
        dependsOn: pulumi
          .output(migration.done)
          .apply(() => [migration.job, cache.ready, coordination.ready, ...recorded, ...guards]),
      },
    );
    const approvals = settings.approvals.enabled
      ? new Approvals(
          "approvals",
          {
            ...plugin,
            secrets: {
              [secretNames.redisCoordinationPassword]: secrets.redisCoordinationPassword,
              [pluginSecretNames.auditToken]: secrets.auditToken,
              [pluginSecretNames.approvalsSessionKey]: secrets.approvalsSessionKey,
              ...(webhookUrl ? { [pluginSecretNames.approvalsWebhookUrl]: webhookUrl } : {}),
            },
            limits: resources.approvals,
            port: settings.ports.approvals,
            callsOut: webhookUrl !== undefined,
          },
          { parent: this, dependsOn: [coordination.ready, ...recorded] },
        )
      : undefined;
    const frontDoor = new FrontDoor(
      "frontdoor",
      {
        context,
        networks,
        files: files.frontDoor,
        limits: resources.frontDoor,
        port: settings.ports.gateway,
      },
      { parent: this, dependsOn: recorded },
    );
    const prometheus = new Prometheus(
      "prometheus",
      {
        context,
        networks,
        files: files.prometheus,
        limits: resources.prometheus,
        port: settings.ports.prometheus,
        retentionDays: settings.prometheusRetentionDays,
      },
      child,
    );

    const replicas = litellm.replicas.map((replica) => replica.ready);
    const access = new Access(
      "access",
      { settings, secrets, gatewayUrl: frontDoor.url },
      { parent: this, dependsOn: [frontDoor.service.ready, ...replicas] },
    );

    // A former password is valid until here, where all who used it have been replaced.
    const users = [...replicas, ...(approvals ? [approvals.service.ready] : [])];
    const retired = [postgres, cache, coordination].map((service) => service.retireOthers(users));

    const everything = [
      ...retired,
      context.imagesReady,
      secrets,
      networks,
      postgres,
      cache,
      coordination,
      migration,
      litellm,
      ...[auditWriter, approvals, presidio].filter((service) => service !== undefined),
    ];
    // Protected volumes alone let `destroy` remove all the rest, the database's password included, before it refuses. What
    // depends on everything is deleted first: protected, it stops a destroy before it has begun.
    new random.RandomId(
      "protect-data",
      { byteLength: 4 },
      {
        parent: this,
        protect: context.protectData,
        dependsOn: [...everything, frontDoor, prometheus, access],
      },
    );

    this.outputs = stackOutputs({
      settings,
      dockerHost: context.dockerHost,
      secrets,
      access,
      litellm,
      frontDoor,
      prometheus,
      auditWriter,
      approvals,
      presidio,
    });
    this.registerOutputs({});
  }
}
