import { readFileSync, writeFileSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { imagesOf, registryReference } from "../../infra/images/catalog.ts";
import { packagesReference } from "../../infra/images/packages.ts";
import { docker } from "../../ops/docker.ts";
import type { LiveStack } from "./live-stack.ts";
import { Registry } from "./registry.ts";

/** The registry source against a real registry on loopback; leaves the stack on it. */
export function imagesFromRegistry(stack: () => LiveStack): void {
  describe("images from a registry", () => {
    let registry: Registry;
    beforeAll(async () => {
      registry = await Registry.start();
      for (const name of imagesOf({ guardrails: [] })) {
        const reference = registryReference(name, registry.prefix);
        await docker(["tag", packagesReference(stack().clone.root, name), reference]);
        await docker(["push", "--quiet", reference]);
        await docker(["rmi", reference]);
      }
      await stack().set("images.source", "registry");
      await stack().set("images.registryPrefix", registry.prefix);
    }, 300_000);
    afterAll(() => registry?.stop());

    const images = (...args: string[]) =>
      stack().clone.run("npm", ["run", "--silent", "images", "--", "--source", "registry", ...args]);

    test("without locked digests an up is refused, with the command that locks them", async () => {
      const { code, text } = await stack().up();
      expect(code).not.toBe(0);
      expect(text).toContain("no digest is locked for: litellm, postgres, redis, haproxy, prometheus");
      expect(text).toContain(
        `npm run images -- --source registry --lock --registry-prefix ${registry.prefix}`,
      );
    });

    test("a denied release is refused before anything is pulled", async () => {
      const catalog = `${stack().clone.root}/infra/images/catalog.ts`;
      const text = readFileSync(catalog, "utf8");
      writeFileSync(catalog, text.replace(/"v1\.\d+\.\d+"/, '"v1.82.7"'));
      try {
        const refused = await images("--lock", "--registry-prefix", registry.prefix);
        expect(refused.code).toBe(1);
        expect(refused.text).toContain("LiteLLM 1.82.7 is on the deny list");
      } finally {
        writeFileSync(catalog, text);
      }
    });

    test("the first run locks every digest, and the stack then runs by digest, without a difference after", async () => {
      const locked = await images("--registry-prefix", registry.prefix);
      expect(locked.code, locked.text).toBe(0);
      expect(locked.text).toContain("digests locked in");
      const up = await stack().up();
      expect(up.code, up.text).toBe(0);
      for (const name of stack().containerNames()) {
        const text = await docker(["inspect", "--format", "{{.Config.Image}}", name]);
        expect(text, name).toMatch(new RegExp(`^${registry.prefix}/.*@sha256:[0-9a-f]{64}\n$`));
      }
      expect((await stack().chat("cerberus-demo", `by digest ${Math.random()}`)).status).toBe(200);
      const refresh = await stack().pulumi("refresh", "--yes", "--skip-preview");
      expect(refresh.code, refresh.text).toBe(0);
      const preview = await stack().pulumi("preview", "--expect-no-changes");
      expect(preview.code, preview.text).toBe(0);
    });

    test("after that, an image whose tag moved on in the catalogue is refused until it is locked again", async () => {
      const catalog = `${stack().clone.root}/infra/images/catalog.ts`;
      const text = readFileSync(catalog, "utf8");
      writeFileSync(catalog, text.replace('tag: "8.0.2', 'tag: "8.0.3'));
      try {
        const { code, text: said } = await stack().pulumi("preview");
        expect(code).not.toBe(0);
        expect(said).toContain("no digest is locked for: redis");
      } finally {
        writeFileSync(catalog, text);
      }
    });
  });
}
