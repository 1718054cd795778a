import { chmodSync, mkdtempSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { afterEach, expect, test, vi } from "vitest";
import { isRemote } from "../infra/engine/address.ts";
import { listensHere, openTunnel, reachPorts, tunnelArgs } from "./tunnel.ts";

afterEach(() => vi.unstubAllEnvs());

/** Puts an `ssh` that is a shell script on the PATH. */
function withSsh(script: string): void {
  const folder = mkdtempSync(`${tmpdir()}/cerberus-ssh-`);
  writeFileSync(`${folder}/ssh`, `#!/bin/sh\n${script}\n`);
  chmodSync(`${folder}/ssh`, 0o755);
  vi.stubEnv("PATH", `${folder}:/usr/bin:/bin`);
}

function freePort(): Promise<number> {
  const server = createServer();
  return new Promise((resolve) => {
    server.listen(0, "127.0.0.1", () => {
      const { port } = server.address() as { port: number };
      server.close(() => resolve(port));
    });
  });
}

test.each([
  ["ssh://deploy@engine.test:2222", "-p 2222 -L 127.0.0.1:4000:127.0.0.1:4000 deploy@engine.test"],
  ["ssh://engine.test", "-L 127.0.0.1:4000:127.0.0.1:4000 engine.test"],
  // The port of a tcp:// engine is Docker's, not ssh's.
  ["tcp://engine.test:2376", "-L 127.0.0.1:4000:127.0.0.1:4000 engine.test"],
])("%s is reached by ssh", (host, args) => {
  expect(tunnelArgs(host, [4000]).join(" ")).toBe(`-N -o ExitOnForwardFailure=yes ${args}`);
});

test("only an engine on another machine needs a tunnel", () => {
  const here = ["tcp://127.0.0.1:2376", "ssh://me@localhost", "unix:///var/run/docker.sock", "", undefined];
  const hosts = ["ssh://h", "tcp://h:1", ...here];
  expect(hosts.map(isRemote)).toEqual([...[true, true, false, false, false, false, false]]);
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

test("a tunnel is open once its ports answer, and closed with its end", async () => {
  const port = await freePort();
  withSsh(`exec '${process.execPath}' -e 'require("node:net").createServer().listen(${port}, "127.0.0.1")'`);
  {
    using tunnel = await openTunnel("ssh://h", [port]);
    expect(tunnel.process.exitCode).toBeNull();
    expect(await listensHere(port)).toBe(true);
  }
  await expect.poll(() => listensHere(port)).toBe(false);
});

test("an ssh that does not get through is said in its own words, with the command to try", async () => {
  withSsh('echo "deploy@h: Permission denied (publickey)." >&2; exit 255');
  await expect(openTunnel("ssh://deploy@h", [await freePort()])).rejects.toThrow(
    /Permission denied \(publickey\)\.\n {2}fix: make this work in a terminal: ssh -N .* deploy@h/,
  );
});

test("a port that something here holds is no way to another machine", async () => {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as { port: number };
  await expect(openTunnel("ssh://h", [port])).rejects.toThrow(`port ${port} of this machine is in use`);
  server.close();
});

test("a local stack's port is never taken for the way to another machine", async () => {
  const folder = mkdtempSync(`${tmpdir()}/cerberus-ssh-`);
  writeFileSync(`${folder}/docker`, "#!/bin/sh\nprintf 'dev\\t127.0.0.1:4000->4000/tcp\\n'\n");
  chmodSync(`${folder}/docker`, 0o755);
  vi.stubEnv("PATH", `${folder}:/usr/bin:/bin`);
  await expect(reachPorts("ssh://h", [4000], () => undefined)).rejects.toThrow(
    'port 4000 of this machine belongs to the local stack "dev"',
  );
});
