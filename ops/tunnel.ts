import { type ChildProcess, spawn } from "node:child_process";
import { connect } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import type { Command } from "commander";
import { isRemote } from "../infra/engine/address.ts";
import { heldPorts, portListArgs } from "../infra/engine/held-ports.ts";
import type { StackOutputs } from "../infra/outputs.ts";
import { UserError } from "../infra/settings/errors.ts";
import { docker } from "./docker.ts";
import { projectRoot } from "./paths.ts";
import { readOutputs } from "./stack-outputs.ts";

/** Arguments of the ssh command that brings a remote engine's loopback ports to this machine's. */
export function tunnelArgs(host: string, ports: readonly number[]): string[] {
  const { protocol, username, hostname, port } = new URL(host);
  const ssh = protocol === "ssh:";
  return [
    "-N",
    "-o",
    "ExitOnForwardFailure=yes",
    ...(ssh && port !== "" ? ["-p", port] : []),
    ...ports.flatMap((number) => ["-L", `127.0.0.1:${number}:127.0.0.1:${number}`]),
    `${ssh && username !== "" ? `${username}@` : ""}${hostname}`,
  ];
}

/** A running tunnel; disposing of it closes it. */
export interface Tunnel extends Disposable {
  readonly process: ChildProcess;
}

/**
 * Brings the ports here with ssh.
 * @throws UserError when one is taken here, ssh ends before they answer, or after 30 seconds
 */
export async function openTunnel(host: string, ports: readonly number[]): Promise<Tunnel> {
  const taken = await listening(ports);
  if (taken.length > 0) {
    throw new UserError(
      `port ${taken.join(" and ")} of this machine is in use, and ${host} can't be brought there`,
      "free it, or give the stack another: pulumi config set --path ports.gateway <port>",
    );
  }
  const args = tunnelArgs(host, ports);
  const child = spawn("ssh", ["-o", "BatchMode=yes", ...args], { stdio: ["ignore", "ignore", "pipe"] });
  let said = "";
  child.stderr.setEncoding("utf8").on("data", (text: string) => {
    said += text;
  });
  let ended = false;
  child.on("error", (error) => {
    said += error.message;
    ended = true;
  });
  child.on("exit", () => {
    ended = true;
  });
  const deadline = Date.now() + 30_000;
  while (!ended && Date.now() < deadline) {
    if ((await listening(ports)).length === ports.length)
      return { process: child, [Symbol.dispose]: () => void child.kill() };
    await sleep(200);
  }
  child.kill();
  throw new UserError(
    `the ports of ${host} could not be brought here: ${said.trim().split("\n").slice(-3).join("; ") || "ssh did not get through in 30 s"}`,
    `make this work in a terminal: ssh ${args.join(" ")}`,
  );
}

/**
 * A gateway elsewhere is reached through this machine's loopback: by a tunnel that is there already, or one made now.
 * @throws UserError when a local stack has the port, or ssh does not get through
 */
export async function reachPorts(
  host: string,
  ports: readonly number[],
  log: (line: string) => void,
): Promise<Tunnel | undefined> {
  const words = `ports ${ports.join(" and ")} of this machine to ${host}`;
  // A stack of the local engine would be handed another stack's keys.
  const local = heldPorts(await docker(portListArgs).catch(() => ""));
  const clash = ports.find((port) => local.has(port));
  if (clash !== undefined) {
    throw new UserError(
      `port ${clash} of this machine belongs to the local stack "${local.get(clash)}", so ${host} can't be brought there`,
      "give one of the two another port: pulumi config set --path ports.gateway <port>",
    );
  }
  if ((await listening(ports)).length === ports.length) {
    log(`using what forwards ${words}`);
    return undefined;
  }
  log(`forwarding ${words} until the end of this run`);
  return openTunnel(host, ports);
}

/** The loopback ports that a stack's outputs name. */
export const publishedPorts = ({ urls }: Pick<StackOutputs, "urls">): number[] =>
  [urls.api, urls.prometheus].map((url) => Number(new URL(url).port));

/** Whether something on this machine's loopback takes connections at a port. */
export function listensHere(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ port, host: "127.0.0.1" });
    const answer = (listens: boolean) => {
      socket.destroy();
      resolve(listens);
    };
    socket.once("connect", () => answer(true)).once("error", () => answer(false));
    socket.setTimeout(2_000, () => answer(false));
  });
}

const listening = async (ports: readonly number[]): Promise<number[]> => {
  const answers = await Promise.all(ports.map(listensHere));
  return ports.filter((_, i) => answers[i]);
};

export function registerTunnel(program: Command): void {
  program
    .command("tunnel")
    .description(
      "bring the gateway and Prometheus of an ssh:// engine to this machine's loopback, until stopped",
    )
    .requiredOption("--stack <name>", "stack on a remote engine")
    .option("--print", "print the ssh command instead of running it")
    .action(async ({ stack, print }: { stack: string; print?: boolean }) => {
      const outputs = await readOutputs(projectRoot, stack);
      const { dockerHost, urls } = outputs;
      if (!isRemote(dockerHost)) {
        throw new UserError(
          `stack "${stack}" lives on this machine`,
          `its gateway is at ${urls.api} already`,
        );
      }
      const ports = publishedPorts(outputs);
      if (print) {
        process.stdout.write(`ssh ${tunnelArgs(dockerHost, ports).join(" ")}\n`);
        return;
      }
      using tunnel = await openTunnel(dockerHost, ports);
      process.stdout.write(`gateway ${urls.api}, Prometheus ${urls.prometheus}; Ctrl-C ends it\n`);
      await new Promise((resolve) => tunnel.process.once("exit", resolve));
    });
}
