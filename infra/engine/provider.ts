import * as docker from "@pulumi/docker";
import * as pulumi from "@pulumi/pulumi";
import type { EngineTls } from "./tls.ts";

/** Options that send a component's resources to a named engine; without one the default provider stays, so that the state is not tied to one machine's DOCKER_HOST. */
export function engineOptions(
  host: string | undefined,
  tls: EngineTls | undefined,
): pulumi.ComponentResourceOptions {
  if (host === undefined) return {};
  // The texts, not a folder: the state then works from any machine. Without a CA the provider would trust any server.
  const certificates = tls
    ? { caMaterial: tls.ca, certMaterial: tls.cert, keyMaterial: pulumi.secret(tls.key) }
    : {};
  return { providers: { docker: new docker.Provider("engine", { host, ...certificates }) } };
}
