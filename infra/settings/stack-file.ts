import { existsSync, readFileSync } from "node:fs";
import { LineCounter, parseDocument } from "yaml";
import { projectName } from "../names.ts";
import { UserError } from "./errors.ts";
import { StackConfig } from "./schema/stack-config.ts";
import { placesIn } from "./yaml-places.ts";

/** Values of the committed `Pulumi.<stack>.yaml`; an absent file says nothing. */
export const readStackFile = (root: string, stackName: string): Record<string, unknown> =>
  readStackDocument(root, stackName).values;

/** The same, with line and column of a setting that stands there. */
export function readStackDocument(
  root: string,
  stackName: string,
): {
  readonly values: Record<string, unknown>;
  readonly locate?: (steps: readonly PropertyKey[]) => string | undefined;
} {
  const name = `Pulumi.${stackName}.yaml`;
  const file = `${root}/${name}`;
  if (!existsSync(file)) return { values: {} };
  const lines = new LineCounter();
  const document = parseDocument(readFileSync(file, "utf8"), { uniqueKeys: true, lineCounter: lines });
  const broken = document.errors[0];
  if (broken) throw new UserError(`${file}: ${broken.message}`, "correct the file");
  const config: unknown = document.toJS()?.config ?? {};
  if (typeof config !== "object" || config === null || Array.isArray(config)) {
    throw new UserError(
      `${file}: "config" must be a map of settings`,
      "write settings as cerberus-gateway:<name>: <value>",
    );
  }
  const places = placesIn(name, document, lines);
  return {
    values: ownKeys(config as Record<string, unknown>),
    locate([first, ...rest]) {
      const key = [`${projectName}:${String(first)}`, String(first)].find((known) => known in config);
      return key === undefined ? undefined : places.of(["config", key, ...rest]);
    },
  };
}

/** Pulumi hands every value over as text; structured ones as JSON. */
export function readPulumiConfig(config: Readonly<Record<string, string>>): Record<string, unknown> {
  const texts = ownKeys(config) as Record<string, string>;
  return Object.fromEntries(Object.entries(texts).map(([key, text]) => [key, decode(key, text)]));
}

/** Settings of this project; other namespaces (docker:…) belong to the providers. */
function ownKeys(config: Readonly<Record<string, unknown>>): Record<string, unknown> {
  const prefix = `${projectName}:`;
  const own = Object.entries(config).flatMap(([key, value]) => {
    if (key.startsWith(prefix)) return [[key.slice(prefix.length), value]];
    return key.includes(":") ? [] : [[key, value]];
  });
  return Object.fromEntries(own);
}

function decode(key: string, text: string): unknown {
  const field = (StackConfig.shape as Record<string, { safeParse(value: unknown): { success: boolean } }>)[
    key
  ];
  if (field?.safeParse(text).success) return text;
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
