import type { LocatedYaml } from "../../../infra/settings/strict-yaml.ts";
import { isReference, isSecretName, looksSecret } from "../../secret-text.ts";
import type { ImportContext } from "../draft.ts";
import { type Finding, type Reporter, reporter } from "../finding.ts";
import { asList, asNumber, asPlain, asText, isPlain } from "../plain.ts";
import { placeVariable } from "../variables.ts";
import { isWellKnown, judgeSecret, passwordOf } from "../weak-secrets.ts";
import { isLitellm, reportImage } from "./image.ts";
import { portsOf, reportPorts } from "./ports.ts";
import { type ComposeService, flagOf, hostPath, interpolate, servicesOf, wordsOf } from "./service.ts";

/** The service that runs LiteLLM: by its image, else by its command. */
export const litellmService = (source: LocatedYaml): ComposeService | undefined => {
  const services = servicesOf(asPlain(source.value));
  return (
    services.find(({ value }) => isLitellm(asText(value["image"]) ?? "")) ??
    services.find(
      ({ name, value }) => /litellm/i.test(name) || wordsOf(value["command"]).includes("--config"),
    )
  );
};

/** Files that a compose file leads to, as it names them. */
export interface LinkedFiles {
  /** LiteLLM's configuration on the host. */
  readonly config: string | undefined;
  /** The same as the container sees it. */
  readonly inside: string | undefined;
  readonly envFiles: readonly string[];
}

export function linkedFiles(source: LocatedYaml): LinkedFiles {
  const service = litellmService(source);
  if (service === undefined) return { config: undefined, inside: undefined, envFiles: [] };
  const words = [...wordsOf(service.value["entrypoint"]), ...wordsOf(service.value["command"])];
  const named = flagOf(words, "--config") ?? flagOf(words, "-c");
  const variable = service.environment.find(({ name }) => name === "CONFIG_FILE_PATH")?.value;
  const inside = named ?? variable;
  const envFiles = [service.value["env_file"]]
    .flat()
    .flatMap((row) => asText(isPlain(row) ? row["path"] : row) ?? []);
  return {
    inside,
    config:
      inside === undefined ? undefined : (hostPath(service, inside) ?? fromConfigs(source, service, inside)),
    envFiles,
  };
}

/** Compose's own `configs`, mounted at a target. */
function fromConfigs(source: LocatedYaml, service: ComposeService, inside: string): string | undefined {
  const used = asList(service.value["configs"]).find((row) => asPlain(row)["target"] === inside);
  const name = asText(asPlain(used)["source"]);
  return name === undefined
    ? undefined
    : asText(asPlain(asPlain(asPlain(source.value)["configs"])[name])["file"]);
}

/** The literal values of LiteLLM's environment. */
export function environmentOf(source: LocatedYaml): Map<string, string> {
  const entries = litellmService(source)?.environment ?? [];
  return new Map(entries.flatMap(({ name, value }) => (value === undefined ? [] : [[name, value] as const])));
}

/** Services that the gateway brings itself. */
const brought = /litellm|postgres|redis|valkey|prometheus|haproxy|nginx|traefik/i;

/** Takes a compose file in: how LiteLLM is run, and what is unsafe about it. */
export function importCompose(
  source: LocatedYaml,
  asked: ReadonlySet<string>,
  context: ImportContext,
  findings: Finding[],
): void {
  const say = reporter(source, findings);
  const services = servicesOf(asPlain(source.value));
  const litellm = litellmService(source);
  if (litellm === undefined) {
    const found = "no service runs LiteLLM: none has its image, its name or --config";
    say.defect("no-litellm", ["services"], found, "name the compose file that starts it, or its config.yaml");
    return;
  }
  for (const service of services) {
    reportPorts(say, service);
    reportImage(say, service, context.environment);
    reportEnvironment(say, service);
    reportPrivileges(say, service);
    reportCommand(say, service);
  }
  reportConfig(say, litellm, linkedFiles(source));
  for (const { name, value, steps } of services) {
    if (name === litellm.name || brought.test(`${name} ${asText(value["image"])}`)) continue;
    say.dropped(
      steps,
      `the service ${name} is not carried over`,
      "run it beside the gateway if it is still needed",
    );
  }
  for (const { name, steps } of litellm.environment) placeVariable(say, steps, name, asked, context);
  reportProcess(say, litellm, services, context);
}

function reportEnvironment(say: Reporter, { environment }: ComposeService): void {
  for (const { name, value, steps } of environment) {
    // What stands behind `:-` is a secret in the file like any other.
    const literal = value?.replace(/\$\{\w+:?-([^}]*)\}/g, "$1");
    if (literal === undefined || literal === "" || isReference(literal)) continue;
    judgeSecret(say, steps, name, literal);
    const known = isWellKnown(passwordOf(literal) ?? literal);
    if (!known && !/\$\{?\w/.test(literal) && (looksSecret(literal) || isSecretName(name))) {
      say.defect(
        "literal-secret",
        steps,
        `${name} stands in the file in plain text: everyone who reads the file or its history has it`,
        `revoke it, and put a new one into .env as ${name} if the gateway does not make its own`,
      );
    }
  }
}

/** Secrets on a command line are seen by everyone who may list processes. */
function reportCommand(say: Reporter, { name, value, steps }: ComposeService): void {
  const words = wordsOf(value["command"]);
  const secret = words.some((word, i) => {
    const before = words[i - 1] ?? "";
    return !isReference(word) && (looksSecret(word) || /^--?(requirepass|password|master_key)$/.test(before));
  });
  if (!secret) return;
  const found = `the command of ${name} holds a secret: everyone who may list processes has it`;
  say.defect(
    "literal-secret",
    [...steps, "command"],
    found,
    "change it; the gateway hands secrets over as files",
  );
}

function reportConfig(say: Reporter, { name, steps }: ComposeService, { config, inside }: LinkedFiles): void {
  if (config !== undefined) return;
  if (inside === undefined) {
    const found = `${name} is given no --config: its models stand in its database or nowhere`;
    say.defect(
      "no-config",
      steps,
      found,
      "export them from its admin UI into a config.yaml, and name that one too",
    );
  } else {
    const found = `${name} reads ${inside}, which no volume or config of it brings`;
    say.defect(
      "no-config",
      steps,
      found,
      "name the file as well: npm run import -- docker-compose.yml config.yaml",
    );
  }
}

function reportPrivileges(say: Reporter, { name, value, steps }: ComposeService): void {
  if (value["privileged"] === true) {
    say.defect("privileged", [...steps, "privileged"], `${name} is root on the host`, "remove it");
  }
  asList(value["volumes"]).forEach((row, i) => {
    const text = isPlain(row) ? asText(row["source"]) : asText(row);
    if (!text?.includes("docker.sock")) return;
    const found = `${name} holds the engine's socket, which is root on the host`;
    say.defect("engine-socket", [...steps, "volumes", i], found, "remove it; LiteLLM needs none");
  });
}

/** How LiteLLM's processes are run: number, limits, health, what they share. */
function reportProcess(
  say: Reporter,
  service: ComposeService,
  services: readonly ComposeService[],
  { draft, environment }: ImportContext,
): void {
  const { value, steps, name } = service;
  const command = wordsOf(value["command"]).map((word) => interpolate(word, environment));
  const deploy = asPlain(value["deploy"]);
  const workers =
    asNumber(flagOf(command, "--num_workers")) ??
    asNumber(service.environment.find((entry) => entry.name === "NUM_WORKERS")?.value) ??
    1;
  const copies = asNumber(deploy["replicas"]) ?? asNumber(value["scale"]) ?? 1;
  const processes = Math.max(1, workers * copies);
  if (processes > 1) draft.settings.set("replicas", Math.min(8, processes));
  if (workers > 1) {
    const found = `runs ${workers} workers in one container: on a slow machine they are killed and restarted for ever, and a failed start goes unseen`;
    say.defect(
      "many-workers",
      [...steps, "command"],
      found,
      "run one worker each in more containers: replicas",
    );
  }
  if (command.some((word) => /^--(detailed_)?debug$/.test(word))) {
    say.defect(
      "debug-log",
      [...steps, "command"],
      "logs in debug: prompts and keys end up in the log",
      "remove the flag",
    );
  }
  const redis = services.some((other) =>
    /redis|valkey|dragonfly/i.test(`${other.name} ${asText(other.value["image"])}`),
  );
  if (!redis && !environment.has("REDIS_HOST") && !environment.has("REDIS_URL")) {
    const found = `${name} has no Redis: limits and cooldowns count per process, and there is no shared cache`;
    say.defect("no-redis", steps, found, "nothing: the gateway brings two");
  }
  if (value["healthcheck"] === undefined) {
    say.defect(
      "no-healthcheck",
      steps,
      `${name} has no health check: a hung process stays`,
      "nothing: every container has one",
    );
  } else if (/\/health(?![/\w])/.test(wordsOf(asPlain(value["healthcheck"])["test"]).join(" "))) {
    const found = "asks /health, which needs a key and makes a paid call to every deployment";
    say.defect("paid-probe", [...steps, "healthcheck"], found, "ask /health/liveliness or /health/readiness");
  }
  if (
    asPlain(asPlain(deploy["resources"])["limits"])["memory"] === undefined &&
    value["mem_limit"] === undefined
  ) {
    const found = `${name} has no memory limit: one leak takes the machine along`;
    say.defect(
      "no-limits",
      steps,
      found,
      "nothing: every container has one (resources in the stack's settings)",
    );
  }
  const port = portsOf(service).find((one) => one?.container === "4000")?.host;
  if (port !== undefined && /^\d+$/.test(port) && port !== "4000")
    draft.settings.set("ports.gateway", Number(port));
}
