import { createHash } from "node:crypto";
import { chmodSync, existsSync, mkdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { homedir } from "node:os";
import { UserError } from "../settings/errors.ts";
import type { Engine } from "../settings/schema/engine.ts";

/** PEM texts that open a tcp:// engine; the key is secret. */
export interface EngineTls {
  readonly ca: string;
  readonly cert: string;
  readonly key: string;
}

const parts = ["ca", "cert", "key"] as const;

/** One final newline, whichever way the text came: Pulumi's configuration drops it. */
const pemText = (text: string): string => `${text.trim()}\n`;

/**
 * The three PEM texts, wherever the settings say they are; texts win over a folder.
 * @throws UserError naming the file that is missing, unreadable, or readable by others
 */
export function readTls({ tls }: Engine): EngineTls | undefined {
  if (tls === undefined) return undefined;
  const { folder, ca, cert, key } = tls;
  if (ca !== undefined && cert !== undefined && key !== undefined)
    return { ca: pemText(ca), cert: pemText(cert), key: pemText(key) };
  // Settings that name neither are refused by rules/engine-is-safe.ts.
  if (folder === undefined) return undefined;
  const place = folder.replace(/^~(?=\/)/, homedir());
  const [caText, certText, keyText] = parts.map((part) => readPem(`${place}/${part}.pem`)) as [
    string,
    string,
    string,
  ];
  if ((statSync(`${place}/key.pem`).mode & 0o077) !== 0) {
    throw new UserError(
      `engine.tls.folder: ${place}/key.pem can be read by others, and whoever holds it is root on the engine`,
      `chmod 600 '${place}/key.pem'`,
    );
  }
  return { ca: caText, cert: certText, key: keyText };
}

function readPem(file: string): string {
  let text: string;
  try {
    text = readFileSync(file, "utf8");
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    throw new UserError(
      `engine.tls.folder: ${file} can't be read (${code})`,
      "put ca.pem, cert.pem and key.pem there, or correct the folder: pulumi config set --path engine.tls.folder <path>",
    );
  }
  if (text.includes("-----BEGIN ")) return pemText(text);
  throw new UserError(`engine.tls.folder: ${file} holds no PEM text`, "replace it by the PEM file");
}

/** Where this clone keeps an engine's certificates for the docker command, which takes files only. */
const keptFolder = (root: string, host: string): string =>
  `${root}/.cerberus/engines/${createHash("sha256").update(host).digest("hex").slice(0, 12)}`;

/** Keeps certificates for every later docker command to this address; only this user may read them. */
export function keepTls(root: string, host: string, tls: EngineTls): void {
  const folder = keptFolder(root, host);
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  for (const part of parts) {
    const file = `${folder}/${part}.pem`;
    writeFileSync(file, tls[part], { mode: 0o600 });
    chmodSync(file, 0o600);
  }
}

/** Environment that makes the docker command show its certificate to this engine; empty where none are kept. */
export function tlsEnv(root: string, host: string | undefined): Readonly<Record<string, string>> {
  if (!host?.startsWith("tcp://")) return {};
  const folder = keptFolder(root, host);
  return existsSync(`${folder}/key.pem`) ? { DOCKER_TLS_VERIFY: "1", DOCKER_CERT_PATH: folder } : {};
}
