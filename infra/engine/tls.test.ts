import { chmodSync, mkdirSync, mkdtempSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { beforeEach, expect, test } from "vitest";
import { keepTls, readTls, tlsEnv } from "./tls.ts";

const host = "tcp://engine.test:2376";
const pem = (what: string) => `-----BEGIN ${what}-----\nx\n`;
const texts = { ca: pem("CERTIFICATE"), cert: pem("CERTIFICATE"), key: pem("PRIVATE KEY") };
let root: string;
beforeEach(() => {
  root = mkdtempSync(`${tmpdir()}/cerberus-tls-`);
});

function folderOf(files: Readonly<Record<string, string>>): string {
  mkdirSync(`${root}/certs`);
  for (const [name, text] of Object.entries(files))
    writeFileSync(`${root}/certs/${name}.pem`, text, { mode: 0o600 });
  return `${root}/certs`;
}

test("a folder and three texts are the same to everything below", () => {
  expect(readTls({ host, tls: { folder: folderOf(texts) } })).toEqual(texts);
  expect(readTls({ host, tls: texts })).toEqual(texts);
  // As when the committed file names people's folder, and CI brings texts.
  expect(readTls({ host, tls: { ...texts, folder: "/nowhere" } })).toEqual(texts);
  expect(readTls({ host })).toBeUndefined();
});

test.each([
  {
    name: "a file that is missing",
    files: { ca: texts.ca, cert: texts.cert },
    says: /key\.pem can't be read \(ENOENT\)/,
  },
  { name: "a file that is no PEM", files: { ...texts, cert: "DER" }, says: /cert\.pem holds no PEM text/ },
])("$name is named", ({ files, says }) => {
  const folder = folderOf(files);
  expect(() => readTls({ host, tls: { folder } })).toThrow(says);
});

test("a key that others can read is refused", () => {
  const folder = folderOf(texts);
  chmodSync(`${folder}/key.pem`, 0o644);
  expect(() => readTls({ host, tls: { folder } })).toThrow(/can be read by others[\s\S]*chmod 600/);
});

test("the docker command gets files that only this user reads, and only for the engine they belong to", () => {
  expect(tlsEnv(root, host)).toEqual({});
  keepTls(root, host, texts);
  const { DOCKER_CERT_PATH: folder = "", DOCKER_TLS_VERIFY } = tlsEnv(root, host);
  expect(DOCKER_TLS_VERIFY).toBe("1");
  expect(readFileSync(`${folder}/key.pem`, "utf8")).toBe(texts.key);
  expect(statSync(folder).mode & 0o777).toBe(0o700);
  for (const part of ["ca", "cert", "key"])
    expect(statSync(`${folder}/${part}.pem`).mode & 0o777, part).toBe(0o600);
  expect(tlsEnv(root, "tcp://other.test:2376")).toEqual({});
  expect(tlsEnv(root, "ssh://engine.test")).toEqual({});
});
