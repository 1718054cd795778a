import { UserError } from "../settings/errors.ts";

/** What the docker command says of an engine that can't be used, what it means, and what mends it. The first that fits counts. */
const remoteFailures: readonly (readonly [RegExp, string, string])[] = [
  [
    /certificate has expired|not yet valid/i,
    "a certificate has expired, or is not valid yet",
    "renew it (openssl x509 -noout -dates -in cert.pem shows the dates), and check this machine's clock",
  ],
  [
    /remote error: tls:|tls: (bad certificate|certificate required)/i,
    "the engine refuses this client's certificate",
    "engine.tls needs a certificate signed by the authority that the engine trusts (its --tlscacert)",
  ],
  [
    /x509: certificate is (valid for|not valid for)|doesn't contain any IP SANs/i,
    "the engine's certificate is for another name",
    "use that name in engine.host, or give the engine a certificate with this one as subjectAltName",
  ],
  [
    /x509:|failed to verify certificate/i,
    "the engine's certificate is not signed by the authority of engine.tls",
    "use the ca.pem that signed the engine's certificate, or correct engine.host: this may be another machine",
  ],
  [
    /HTTP request to an HTTPS server/i,
    "the engine asks for certificates",
    "pulumi config set --path engine.tls.folder <folder of ca.pem, cert.pem, key.pem>, then run a preview once",
  ],
  [
    /HTTP response to (an )?HTTPS client/i,
    "the engine speaks no TLS there",
    "start it with --tlsverify, or correct the port in engine.host",
  ],
  [
    /Host key verification failed/i,
    "ssh does not know this host's key",
    "connect once by hand and compare its fingerprint: ssh <user@host>",
  ],
  [
    /Permission denied \((publickey|password|keyboard)/i,
    "ssh refuses this user's key",
    "ssh <user@host> docker version must work without a question: ssh-agent, or IdentityFile in ~/.ssh/config",
  ],
  [
    /Could not resolve hostname|no such host/i,
    "there is no machine of that name",
    "correct engine.host, or the name service",
  ],
  [
    /Cannot connect to the Docker daemon|connection refused|connection timed out|i\/o timeout|no route to host|network is unreachable|deadline exceeded/i,
    "nothing answers there",
    "start the engine, open its port, or correct engine.host",
  ],
  [
    /docker: (command )?not found|exit status 127/i,
    "there is no docker command on that machine",
    "install Docker there, for this user's PATH",
  ],
];

/** A named engine that can't be used, in one sentence with its fix; `undefined` when it is something else. */
export function explainEngine(host: string | undefined, said: string): UserError | undefined {
  if (!host) return undefined;
  const known = remoteFailures.find(([pattern]) => pattern.test(said));
  return known && new UserError(`the Docker engine at ${host} can't be used: ${known[1]}`, known[2]);
}
