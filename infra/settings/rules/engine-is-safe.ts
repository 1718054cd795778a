import { isLoopback } from "../../engine/address.ts";
import type { Problem } from "../errors.ts";
import type { Engine } from "../schema/engine.ts";

const three = "either engine.tls.folder, or all of engine.tls.ca, engine.tls.cert and engine.tls.key";

/** Whoever reaches an engine is root on its machine: a tcp:// address needs certificates, and only it can use them. */
export function engineIsSafe({ host, tls }: Engine): Problem[] {
  const remove = "pulumi config rm --path engine.tls";
  if (tls !== undefined && !host?.startsWith("tcp://")) {
    const found =
      host === undefined ? "is set, while engine.host is not" : `is set, while engine.host is ${host}`;
    return [
      {
        path: "engine.tls",
        found: `${found}; certificates are for tcp:// engines (ssh:// has keys of its own)`,
        fix: remove,
      },
    ];
  }
  if (tls !== undefined) {
    const texts = [tls.ca, tls.cert, tls.key].filter((text) => text !== undefined).length;
    // Texts win over a folder: the committed file may name people's folder, and CI bring texts of its own.
    if (texts === 3 || (texts === 0 && tls.folder !== undefined)) return [];
    const found = `has ${texts} of 3 PEM texts${tls.folder === undefined ? " and no folder" : ""}`;
    return [{ path: "engine.tls", found: `${found}; allowed: ${three}`, fix: `set ${three}` }];
  }
  if (host?.startsWith("tcp://") && !isLoopback(host)) {
    return [
      {
        path: "engine.host",
        found: `is ${host} without certificates: whoever reaches that port is root on the machine`,
        fix: "pulumi config set --path engine.tls.folder <folder of ca.pem, cert.pem, key.pem>, or use ssh://",
      },
    ];
  }
  return [];
}
