import { execFileSync } from "node:child_process";
import * as pulumi from "@pulumi/pulumi";
import { missingImages } from "../images/on-engine.ts";
import type { ImageReferences } from "../images/resolve.ts";
import { UserError } from "../settings/errors.ts";
import type { Settings } from "../settings/parse.ts";
import { explainEngine } from "./explain.ts";
import { heldPorts, portListArgs, portProblem } from "./held-ports.ts";
import { tlsEnv } from "./tls.ts";

/**
 * Asks the engine, before anything is made, for what would fail half-way: can it be used, are the images there, are the
 * ports free. A preview only warns, and says nothing where no local engine answers.
 * @throws UserError when an `up` could not end well
 */
export function checkEngine(root: string, settings: Settings, images: ImageReferences): void {
  const problem = engineProblem(root, settings, images);
  if (problem === undefined) return;
  if (!pulumi.runtime.isDryRun()) throw problem;
  void pulumi.log.warn(problem.message);
}

function engineProblem(root: string, settings: Settings, images: ImageReferences): UserError | undefined {
  const { engine, stackName, ports } = settings;
  const ask = (...args: string[]) =>
    execFileSync("docker", [...(engine.host ? ["--host", engine.host] : []), ...args], {
      encoding: "utf8",
      env: { ...process.env, ...tlsEnv(root, engine.host) },
      stdio: ["ignore", "pipe", "pipe"],
      timeout: 30_000,
    });
  try {
    const clash = portProblem(ports, heldPorts(ask(...portListArgs)), stackName);
    if (clash) return new UserError(`${clash.path}: ${clash.found}`, clash.fix);
    if (settings.images.source !== "packages") return undefined;
    return missingImages(images, engine.host, ask("image", "ls", "--format", "{{.Repository}}:{{.Tag}}"));
  } catch (error) {
    // Of the local engine the provider itself says it well.
    return explainEngine(engine.host, String((error as { stderr?: string }).stderr ?? error));
  }
}
