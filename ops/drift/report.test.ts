import { expect, test } from "vitest";
import { driftAsMarkdown, driftAsText, errorsIn, isDrifted, readDrift } from "./report.ts";

const urn = (type: string, name: string) => `urn:pulumi:dev::cerberus-gateway::a:b:Stack$${type}::${name}`;
const container = "docker:index/container:Container";
const event = (op: string, type: string, name: string, more: object = {}) =>
  JSON.stringify({ sequence: 1, resOutputsEvent: { metadata: { op, urn: urn(type, name), ...more } } });

const stream = [
  JSON.stringify({ preludeEvent: {} }),
  event("same", container, "frontdoor-container"),
  event("update", container, "postgres-container", {
    old: { outputs: { name: "dev-postgres", memory: 512 } },
    new: { outputs: { name: "dev-postgres", memory: 600 } },
    detailedDiff: { memorySwap: {}, memory: {} },
  }),
  // Dynamic resources give no detailed difference.
  event("update", "pulumi-nodejs:dynamic:Resource", "redis-cache-pids", {
    old: { outputs: { limit: 64, containerId: "x" } },
    new: { outputs: { limit: 99, containerId: "x" } },
  }),
  event("delete", "docker:index/volume:Volume", "files-volume", {
    old: { outputs: { name: "dev-<files>" } },
  }),
].join("\n");

test("tells what is gone from what was changed, by property and never by value", () => {
  const drift = readDrift("dev", stream);
  expect(driftAsText(drift)).toContain(`dev: 3 resources are not as deployed
  - volume dev-<files> is gone
  - container dev-postgres was changed: memory, memorySwap
  - limit of processes redis-cache-pids was changed: limit
`);
  expect(JSON.stringify(drift)).not.toContain("600");
});

test("Markdown starts with what finds it again, and lets no name become markup", () => {
  const lines = driftAsMarkdown(readDrift("dev", stream)).split("\n");
  expect(lines[0]).toBe("<!-- cerberus-drift:dev -->");
  expect(lines).toContain("- volume dev-&lt;files> is gone");
});

test("no drift is one line", () => {
  expect(driftAsText(readDrift("dev", event("same", container, "x")))).toBe("dev: no drift\n");
});

test("anything but a stream of events is refused", () => {
  expect(() => readDrift("dev", "Previewing refresh")).toThrow(/something else than a stream of events/);
  expect(() => readDrift("dev", "")).toThrow(/something else/);
});

test("of Pulumi's messages only errors are passed on: debug messages may hold anything", () => {
  const said = (severity: string, message: string) =>
    JSON.stringify({ diagnosticEvent: { severity, message } });
  const text = [said("debug", "failed canary"), said("error", "no engine\n"), "plain"].join("\n");
  expect(errorsIn(text)).toEqual(["no engine"]);
});

test("what the gateway holds beside the code is drift, and what could not be looked at is said", () => {
  const nothing = { stack: "dev", resources: [] };
  const beside = {
    kind: "keys",
    id: "<laptop>",
    what: "made by others",
    fields: [],
    remedy: "adopt: …",
  } as const;
  const found = { ...nothing, access: { beside: [beside], ignored: 0, blind: ["no database"] } };
  expect(driftAsText(found)).toBe(`dev: 1 object is beside the code
  - keys <laptop>: made by others
      adopt: …
  - not compared: no database
`);
  expect(driftAsMarkdown(found)).toContain("- keys &lt;laptop>: made by others");
  expect([isDrifted(found), isDrifted(nothing)]).toEqual([true, false]);
});
