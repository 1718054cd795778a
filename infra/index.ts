import { readable } from "./readable.ts";
import { requireBuiltImages } from "./images/on-engine.ts";
import { resolveStackImages } from "./images/resolve.ts";
import { renderFiles } from "./render/files.ts";
import { loadSettings } from "./settings/load.ts";
import { Stack } from "./stack.ts";

const root = new URL("..", import.meta.url).pathname.replace(/\/$/, "");

const stack = readable(() => {
  const { settings, providerSecrets } = loadSettings(root);
  const images = resolveStackImages(root, settings);
  requireBuiltImages(images, settings);
  return new Stack({ settings, providerSecrets, files: renderFiles(settings), images });
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
