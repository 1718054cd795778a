import { execFile } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter } from "node:path";
import { promisify } from "node:util";
import { UserError } from "../../infra/settings/errors.ts";

const names = ["chromium", "chromium-browser", "google-chrome", "chrome"];

/** A Chromium in the folders of a PATH. */
export function findChromium(path: string): string | undefined {
  const folders = path.split(delimiter);
  return names
    .flatMap((name) => folders.map((folder) => `${folder}/${name}`))
    .find((file) => existsSync(file));
}

/**
 * Prints a self-contained HTML page to a PDF file of mode 0600.
 * @throws UserError when there is no Chromium, or it does not print
 */
export async function writePdf(
  html: string,
  file: string,
  path: string = process.env["PATH"] ?? "",
): Promise<void> {
  const chromium = findChromium(path);
  if (chromium === undefined) {
    throw new UserError(
      `a PDF is printed by Chromium, and none of ${names.join(", ")} is installed`,
      "install it (Debian, Ubuntu: sudo apt-get install chromium), or write --format html and print it from any browser",
    );
  }
  const folder = mkdtempSync(`${tmpdir()}/cerberus-pdf-`);
  try {
    writeFileSync(`${folder}/report.html`, html);
    // The page is our own and holds no script (its policy forbids any), so that root may print it without the sandbox.
    const sandbox = process.getuid?.() === 0 ? ["--no-sandbox"] : [];
    const args = [
      "--headless",
      ...sandbox,
      "--disable-gpu",
      "--no-pdf-header-footer",
      `--user-data-dir=${folder}/profile`,
    ];
    await promisify(execFile)(
      chromium,
      [...args, `--print-to-pdf=${folder}/report.pdf`, `file://${folder}/report.html`],
      { timeout: 120_000 },
    );
    writeFileSync(file, readFileSync(`${folder}/report.pdf`), { mode: 0o600 });
  } catch (error) {
    const words =
      (error as { stderr?: string }).stderr?.trim().split("\n").at(-1) ?? (error as Error).message;
    throw new UserError(
      `${chromium} did not print the report: ${words}`,
      "write --format html and print it from any browser",
    );
  } finally {
    rmSync(folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 });
  }
}
