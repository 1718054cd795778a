import { chmodSync, cpSync, mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { expect, test } from "vitest";
import { catalog, litellmRelease } from "./catalog.ts";
import { buildStage, packagesReference } from "./packages.ts";

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

test("both sources run one release of presidio, and its two images are stages of one build", () => {
  const text = readFileSync(`${root}/images/presidio/requirements.in`, "utf8");
  const dockerfile = readFileSync(`${root}/images/presidio/Dockerfile`, "utf8");
  const digests = (["presidio-analyzer", "presidio-anonymizer"] as const).map((name) => {
    expect(text).toContain(`${name}[server]==${catalog[name].tag}\n`);
    expect(dockerfile).toContain(`FROM run AS ${buildStage(name)}\n`);
    return packagesReference(root, name).split(":")[1];
  });
  expect(new Set(digests).size).toBe(1);
  expect(buildStage("litellm")).toBeUndefined();
});

test("no Dockerfile pulls from a registry", () => {
  for (const name of ["litellm", "postgres", "redis", "haproxy", "prometheus", "presidio"]) {
    const text = readFileSync(`${root}/images/${name}/Dockerfile`, "utf8");
    expect(text).not.toMatch(/^# *syntax/m);
    const stages = [`$\{BASE}`];
    for (const [, image, stage] of text.matchAll(/^FROM (\S+)(?: AS (\S+))?/gm)) {
      expect(stages).toContain(image);
      if (stage !== undefined) stages.push(stage);
    }
  }
});
