import { execFileSync } from "node:child_process";
import { chmodSync, chownSync, existsSync, mkdtempSync, rmSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import path from "node:path";

const BINARIES = "/usr/lib/postgresql/15/bin";
const ACCOUNT = "postgres";

/** @returns {string | false} why a test that needs PostgreSQL can't run here */
export function postgresMissing() {
  if (!existsSync(`${BINARIES}/initdb`)) return `PostgreSQL 15 is not installed (${BINARIES})`;
  if (process.getuid?.() === 0 && !accountIds()) return `PostgreSQL refuses root, and no account ${ACCOUNT}`;
  return false;
}

/** A server with a fresh cluster, and the way to stop and remove it. */
export async function startPostgres() {
  const folder = mkdtempSync(path.join(tmpdir(), "prisma-engines-"));
  const ids = process.getuid?.() === 0 ? accountIds() : undefined;
  if (ids) chownSync(folder, ids.uid, ids.gid);
  chmodSync(folder, 0o700);
  const port = await freePort();
  const data = path.join(folder, "data");
  /** @param {string[]} args */
  const run = ([program = "", ...args]) =>
    execFileSync(path.join(BINARIES, program), args, { ...ids, cwd: "/", stdio: "ignore" });
  run(["initdb", "-D", data, "-U", "test", "--auth=trust", "--no-sync"]);
  const options = `-p ${port} -k ${folder} -c listen_addresses=127.0.0.1 -c fsync=off`;
  run(["pg_ctl", "-D", data, "-o", options, "-l", path.join(folder, "log"), "-w", "start"]);
  return {
    url: `postgresql://test@127.0.0.1:${port}/app?connection_limit=3`,
    stop() {
      run(["pg_ctl", "-D", data, "-m", "immediate", "stop"]);
      rmSync(folder, { recursive: true });
    },
  };
}

/** @returns {Promise<number>} */
export function freePort() {
  return new Promise((resolve, reject) => {
    const server = createServer().on("error", reject);
    server.listen(0, "127.0.0.1", () => {
      const address = /** @type {import("node:net").AddressInfo} */ (server.address());
      server.close(() => resolve(address.port));
    });
  });
}

function accountIds() {
  try {
    const id = (/** @type {string} */ flag) => Number(execFileSync("id", [flag, ACCOUNT], { stdio: "pipe" }));
    return { uid: id("-u"), gid: id("-g") };
  } catch {
    return undefined;
  }
}
