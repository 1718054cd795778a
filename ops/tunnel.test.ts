import { createServer } from "node:net";
import { expect, test } from "vitest";
import { isRemote, listensHere, tunnelArgs } from "./tunnel.ts";

test.each([
  ["ssh://deploy@engine.test:2222", "-p 2222 -L 127.0.0.1:4000:127.0.0.1:4000 deploy@engine.test"],
  ["ssh://engine.test", "-L 127.0.0.1:4000:127.0.0.1:4000 engine.test"],
  // The port of a tcp:// engine is Docker's, not ssh's.
  ["tcp://engine.test:2376", "-L 127.0.0.1:4000:127.0.0.1:4000 engine.test"],
])("%s is reached by ssh", (host, args) => {
  expect(tunnelArgs(host, [4000]).join(" ")).toBe(`-N -o ExitOnForwardFailure=yes ${args}`);
});

test("only an engine on another machine needs a tunnel", () => {
  expect(["ssh://h", "tcp://h:1", "unix:///var/run/docker.sock", "", undefined].map(isRemote)).toEqual([
    ...[true, true, false, false, false],
  ]);
});

test("a port that takes connections is told from one that does not", async () => {
  const server = createServer();
  const port = await new Promise<number>((resolve) => {
    server.listen(0, "127.0.0.1", () => resolve((server.address() as { port: number }).port));
  });
  expect(await listensHere(port)).toBe(true);
  await new Promise((resolve) => server.close(resolve));
  expect(await listensHere(port)).toBe(false);
});
