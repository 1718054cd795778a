import { gateway } from "../../infra/catalog/gateway.ts";
import { isRemote } from "../../infra/engine/address.ts";
import { heldPorts, portListArgs, portProblem } from "../../infra/engine/held-ports.ts";
import { definedImages } from "../../infra/settings/defined-images.ts";
import { readDefinitions } from "../../infra/settings/definitions-file.ts";
import { type Problem, SettingsError } from "../../infra/settings/errors.ts";
import { profiles } from "../../infra/settings/profiles.ts";
import { StackConfig } from "../../infra/settings/schema/stack-config.ts";
import { namedVariables } from "../../infra/settings/variables.ts";
import { docker } from "../../ops/docker.ts";
import { keepEngineTls } from "../../ops/engine-tls.ts";
import { ensureImages, resolveSource } from "../../ops/images.ts";
import { pulumi } from "../../ops/pulumi.ts";
import { runSmoke } from "../../ops/smoke.ts";
import { readOutputs } from "../../ops/stack-outputs.ts";
import { reachPorts, type Tunnel } from "../../ops/tunnel.ts";
import { prepareBackend } from "./backend.ts";
import { ensureEngine } from "./engine.ts";
import { machineProblems, type Ports, portProblems, readMachine } from "./preflight.ts";
import { readProviders } from "./provider-keys.ts";
import { ensurePulumi } from "./pulumi-cli.ts";
import { repairStack } from "./repair.ts";
import { saidSetting, selectStack, setConfig, storeProviders } from "./stack.ts";
import { Steps } from "./steps.ts";
import { summary } from "./summary.ts";

export interface SetUpOptions {
  readonly root: string;
  readonly stack: string;
  readonly assumeYes: boolean;
  /** Loopback ports that the caller chose; they are kept in the stack's own file. */
  readonly ports: Readonly<Partial<Ports>>;
}

/** The whole way, each step shown with its time and skipped when done. Adds nothing that only it knows. */
export async function setUp({ root, stack, assumeYes, ports }: SetUpOptions): Promise<void> {
  const steps = new Steps(8);
  const setting = (path: string) => saidSetting(root, stack, path.split("."));
  const profileName = () => (setting("profile") ?? stack) as keyof typeof profiles;
  const dockerHost = () => setting("engine.host") as string | undefined;

  const wantedPorts = () => {
    const defaults = StackConfig.shape.ports.parse({});
    const port = (name: keyof Ports) => ports[name] ?? Number(setting(`ports.${name}`) ?? defaults[name]);
    return { gateway: port("gateway"), prometheus: port("prometheus"), approvals: port("approvals") };
  };
  const refuse = (where: string, problems: readonly Problem[]) => {
    if (problems.length > 0) throw new SettingsError(`${stack} (${where})`, problems);
  };

  await steps.run("preflight", async () => {
    const remote = dockerHost();
    if (isRemote(remote)) return { skipped: `the engine is elsewhere (${remote})` };
    const machine = readMachine(root);
    const held = await stackPorts(remote).catch(() => new Map<number, string>());
    const wanted = wantedPorts();
    const running = [...held.values()].includes(stack);
    refuse("this machine", [
      ...machineProblems(machine, running),
      ...(await portProblems(wanted, held, stack)),
    ]);
    return `${machine.platform}, ${machine.cpus} cores, ${machine.freeMemoryGib.toFixed(1)} GiB memory and ${machine.freeDiskGib.toFixed(0)} GB disk free, ports ${Object.values(wanted).join(", ")}`;
  });

  await steps.run("Docker engine", async (log) => {
    const host = dockerHost();
    await keepEngineTls(root, stack);
    const interactive = process.stdin.isTTY === true;
    const engine = await ensureEngine({ host, log, assumeYes, interactive });
    if (isRemote(host)) {
      const clash = portProblem(wantedPorts(), await stackPorts(host), stack);
      refuse(host, clash ? [clash] : []);
    }
    return `${engine.version}${engine.started ? ", started now" : ", running"}`;
  });

  await steps.run("Pulumi", async (log) => {
    const found = await ensurePulumi({ root, log });
    prepareBackend(root, found.env);
    return `${found.version} (${found.source})`;
  });

  await steps.run("stack", async (log) => {
    await selectStack(root, stack);
    for (const line of await repairStack(root, stack, dockerHost())) log(line);
    if (setting("profile") === undefined && !Object.hasOwn(profiles, stack)) {
      await setConfig(root, stack, "profile", "dev");
      log(`profile dev (another: pulumi config set profile ${Object.keys(profiles).join("|")})`);
    }
    for (const [name, value] of Object.entries(ports)) {
      if (value !== undefined) await setConfig(root, stack, `ports.${name}`, String(value));
    }
    return `${stack}, profile ${profileName()}`;
  });

  await steps.run("provider keys", async (log) => {
    const { entries, notes } = readProviders(
      `${root}/.env`,
      namedVariables(readDefinitions(root)?.value ?? setting("gateway") ?? gateway),
    );
    for (const note of notes) log(note);
    const stored = await storeProviders(root, stack, entries);
    if (stored.length > 0) return `stored as secrets: ${stored.join(", ")}`;
    return { skipped: entries.length === 0 ? "no .env with provider keys" : "unchanged" };
  });

  await steps.run("images", async (log) => {
    let source = setting("images.source") as "registry" | "packages" | undefined;
    if (source === undefined) {
      source = await resolveSource();
      await setConfig(root, stack, "images.source", source);
      log(`image source: ${source} (kept in the stack's own file)`);
    }
    const registryPrefix = setting("images.registryPrefix") as string | undefined;
    const made = await ensureImages({
      root,
      source,
      names: definedImages(root),
      registryPrefix,
      host: dockerHost(),
      mayLock: profileName() !== "prod",
      log,
    });
    return made.length > 0 ? `${source}: ${made.join(", ")}` : { skipped: `${source}: all there` };
  });

  let tunnel: Tunnel | undefined;
  using _ = { [Symbol.dispose]: () => tunnel?.[Symbol.dispose]() };
  await steps.run("pulumi up", async (log) => {
    const host = dockerHost();
    if (isRemote(host)) tunnel = await reachPorts(host, Object.values(wantedPorts()), log);
    const text = await pulumi({
      root,
      args: ["up", "--yes", "--skip-preview", "--stack", stack, "--color", "never"],
      onOutput: (part) => {
        for (const line of part.split("\n"))
          if (/creat|updat|delet|replac|error/i.test(line)) log(line.trim());
      },
    });
    return /Resources:\n((?: {4}.*\n)+)/.exec(text)?.[1]?.trim().replaceAll(/\s+/g, " ") ?? "done";
  });

  const outputs = await readOutputs(root, stack);
  await steps.run("smoke tests", async (log) => {
    const result = await runSmoke(root, stack, log);
    return `${result.passed} passed, ${result.failed} failed`;
  });
  process.stdout.write(summary(outputs, steps.times));
}

/** Loopback ports that stacks hold on an engine. */
const stackPorts = async (host: string | undefined): Promise<Map<number, string>> =>
  heldPorts(await docker(portListArgs, { host }));
