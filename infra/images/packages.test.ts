import { chmodSync, cpSync, mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { expect, test } from "vitest";
import { litellmRelease } from "./catalog.ts";
import { packagesReference } from "./packages.ts";

const root = new URL("../..", import.meta.url).pathname.replace(/\/$/, "");

test("an image's tag changes with its own inputs, with the base's, and with nothing else", () => {
  const copy = mkdtempSync(`${tmpdir()}/cerberus-images-`);
  cpSync(`${root}/images`, `${copy}/images`, { recursive: true });
  const redis = packagesReference(copy, "redis");
  expect(redis).toBe(packagesReference(root, "redis"));
  writeFileSync(`${copy}/images/haproxy/Dockerfile`, "FROM scratch");
  expect(packagesReference(copy, "redis")).toBe(redis);
  chmodSync(`${copy}/images/redis/Dockerfile`, 0o755);
  const changed = packagesReference(copy, "redis");
  expect(changed).not.toBe(redis);
  writeFileSync(`${copy}/images/base/build.sh`, "");
  expect(packagesReference(copy, "redis")).not.toBe(changed);
});

test("the release that the catalogue judges is the one the image installs", () => {
  expect(readFileSync(`${root}/images/litellm/requirements.in`, "utf8")).toContain(
    `==${litellmRelease.packages}\n`,
  );
  expect(readFileSync(`${root}/images/litellm/requirements.lock`, "utf8")).toContain(
    `litellm==${litellmRelease.packages}`,
  );
});

test("no Dockerfile pulls from a registry", () => {
  for (const name of ["litellm", "postgres", "redis", "haproxy", "prometheus"]) {
    const text = readFileSync(`${root}/images/${name}/Dockerfile`, "utf8");
    expect(text).not.toMatch(/^# *syntax/m);
    for (const [, image] of text.matchAll(/^FROM (\S+)/gm)) expect(image).toMatch(/^\$\{BASE\}$/);
  }
});
