import type { Finding, FindingKind } from "./finding.ts";
import type { ImportResult } from "./run.ts";

const titles: Readonly<Record<FindingKind, string>> = {
  defect: "Defects",
  changed: "Carried over otherwise than written",
  dropped: "Not carried over",
};

/**
 * An import for a terminal.
 * @param written the file the definitions went to, if they went anywhere
 */
export function importText(result: ImportResult, written: string | undefined): string {
  const { counts, files, findings, settings } = result;
  const made = Object.entries(counts).map(([what, count]) => `${count} ${what}`);
  const lines = [`Read ${files.join(", ")}.`];
  if (written !== undefined) lines.push(`Wrote ${written}: ${made.join(", ")}.`);
  for (const kind of Object.keys(titles) as FindingKind[]) {
    const own = findings.filter((finding) => finding.kind === kind);
    if (own.length > 0) lines.push("", `${titles[kind]} (${own.length}):`, ...own.map(findingText));
  }
  const next = [
    ...Object.entries(settings).map(([path, value]) => `pulumi config set --path ${path} ${value}`),
    ...envLines(result),
    ...(written === undefined ? [] : ["npm run preview -- --stack dev"]),
  ];
  if (next.length > 0) lines.push("", "Next:", ...next.map((line) => `  ${line}`));
  return `${readable(lines.join("\n"))}\n`;
}

/** Names come from files, and a terminal obeys what follows an escape. */
const readable = (text: string): string =>
  text.replaceAll(/\p{Cc}/gu, (control) => (control === "\n" ? control : "?"));

const findingText = ({ rule, path, found, fix }: Finding): string =>
  `  - ${path} [${rule}]\n      ${found}\n      fix: ${fix}`;

function envLines({ variables, addresses }: ImportResult): string[] {
  const secrets = Object.entries(variables).map(
    ([name, source]) => `.env: ${name}=…${source === name ? "" : `   (today: ${source})`}`,
  );
  const known = Object.entries(addresses).map(([name, value]) => `.env: ${name}=${value}`);
  return [...secrets, ...known];
}
