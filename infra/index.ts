import { checkEngine } from "./engine/check.ts";
import { litellmRelease } from "./images/catalog.ts";
import { resolveStackImages } from "./images/resolve.ts";
import { refuseGhostKeys } from "./litellm/ghost-keys.ts";
import { readable } from "./readable.ts";
import { renderFiles } from "./render/files.ts";
import { loadSettings, warn } from "./settings/load.ts";
import { Stack } from "./stack.ts";

// Pulumi brings an old ts-node that maps every stack trace through source maps, one per resource: 0.6 s of a preview. Node
// strips types in place, so positions are right without it.
Reflect.deleteProperty(Error, "prepareStackTrace");

const root = new URL("..", import.meta.url).pathname.replace(/\/$/, "");

const stack = readable(() => {
  const { settings, providerSecrets, engineTls, saltKey } = loadSettings(root);
  const images = resolveStackImages(root, settings);
  checkEngine(root, settings, images);
  const files = renderFiles(settings);
  const release = litellmRelease[settings.images.source];
  warn(refuseGhostKeys(settings.stackName, files.litellm["config.yaml"] ?? "", release));
  return new Stack({ root, settings, providerSecrets, engineTls, saltKey, files, images });
});

export const {
  stackName,
  profile,
  dockerHost,
  urls,
  auditLog,
  auditPublicKey,
  cerberusEnv,
  masterKey,
  uiLogin,
  agentKeyAlias,
  access,
  accessKeys,
  models,
  demoModel,
  safety,
  caches,
  rotation,
  replicas,
  containers,
} = stack.outputs;
