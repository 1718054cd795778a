import { expect, test } from "vitest";
import { parseSettings } from "../parse.ts";

const tcp = "tcp://engine.test:2376";
const certificate = "-----BEGIN CERTIFICATE-----\nx\n";
const key = "-----BEGIN EC PRIVATE KEY-----\ncanary\n";
const texts = { ca: certificate, cert: certificate, key };

const parse = (engine: object, secretKeys: string[] = []) =>
  parseSettings({
    stackName: "dev",
    layers: [{ profile: "dev", engine }],
    secretKeys: new Set(secretKeys),
    today: "2026-11-25",
  });

test.each([
  {
    name: "tcp:// without certificates",
    engine: { host: tcp },
    says: /engine\.host: is tcp.* without certificates/,
  },
  {
    name: "two of three texts",
    engine: { host: tcp, tls: { ca: certificate, cert: certificate } },
    says: /has 2 of 3 PEM texts and no folder/,
  },
  {
    name: "a folder and one text",
    engine: { host: tcp, tls: { folder: "/c", ca: certificate } },
    says: /has 1 of 3 PEM texts/,
  },
  {
    name: "certificates for ssh://",
    engine: { host: "ssh://h", tls: { folder: "/c" } },
    says: /certificates are for tcp:/,
  },
  {
    name: "certificates for no engine",
    engine: { tls: { folder: "/c" } },
    says: /while engine\.host is not/,
  },
  {
    name: "a relative folder",
    engine: { host: tcp, tls: { folder: "certs" } },
    says: /must be an absolute path/,
  },
  { name: "a misspelt part", engine: { host: tcp, tls: { foldr: "/c" } }, says: /did you mean "folder"/ },
  {
    name: "a file name for its text",
    engine: { host: tcp, tls: { ...texts, ca: "ca.pem" } },
    says: /engine\.tls\.ca: must be PEM text/,
  },
  { name: "an address without scheme", engine: { host: "h:2376" }, says: /unix:\/\/, tcp:\/\/ or ssh:\/\// },
  {
    name: "a private key in plain text",
    engine: { host: tcp, tls: texts },
    says: /engine\.tls\.key: holds a private key in plain text/,
  },
])("$name is refused", ({ engine, says }) => {
  expect(() => parse(engine)).toThrow(says);
  expect(() => parse(engine)).not.toThrow("canary");
});

test.each([
  { engine: { host: "tcp://127.0.0.1:2375" } },
  { engine: { host: "ssh://deploy@h:2222" } },
  { engine: { host: tcp, tls: { folder: "~/.docker/staging" } } },
])("$engine.host is fine as it stands", ({ engine }) => {
  expect(parse(engine).settings.engine).toEqual({ host: engine.host });
});

test("the settings that everything below is built from never hold the key", () => {
  const { settings, engine } = parse({ host: tcp, tls: texts }, ["engine"]);
  expect(JSON.stringify(settings)).not.toContain("canary");
  expect(engine.tls?.key).toBe(key);
});
