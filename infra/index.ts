import { litellmRelease } from "./images/catalog.ts";
import { requireBuiltImages } from "./images/on-engine.ts";
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
  const { settings, providerSecrets } = loadSettings(root);
  const images = resolveStackImages(root, settings);
  requireBuiltImages(images, settings);
  const files = renderFiles(settings);
  const release = litellmRelease[settings.images.source];
  warn(refuseGhostKeys(settings.stackName, files.litellm["config.yaml"] ?? "", release));
  return new Stack({ settings, providerSecrets, files, images });
});

export const {
  stackName,
  profile,
  dockerHost,
  urls,
  cerberusEnv,
  masterKey,
  uiLogin,
  agentKeyAlias,
  models,
  demoModel,
  replicas,
  containers,
} = stack.outputs;
