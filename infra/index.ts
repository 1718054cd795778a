import { resolveStackImages } from "./images/resolve.ts";
import { renderFiles } from "./render/files.ts";
import { loadSettings } from "./settings/load.ts";
import { Stack } from "./stack.ts";

const root = new URL("..", import.meta.url).pathname.replace(/\/$/, "");

const { settings, providerSecrets } = loadSettings(root);
const files = renderFiles(settings);
const images = resolveStackImages(root, settings);
const stack = new Stack({ settings, providerSecrets, files, images });

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
