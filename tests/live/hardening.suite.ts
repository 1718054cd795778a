import { readdirSync, readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { docker } from "../../ops/docker.ts";
import { inspect, owned } from "./engine.ts";
import { canary, type LiveStack } from "./live-stack.ts";

/** What the containers of a running stack may do, and where its secrets don't stand. */
export function hardening(stack: () => LiveStack): void {
  describe("hardening", () => {
    test("every container is limited in what it may do and how much it may take", async () => {
      for (const name of stack().containerNames()) {
        const { Config, HostConfig } = await inspect(name);
        expect(Config.User, name).toMatch(/^[1-9]\d*:0$/);
        expect(HostConfig, name).toMatchObject({ ReadonlyRootfs: true, Privileged: false, CapDrop: ["ALL"] });
        expect(HostConfig.CapAdd ?? [], name).toEqual([]);
        expect(HostConfig.SecurityOpt, name).toContain("no-new-privileges:true");
        expect(HostConfig.PidsLimit, name).toBeGreaterThan(0);
        expect(HostConfig.Memory, name).toBeGreaterThan(0);
        expect(HostConfig.NanoCpus, name).toBeGreaterThan(0);
        expect(HostConfig.RestartPolicy.Name, name).toBe("unless-stopped");
        expect(HostConfig.LogConfig.Config, name).toEqual({ "max-file": "3", "max-size": "10m" });
        expect(Config.Healthcheck?.Test[0], name).toBe("CMD");
      }
    });

    test("only the front door and Prometheus are published, on the loopback address", async () => {
      for (const { name, service } of stack().outputs.containers) {
        const { HostConfig, NetworkSettings } = await inspect(name);
        const published = Object.values(HostConfig.PortBindings ?? {}).flat();
        expect(published.length, name).toBe(
          ["frontdoor", "prometheus", "approvals"].includes(service) ? 1 : 0,
        );
        for (const { HostIp } of published) expect(HostIp, name).toBe("127.0.0.1");
        const networks = Object.keys(NetworkSettings.Networks).map((network) =>
          network.slice(stack().name.length + 1),
        );
        expect(networks.includes("egress"), name).toBe(service.startsWith("litellm"));
        expect(networks.includes("edge"), name).toBe(published.length > 0);
      }
      for (const role of ["app", "data"]) {
        const text = await docker([
          "network",
          "inspect",
          "--format",
          "{{.Internal}}",
          `${stack().name}-${role}`,
        ]);
        expect(text.trim(), role).toBe("true");
      }
    });

    test("no secret is in inspect, argv, labels, logs, previews, what set-up said, or the state as it lies on disk", async () => {
      const secrets = [canary, ...(await stack().generatedSecrets())];
      expect(secrets.length).toBeGreaterThan(8);
      const { containers, networks, volumes } = await owned(stack().name);
      const logs = await Promise.all(containers.map((id) => stack().clone.run("docker", ["logs", id])));
      const places: Record<string, string> = {
        "docker inspect": await docker(["inspect", ...containers, ...networks, ...volumes]),
        "docker logs": logs.map(({ text }) => text).join("\n"),
        "docker history": await docker(["ps", "--all", "--no-trunc"]),
        argv: (await stack().clone.run("ps", ["-eo", "args"])).text,
        preview: (await stack().pulumi("preview", "--diff")).text,
        "stack output": (await stack().pulumi("stack", "output", "--json")).text,
        "set-up": stack().first.text,
        state: filesUnder(`${stack().clone.root}/.cerberus/state`),
        "stack files": filesUnder(`${stack().clone.root}/.cerberus/stacks`),
      };
      for (const [place, text] of Object.entries(places)) {
        expect(text.length, `${place} is empty: nothing was searched`).toBeGreaterThan(0);
        for (const secret of secrets)
          expect(text.includes(secret), `a secret stands in: ${place}`).toBe(false);
      }
    });
  });
}

function filesUnder(folder: string): string {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => readFileSync(`${entry.parentPath}/${entry.name}`, "utf8"))
    .join("\n");
}
