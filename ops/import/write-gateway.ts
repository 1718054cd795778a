import { Document, isSeq, stringify } from "yaml";
import type { Draft } from "./draft.ts";
import { definitionOf } from "./settle.ts";

/** Text of gateway.yaml: the definitions, with a word where something was changed or set aside. */
export function gatewayText(draft: Draft, from: readonly string[]): string {
  const document = new Document(definitionOf(draft));
  for (const part of ["models", "guardrails"] as const) {
    const rows = document.get(part, true);
    if (!isSeq(rows)) continue;
    rows.items.forEach((row, i) => {
      const notes = draft[part][i]?.notes ?? [];
      if (notes.length > 0) (row as { commentBefore?: string }).commentBefore = comment(notes);
    });
  }
  const settings = [...draft.settings].map(([path, value]) => `  pulumi config set --path ${path} ${value}`);
  const header = [
    "yaml-language-server: $schema=docs/reference/gateway.schema.json",
    `Imported from ${from.join(", ")}. It replaces infra/catalog/gateway.ts.`,
    ...(settings.length > 0 ? ["Settings of the stack that were in there too:", ...settings] : []),
  ];
  document.commentBefore = comment(header);
  const body = document.toString({ lineWidth: 0 });
  return draft.setAside.length === 0 ? body : `${body}\n${asideText(draft)}`;
}

/** What was left out, ready to be taken in again. */
function asideText({ setAside }: Draft): string {
  const rows = setAside.map(({ part, value, why }) => {
    const row = stringify([value], { lineWidth: 0 }).trimEnd();
    return `${part}: ${why}\n${row}`;
  });
  const text = `Set aside, since it would be refused as it is:\n${rows.join("\n")}`;
  return `${text
    .split("\n")
    .map((line) => `# ${line}`)
    .join("\n")}\n`;
}

const comment = (lines: readonly string[]): string =>
  lines
    .flatMap((line) => line.split("\n"))
    .map((line) => ` ${line}`)
    .join("\n");
