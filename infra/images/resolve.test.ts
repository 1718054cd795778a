import { mkdirSync, mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { describe, expect, test } from "vitest";
import { GuardrailDefinition } from "../settings/schema/definitions/guardrail.ts";
import { imageNames, registryReference } from "./catalog.ts";
import { resolveStackImages } from "./resolve.ts";

const digest = `sha256:${"ab".repeat(32)}`;
const fullLock = (prefix?: string) =>
  Object.fromEntries(
    imageNames.map((name) => [name, { reference: registryReference(name, prefix), digest }]),
  );

function rootWith(lock: unknown, shared = false): string {
  const root = mkdtempSync(`${tmpdir()}/cerberus-lock-`);
  mkdirSync(`${root}/.cerberus`);
  const text = typeof lock === "string" ? lock : JSON.stringify(lock);
  writeFileSync(shared ? `${root}/images.lock.json` : `${root}/.cerberus/images.lock.json`, text);
  return root;
}

const registry = { images: { source: "registry" as const, waivers: {} }, guardrails: [] };

describe("registry source", () => {
  test("takes every image by digest, never by tag", () => {
    const references = resolveStackImages(rootWith(fullLock()), registry);
    expect(references.postgres).toBe(`docker.io/library/postgres@${digest}`);
    expect(references.litellm).toBe(`ghcr.io/berriai/litellm-non_root@${digest}`);
  });

  test("a mirror replaces the registry", () => {
    const images = { ...registry, images: { ...registry.images, registryPrefix: "localhost:5000/mirror" } };
    expect(resolveStackImages(rootWith(fullLock("localhost:5000/mirror")), images).redis).toBe(
      `localhost:5000/mirror/library/redis@${digest}`,
    );
  });

  test("without a lock everything is refused, by name and with the command", () => {
    expect(() => resolveStackImages(mkdtempSync(`${tmpdir()}/cerberus-lock-`), registry)).toThrow(
      /litellm, postgres, redis, haproxy, prometheus[\s\S]*npm run images -- --source registry --lock/,
    );
  });

  test("a digest locked for another tag does not count", () => {
    const lock = { ...fullLock(), redis: { reference: "docker.io/library/redis:7.0.0", digest } };
    expect(() => resolveStackImages(rootWith(lock), registry)).toThrow(/locked for: redis /);
  });

  test("presidio's images need a digest only where a guardrail uses the stack's own", () => {
    const guardrails = (row: object) => [
      GuardrailDefinition.parse({ name: "pii", type: "presidio", entities: { URL: "MASK" }, ...row }),
    ];
    const { "presidio-analyzer": _, "presidio-anonymizer": __, ...usual } = fullLock();
    const root = rootWith(usual);
    const elsewhere = guardrails({ analyzerUrl: "http://a:1", anonymizerUrl: "http://b:1" });
    expect(Object.keys(resolveStackImages(root, { ...registry, guardrails: elsewhere }))).toHaveLength(5);
    expect(() => resolveStackImages(root, { ...registry, guardrails: guardrails({}) })).toThrow(
      /locked for: presidio-analyzer, presidio-anonymizer /,
    );
    expect(
      resolveStackImages(rootWith(fullLock()), { ...registry, guardrails: guardrails({}) }),
    ).toMatchObject({
      "presidio-analyzer": `mcr.microsoft.com/presidio-analyzer@${digest}`,
    });
  });

  test("the team's lock wins over the clone's", () => {
    const root = rootWith(fullLock(), true);
    mkdirSync(`${root}/.cerberus`, { recursive: true });
    writeFileSync(`${root}/.cerberus/images.lock.json`, "{}");
    expect(resolveStackImages(root, registry).haproxy).toContain(digest);
  });

  test.each(["{", '{"postgres": {"reference": "x", "digest": "sha256:1"}}', '{"mysql": {}}'])(
    "a broken lock is refused with its name: %s",
    (text) => {
      expect(() => resolveStackImages(rootWith(text), registry)).toThrow(/images\.lock\.json/);
    },
  );
});
