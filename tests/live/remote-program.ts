import * as pulumi from "@pulumi/pulumi";
import * as random from "@pulumi/random";
import type { ImageName, StackContext } from "../../infra/components/context.ts";
import { Images } from "../../infra/components/images.ts";
import { Networks } from "../../infra/components/networks.ts";
import { Redis } from "../../infra/components/redis.ts";
import { checkEngine } from "../../infra/engine/check.ts";
import { engineOptions } from "../../infra/engine/provider.ts";
import { packagesReference } from "../../infra/images/packages.ts";
import { hosts } from "../../infra/names.ts";
import { readable } from "../../infra/readable.ts";
import { renderFiles } from "../../infra/render/files.ts";
import { loadSettings } from "../../infra/settings/load.ts";

// The program of remote-engine.test.ts: a slice of the real stack (networks, an image, files, a volume, a service and its limit
// of processes), wired as infra/stack.ts wires it, so small that an engine can have it in seconds.

const root = new URL("../..", import.meta.url).pathname.replace(/\/$/, "");

class Slice extends pulumi.ComponentResource {
  constructor() {
    const { settings, engineTls } = loadSettings(root);
    const redis = packagesReference(root, "redis");
    const images = Object.fromEntries([["redis", redis]]) as Record<ImageName, string>;
    checkEngine(root, settings, images);
    super("cerberus:test:Slice", settings.stackName, {}, engineOptions(settings.engine.host, engineTls));
    const child = { parent: this };
    const context: StackContext = {
      stackName: settings.stackName,
      dockerHost: settings.engine.host ?? "",
      dockerTls: engineTls,
      protectData: false,
      image: () => redis,
      imagesReady: new Images("images", images, child),
    };
    const password = new random.RandomPassword("password", { length: 64, special: false }, child).result;
    new Redis(
      hosts.redisCoordination,
      {
        context,
        host: hosts.redisCoordination,
        network: new Networks("networks", context, child).data,
        files: renderFiles(settings).redisCoordination,
        password: pulumi.secret(password),
        operatorPassword: pulumi.secret(password),
        hmacKey: pulumi.secret(password),
        persistent: true,
        limits: settings.resources.redis,
      },
      child,
    );
    this.registerOutputs({});
  }
}

readable(() => new Slice());
