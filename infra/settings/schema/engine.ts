import * as z from "zod";

const pem = (kind: RegExp, what: string) =>
  z.string().regex(kind, `must be PEM text of ${what} ("-----BEGIN …")`).optional();

const certificate = /^\s*-----BEGIN CERTIFICATE-----/;
const privateKey = /^\s*-----BEGIN ([A-Z]+ )?PRIVATE KEY-----/;

/** How a tcp:// engine and this machine prove who they are to each other; rules/engine-is-safe.ts says what goes with what. */
const EngineTls = z.strictObject({
  folder: z
    .string()
    .regex(/^(\/|~\/)/, "must be an absolute path, or start with ~/")
    .optional()
    .describe("Folder of ca.pem, cert.pem and key.pem, as DOCKER_CERT_PATH names one"),
  ca: pem(certificate, "a certificate").describe("PEM of the authority that signed the engine's certificate"),
  cert: pem(certificate, "a certificate").describe("PEM of this client's certificate"),
  key: pem(privateKey, "a private key").describe("PEM of this client's private key, as a secret"),
});

export const Engine = z.strictObject({
  host: z
    .string()
    .regex(/^(unix|tcp|ssh):\/\/./, "must start with unix://, tcp:// or ssh://")
    .optional()
    .describe("Docker engine to deploy to; default: DOCKER_HOST, else the local engine"),
  tls: EngineTls.optional().describe("Certificates for a tcp:// engine: a folder, or the three PEM texts"),
});
export type Engine = z.infer<typeof Engine>;
