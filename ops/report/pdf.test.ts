import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { afterAll, describe, expect, test } from "vitest";
import { findChromium, writePdf } from "./pdf.ts";

const folder = mkdtempSync(`${tmpdir()}/report-`);
afterAll(() => rmSync(folder, { recursive: true }));

describe("a PDF", () => {
  test("without Chromium is refused with the way to get it", async () => {
    expect(findChromium("/nowhere")).toBeUndefined();
    await expect(writePdf("", `${folder}/x.pdf`, "/nowhere")).rejects.toThrow(/apt-get install chromium/);
  });

  test("a browser that does not print is named, with its words", async () => {
    writeFileSync(`${folder}/chromium`, "#!/bin/sh\necho no display >&2\nexit 3\n");
    chmodSync(`${folder}/chromium`, 0o755);

    await expect(writePdf("", `${folder}/x.pdf`, folder)).rejects.toThrow(
      /did not print the report: no display/,
    );
    expect(existsSync(`${folder}/x.pdf`)).toBe(false);
  });

  test.runIf(findChromium(process.env["PATH"] ?? "") !== undefined)(
    "is printed where a Chromium is installed",
    async () => {
      await writePdf("<!doctype html><title>x</title><p>A page", `${folder}/real.pdf`);

      expect(readFileSync(`${folder}/real.pdf`).subarray(0, 5).toString()).toBe("%PDF-");
    },
    120_000,
  );
});
