import { createServer } from "node:net";
import { expect, test } from "vitest";
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
    const problems = await portProblems({ gateway: port, prometheus: port, approvals: port }, new Set());
    expect(problems.map(({ path }) => path)).toEqual([
      "ports.gateway",
      "ports.prometheus",
      "ports.approvals",
    ]);
    expect(problems[0]?.fix).toContain("--gateway-port");
    expect(await portProblems({ gateway: port, prometheus: port, approvals: port }, new Set([port]))).toEqual(
      [],
    );
  } finally {
    server.close();
  }
});
