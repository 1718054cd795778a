import type { Reporter } from "../finding.ts";
import { asList, asWord, isPlain } from "../plain.ts";
import type { ComposeService } from "./service.ts";

export interface PublishedPort {
  readonly host: string;
  readonly container: string;
  /** Absent = every address of the machine. */
  readonly address: string | undefined;
}

/** Ports that a service publishes, in both ways of writing. */
export const portsOf = ({ value }: ComposeService): (PublishedPort | undefined)[] =>
  asList(value["ports"]).map((row) => {
    if (isPlain(row)) {
      const [host, container] = [asWord(row["published"]), asWord(row["target"])];
      if (host === undefined || container === undefined) return undefined;
      return { host, container, address: asWord(row["host_ip"]) };
    }
    const parts = /^(?:(\[[^\]]+\]|[\d.]+|\$\{[^}]*\}):)?([\w${}:-]*?):?(\d+(?:-\d+)?)(?:\/\w+)?$/.exec(
      String(row),
    );
    if (!parts) return undefined;
    const [, address, host = "", container = ""] = parts;
    return { host: host === "" ? container : host, container, address };
  });

const loopback = /^(127\.|localhost$|\[?::1\]?$)/;

/** Reports every port that is open to more than the machine itself. */
export function reportPorts(say: Reporter, service: ComposeService): void {
  portsOf(service).forEach((port, i) => {
    if (port === undefined || (port.address !== undefined && loopback.test(port.address))) return;
    say.defect(
      "open-port",
      [...service.steps, "ports", i],
      `port ${port.container} of ${service.name} is open on every address of the machine, past its firewall`,
      `write 127.0.0.1:${port.host}:${port.container}; the gateway publishes on loopback only`,
    );
  });
  if (service.value["network_mode"] === "host") {
    const found = `${service.name} runs in the host's own network: all its ports are open`;
    say.defect("open-port", [...service.steps, "network_mode"], found, "give it a network of its own");
  }
}
