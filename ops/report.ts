import type { Command } from "commander";
import { Option } from "commander";
import { UserError } from "../infra/settings/errors.ts";
import { type LogOptions, locateLog, withPlace } from "./audit/location.ts";
import { logFolder } from "./audit/log-folder.ts";
import { publicKey } from "./audit/options.ts";
import { verifyLog } from "./audit/verify.ts";
import { writeFileAtomic } from "./files.ts";
import { projectRoot } from "./paths.ts";
import { buildDocument } from "./report/build.ts";
import { collect } from "./report/collect.ts";
import { deployedConfiguration, readConfiguration } from "./report/configuration.ts";
import type { ReportData } from "./report/data.ts";
import { writePdf } from "./report/pdf.ts";
import { parseScope } from "./report/range.ts";
import { toHtml } from "./report/render/html.ts";
import { toMarkdown } from "./report/render/markdown.ts";

const formats = ["md", "html", "pdf", "json"] as const;

interface ReportOptions extends LogOptions {
  readonly from: string;
  readonly to?: string;
  readonly team?: string;
  readonly format: (typeof formats)[number];
  readonly out?: string;
  readonly config?: string;
  readonly publicKey?: string;
}

/** Text of a report, in any form but PDF. */
export function reportText(data: ReportData, format: "md" | "html" | "json"): string {
  if (format === "json") return `${JSON.stringify(data, null, 2)}\n`;
  const document = buildDocument(data);
  return format === "md" ? toMarkdown(document) : toHtml(document);
}

export function registerReport(program: Command): void {
  withPlace(program.command("report"))
    .description(
      "compliance report of a time range: usage, spend, refusals, approvals, changes, controls, and whether the log is intact",
    )
    .option("--from <when>", "first moment: a date, a time (UTC) or an age such as 30d", "30d")
    .option("--to <when>", "up to then, which is not included; default: now")
    .option("--team <team>", "only one team, by id or alias")
    .addOption(new Option("--format <format>").choices(formats).default("md"))
    .option("--out <file>", "write to a file of mode 0600 instead of printing; needed for pdf")
    .option(
      "--config <folder>",
      "folder with config.yaml and cerberus.json; default: what the stack's first LiteLLM container runs with",
    )
    .option(
      "--public-key <hex>",
      "key that must have signed the log; default: the stack's output auditPublicKey",
      publicKey,
    )
    .action(async (options: ReportOptions) => {
      const { format, out } = options;
      if (format === "pdf" && out === undefined) {
        throw new UserError("a PDF is not printed to a terminal", "name a file: --out report.pdf");
      }
      const data = await reportData(options);
      if (format === "pdf") await writePdf(reportText(data, "html"), out ?? "");
      else if (out === undefined) process.stdout.write(reportText(data, format));
      else writeFileAtomic(out, reportText(data, format));
    });
}

async function reportData(options: ReportOptions): Promise<ReportData> {
  const scope = parseScope(options.from, options.to, options.team, Date.now());
  using place = await locateLog(projectRoot, options);
  const configuration = await configurationOf(options, place.dockerHost);
  const source = logFolder(place.folder);
  const verification = await verifyLog(source, { publicKey: options.publicKey ?? place.publicKey });
  return collect(source, scope, verification, configuration);
}

/** A stack that is down, or a log alone, still gives a report: its controls are then not known, and that is said. */
async function configurationOf({ config, stack }: ReportOptions, dockerHost: string) {
  if (config !== undefined) return readConfiguration(config);
  if (stack === undefined) return null;
  try {
    return await deployedConfiguration(stack, dockerHost);
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    process.stderr.write(
      `the configuration of stack "${stack}" is not known, so its controls are not judged: ${error.message}\n`,
    );
    return null;
  }
}
