import { expect, test } from "vitest";
import { explainEngine } from "./explain.ts";

// What Docker 28's command printed in tests/live/remote-engine.test.ts, or prints by its source.
test.each([
  [
    "tls: failed to verify certificate: x509: certificate signed by unknown authority",
    /not signed by the authority of engine\.tls[\s\S]*ca\.pem/,
  ],
  ["remote error: tls: bad certificate", /refuses this client's certificate/],
  ["x509: certificate is valid for a.test, not b.test", /for another name/],
  ["x509: certificate has expired or is not yet valid", /expired/],
  ["Client sent an HTTP request to an HTTPS server.", /asks for certificates[\s\S]*engine\.tls\.folder/],
  ["http: server gave HTTP response to HTTPS client", /speaks no TLS/],
  ["dial tcp 127.0.0.1:1: connect: connection refused", /nothing answers there/],
  [
    "Cannot connect to the Docker daemon at tcp://engine.test:2376. Is the docker daemon running?",
    /nothing answers there/,
  ],
  ["dial tcp: lookup nowhere.test: no such host", /no machine of that name/],
  ["Host key verification failed.", /does not know this host's key/],
  ["deploy@h: Permission denied (publickey).", /refuses this user's key/],
  ["bash: line 1: docker: command not found", /no docker command on that machine/],
])("%s is said in one sentence with its fix", (said, says) => {
  const error = explainEngine("tcp://engine.test:2376", said);
  expect(error?.message).toMatch(says);
  expect(error?.message).toContain("tcp://engine.test:2376");
  expect(error?.fix).not.toBe("");
});

test("what is no matter of reaching an engine is left to others, and so is the local engine", () => {
  expect(explainEngine("tcp://engine.test:2376", "no space left on device")).toBeUndefined();
  expect(explainEngine(undefined, "connection refused")).toBeUndefined();
});
