import { createWriteStream, openSync } from "node:fs";
import { type Command, Option } from "commander";
import { UserError } from "../infra/settings/errors.ts";
import { type ExportFormat, exported, exportFormats } from "./audit/export.ts";
import { type Filter, type FilterOptions, parseFilter, withFilters } from "./audit/filters.ts";
import { lineText } from "./audit/line-text.ts";
import { type LogOptions, locateLog, withPlace } from "./audit/location.ts";
import { logFolder } from "./audit/log-folder.ts";
import { count, headPosition, publicKey } from "./audit/options.ts";
import { tellUnreadable, writeAll } from "./audit/output.ts";
import { type AuditRecord, noneUnreadable, recordsOf } from "./audit/records.ts";
import { StatsCounter } from "./audit/stats.ts";
import { statsText } from "./audit/stats-text.ts";
import { follow, newest } from "./audit/tail.ts";
import { verifyLog } from "./audit/verify.ts";
import { verificationText } from "./audit/verify-text.ts";
import { projectRoot } from "./paths.ts";

/** Exit code of a log that is not intact; 0 is intact, 1 could not be read. */
const findingsExit = 2;

type Options = LogOptions & FilterOptions & { readonly json?: boolean };

export function registerAudit(program: Command): void {
  const audit = program.command("audit").description("read the audit log, and prove that nobody changed it");
  registerVerify(audit);
  registerTail(audit);
  registerQuery(audit);
  registerExport(audit);
  registerStats(audit);
}

function registerVerify(audit: Command): void {
  withPlace(audit.command("verify"))
    .description(
      "check chain, signatures and completeness of a log; exit code 0 = intact, 2 = findings, 1 = can't be read",
    )
    .option(
      "--public-key <hex>",
      "key that must have signed; default: the stack's output auditPublicKey",
      publicKey,
    )
    .option(
      "--head <seq:hash>",
      "a position known from elsewhere (metric, backup) that must be in the log",
      headPosition,
    )
    .option("--max-findings <n>", "findings to print; all are counted", count, 100)
    .option("--json", "print JSON")
    .action(async (options: VerifyFlags) => {
      using place = await locateLog(projectRoot, options);
      const result = await verifyLog(logFolder(place.folder), {
        publicKey: options.publicKey ?? place.publicKey,
        expectedHead: options.head,
        maxFindings: options.maxFindings,
      });
      process.stdout.write(options.json ? `${JSON.stringify(result, null, 2)}\n` : verificationText(result));
      if (!result.intact) process.exitCode = findingsExit;
    });
}

interface VerifyFlags extends LogOptions {
  readonly publicKey?: string;
  readonly head?: { seq: number; hash: string };
  readonly maxFindings: number;
  readonly json?: boolean;
}

function registerTail(audit: Command): void {
  withFilters(withPlace(audit.command("tail")))
    .description("the newest lines, and with --follow those to come")
    .option("-n, --lines <n>", "how many", count, 20)
    .option("-f, --follow", "go on with new lines, across rotations")
    .option("--json", "print the lines as they stand in the log")
    .action(async (options: Options & { lines: number; follow?: boolean }) => {
      using place = await locateLog(projectRoot, options);
      if (options.follow && place.copied) {
        throw new UserError(
          "the log lies in a volume of another engine and is read as a copy, which does not grow",
          "leave out --follow, or follow it on that machine",
        );
      }
      const filter = parseFilter(options, Date.now());
      const stop = new AbortController();
      process.once("SIGINT", () => stop.abort());
      process.once("SIGTERM", () => stop.abort());
      await writeAll(tailed(place.folder, options, filter, stop.signal), process.stdout);
    });
}

async function* tailed(
  folder: string,
  { lines, follow: goesOn, json }: Options & { lines: number; follow?: boolean },
  filter: Filter,
  signal: AbortSignal,
): AsyncGenerator<string> {
  const unreadable = noneUnreadable();
  const text = (record: AuditRecord) => `${json ? record.text : lineText(record.line)}\n`;
  const shown = await newest(logFolder(folder), lines, filter, unreadable);
  yield shown.map(text).join("");
  tellUnreadable(unreadable);
  if (!goesOn) return;
  for await (const record of follow(folder, { afterSeq: shown.at(-1)?.line.seq ?? 0, signal })) {
    if (filter(record)) yield text(record);
  }
}

function registerQuery(audit: Command): void {
  withFilters(withPlace(audit.command("query")))
    .description("the lines that fit, oldest first")
    .option("--limit <n>", "at most so many", count)
    .option("--json", "print the lines as they stand in the log")
    .action(async (options: Options & { limit?: number }) => {
      using place = await locateLog(projectRoot, options);
      const filter = parseFilter(options, Date.now());
      const unreadable = noneUnreadable();
      await using log = await logFolder(place.folder).open();
      await writeAll(
        (async function* () {
          let left = options.limit ?? Number.POSITIVE_INFINITY;
          for await (const batch of recordsOf(log.files, unreadable)) {
            const chosen = batch.filter(filter).slice(0, left);
            left -= chosen.length;
            yield chosen.map(({ line, text }) => `${options.json ? text : lineText(line)}\n`).join("");
            if (left <= 0) return;
          }
        })(),
        process.stdout,
      );
      tellUnreadable(unreadable);
    });
}

function registerExport(audit: Command): void {
  withFilters(withPlace(audit.command("export")))
    .description("the lines that fit, for other programs")
    .addOption(new Option("--format <format>").choices(exportFormats).default("csv"))
    .option("--columns <paths>", "fields, with commas between, such as seq,timestamp,data.cost_usd", (text) =>
      text.split(","),
    )
    .option("--out <file>", "write to a new file of mode 0600 instead of printing")
    .action(async (options: Options & { format: ExportFormat; columns?: string[]; out?: string }) => {
      using place = await locateLog(projectRoot, options);
      const filter = parseFilter(options, Date.now());
      const unreadable = noneUnreadable();
      await using log = await logFolder(place.folder).open();
      const pieces = exported(recordsOf(log.files, unreadable), filter, options.format, options.columns);
      if (options.out === undefined) await writeAll(pieces, process.stdout);
      else await writeAll(pieces, createWriteStream("", { fd: newFile(options.out) }));
      tellUnreadable(unreadable);
    });
}

function newFile(file: string): number {
  try {
    return openSync(file, "wx", 0o600);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
    throw new UserError(`${file} exists`, "name a new file: an export overwrites nothing");
  }
}

function registerStats(audit: Command): void {
  withFilters(withPlace(audit.command("stats")))
    .description("counts, spend, tokens and response times of the lines that fit")
    .option("--json", "print JSON")
    .action(async (options: Options) => {
      using place = await locateLog(projectRoot, options);
      const filter = parseFilter(options, Date.now());
      const unreadable = noneUnreadable();
      const stats = new StatsCounter();
      await using log = await logFolder(place.folder).open();
      for await (const batch of recordsOf(log.files, unreadable)) {
        for (const record of batch) if (filter(record)) stats.add(record.line);
      }
      process.stdout.write(
        options.json ? `${JSON.stringify(stats.result(), null, 2)}\n` : statsText(stats.result()),
      );
      tellUnreadable(unreadable);
    });
}
