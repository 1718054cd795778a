import { createServer } from "node:net";
import { expect, test } from "vitest";
import { freePort } from "../../tests/live/clone.ts";
import { heldPorts } from "../../infra/engine/held-ports.ts";
import { machineProblems, portProblems, readMachine } from "./preflight.ts";

const good = { platform: "linux", cpus: 2, freeMemoryGib: 8, freeDiskGib: 50 };

test("a machine that has what it needs has no problem; this one is read for real", () => {
  expect(machineProblems(good, false)).toEqual([]);
  expect(readMachine(".")).toMatchObject({ cpus: expect.any(Number), freeDiskGib: expect.any(Number) });
});

test("everything a machine lacks is said at once", () => {
  const paths = machineProblems({ platform: "win32", cpus: 1, freeMemoryGib: 1, freeDiskGib: 2 }, false);
  expect(paths.map(({ path }) => path)).toEqual(["operating system", "memory", "disk"]);
});

test("a stack that already runs has taken its memory and disk", () => {
  expect(machineProblems({ ...good, freeMemoryGib: 1, freeDiskGib: 1 }, true)).toEqual([]);
});

test("a port that another program holds is named with the way out; one of ours is fine", async () => {
  const server = createServer();
  const port = await new Promise<number>((resolve) => {
    server.listen(0, "127.0.0.1", () => resolve((server.address() as { port: number }).port));
  });
  try {
    const wanted = { gateway: port, prometheus: port, approvals: port };
    const problems = await portProblems(wanted, new Map(), "dev");
    expect(problems.map(({ path }) => path)).toEqual([
      "ports.gateway",
      "ports.prometheus",
      "ports.approvals",
    ]);
    expect(problems[0]?.fix).toContain("--gateway-port");
    expect(await portProblems(wanted, new Map([[port, "dev"]]), "dev")).toEqual([]);
  } finally {
    server.close();
  }
});

test("a port that another stack holds names that stack", async () => {
  const held = heldPorts("staging\t127.0.0.1:4000->4000/tcp\nstaging\t127.0.0.1:9090->9090/tcp\ndev\t\n");
  const wanted = { gateway: 4000, prometheus: await freePort(), approvals: await freePort() };
  const problems = await portProblems(wanted, held, "dev");
  expect(problems).toMatchObject([
    { path: "ports.gateway", found: expect.stringContaining('stack "staging"') },
  ]);
  expect(problems[0]?.fix).toContain("--stack dev --path ports.gateway");
});
