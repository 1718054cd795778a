import { labelKeys } from "../names.ts";
import type { Problem } from "../settings/errors.ts";

/** Arguments of the docker command that `heldPorts` reads the answer of. */
export const portListArgs = [
  "ps",
  "--filter",
  `label=${labelKeys.stack}`,
  "--format",
  `{{.Label "${labelKeys.stack}"}}\t{{.Ports}}`,
];

/** Loopback port → the stack whose running container holds it. */
export function heldPorts(listed: string): Map<number, string> {
  const held = new Map<number, string>();
  for (const line of listed.split("\n")) {
    const [stack = "", ports = ""] = line.split("\t");
    for (const [, port] of ports.matchAll(/127\.0\.0\.1:(\d+)->/g)) held.set(Number(port), stack);
  }
  return held;
}

/** The first wanted port that another stack on the same engine holds. */
export function portProblem(
  wanted: Readonly<Record<string, number>>,
  held: ReadonlyMap<number, string>,
  stack: string,
): Problem | undefined {
  for (const [name, port] of Object.entries(wanted)) {
    const holder = held.get(port);
    if (holder === undefined || holder === stack) continue;
    return {
      path: `ports.${name}`,
      found: `port ${port} on 127.0.0.1 is in use by the stack "${holder}" on the same engine`,
      fix: `choose another: pulumi config set --stack ${stack} --path ports.${name} <port>, or ./setup.sh --${name}-port <port>`,
    };
  }
  return undefined;
}
