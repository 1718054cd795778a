import { execFileSync } from "node:child_process";
import { existsSync } from "node:fs";
import { type Browser, chromium } from "playwright-core";

const program = "/usr/bin/chromium";

/** Debian's Chromium, installed when it is missing. As root it runs without its sandbox: the pages are our own. */
export function openChromium(): Promise<Browser> {
  if (!existsSync(program)) {
    const env = { ...process.env, DEBIAN_FRONTEND: "noninteractive" };
    const apt = (...args: string[]) => execFileSync("apt-get", ["-qy", ...args], { env, stdio: "ignore" });
    apt("update");
    apt("install", "--no-install-recommends", "chromium", "fonts-dejavu-core");
  }
  return chromium.launch({
    executablePath: program,
    args: [
      "--no-sandbox",
      "--disable-gpu",
      "--disable-quic",
      "--no-first-run",
      "--disable-background-networking",
      "--disable-component-update",
      "--disable-sync",
    ],
  });
}
