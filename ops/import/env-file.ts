import { secretNames } from "../../infra/names.ts";
import type { LocatedYaml } from "../../infra/settings/strict-yaml.ts";
import { readEnvText } from "../env-text.ts";
import type { ImportContext } from "./draft.ts";
import { type Finding, type Reporter, reporter } from "./finding.ts";
import { placeVariable } from "./variables.ts";
import { judgeSecret } from "./weak-secrets.ts";

/** One `.env` file, or the environment of a compose service. */
export interface EnvironmentFile {
  readonly file: string;
  readonly text: string;
}

/** The values of a file, for other files that name its variables. */
export const valuesOf = (text: string): Map<string, string> =>
  new Map(
    readEnvText(text).flatMap(({ name, value }) =>
      name !== undefined && value !== undefined ? [[name, value] as const] : [],
    ),
  );

/** Takes one `.env` file in: what its variables are for, what is broken and what is unsafe. Values are never shown. */
export function importEnvFile(
  { file, text }: EnvironmentFile,
  asked: ReadonlySet<string>,
  context: ImportContext,
  findings: Finding[],
): void {
  const lines = readEnvText(text);
  const places = new Map(lines.flatMap(({ name, line, column }) => (name ? [[name, { line, column }]] : [])));
  const source: LocatedYaml = {
    file,
    value: undefined,
    locate: ([name]) => {
      const at = places.get(String(name)) ?? { line: 1, column: 1 };
      return `${file}:${at.line}:${at.column}`;
    },
  };
  const say = reporter(source, findings);
  const seen = new Map<string, number>();
  for (const { line, column, name, value } of lines) {
    const here = reporter({ ...source, locate: () => `${file}:${line}:${column}` }, findings);
    if (name === undefined) {
      here.defect("malformed-line", [], "is not NAME=value", "write NAME=value, or remove the line");
      continue;
    }
    const first = seen.get(name);
    seen.set(name, line);
    if (first !== undefined) {
      here.defect(
        "duplicate-variable",
        [name],
        `is set in line ${first} already; the last one counts`,
        "remove one",
      );
      continue;
    }
    if (value === undefined) {
      here.defect("malformed-line", [name], "has an opening quote and no closing one", "close the quote");
      continue;
    }
    placeVariable(here, [name], name, asked, context);
    judgeSecret(here, [name], name, value);
  }
  missingSalt(say, new Map(lines.map(({ name = "", value = "" }) => [name, value])));
}

/** Without a salt of its own, LiteLLM encrypts stored credentials with the master key: neither can then be changed. */
function missingSalt(say: Reporter, values: ReadonlyMap<string, string>): void {
  const { masterKey, saltKey } = secretNames;
  const master = values.get(masterKey);
  if (master === undefined) return;
  const salt = values.get(saltKey);
  const fix = "nothing: the gateway makes one that is protected from being lost";
  if (salt === undefined || salt === "") {
    const found = `there is no ${saltKey}: stored credentials are encrypted with the master key, which can't be changed then`;
    say.defect("no-salt-key", [masterKey], found, fix);
  } else if (salt === master) {
    say.defect("no-salt-key", [saltKey], "is the master key once more", fix);
  }
}
