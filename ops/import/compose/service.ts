import { homedir } from "node:os";
import type { Steps } from "../finding.ts";
import { asList, asPlain, asText, asWord, given, isPlain, type Plain } from "../plain.ts";

/** One service of a compose file, its different ways of writing things looked through. */
export interface ComposeService {
  readonly name: string;
  readonly value: Plain;
  readonly steps: Steps;
  /** Variables that may be looked up for `${NAME}`. */
  readonly environment: readonly EnvironmentEntry[];
}

export interface EnvironmentEntry {
  readonly name: string;
  /** Absent when it is passed on from the shell. */
  readonly value?: string;
  readonly steps: Steps;
}

export function servicesOf(compose: Plain): ComposeService[] {
  return Object.entries(asPlain(compose["services"])).map(([name, raw]) => {
    const value = asPlain(raw);
    const steps = ["services", name];
    return {
      name,
      value,
      steps,
      environment: environmentOf(value["environment"], [...steps, "environment"]),
    };
  });
}

function environmentOf(written: unknown, steps: Steps): EnvironmentEntry[] {
  if (isPlain(written)) {
    return Object.entries(written).map(([name, value]) => ({
      name,
      steps: [...steps, name],
      ...given({ value: asWord(value) }),
    }));
  }
  return asList(written).flatMap((row, i) => {
    const text = asText(row) ?? "";
    const sign = text.indexOf("=");
    if (text === "") return [];
    const entry = { name: sign < 0 ? text : text.slice(0, sign), steps: [...steps, i] };
    return [sign < 0 ? entry : { ...entry, value: text.slice(sign + 1) }];
  });
}

/** Puts values in for `${NAME}` and `${NAME:-default}`; what is not known stays. */
export const interpolate = (text: string, values: ReadonlyMap<string, string>): string =>
  text.replace(
    /\$\{(\w+)(?::?-([^}]*))?\}|\$(\w+)/g,
    (whole, name?: string, fallback?: string, bare?: string) => {
      return values.get(name ?? bare ?? "") ?? fallback ?? whole;
    },
  );

/** A command as words, however it is written. */
export const wordsOf = (command: unknown): string[] =>
  Array.isArray(command)
    ? command.map(String)
    : (asText(command) ?? "").split(/\s+/).filter((word) => word !== "");

/** The value of `--name value` or `--name=value`. */
export function flagOf(words: readonly string[], name: string): string | undefined {
  const at = words.findIndex((word) => word === name || word.startsWith(`${name}=`));
  if (at < 0) return undefined;
  const word = words[at] ?? "";
  return word === name ? words[at + 1] : word.slice(name.length + 1);
}

/** What a volume's source may begin with; relative paths start at the compose file. */
const own: ReadonlyMap<string, string> = new Map([
  ["PWD", "."],
  ["HOME", homedir()],
]);

/** Where a path inside the container lies on the host, by the service's volumes. */
export function hostPath(service: ComposeService, inside: string): string | undefined {
  for (const row of asList(service.value["volumes"])) {
    const [source, target] = isPlain(row)
      ? [asText(row["source"]), asText(row["target"])]
      : interpolate(asText(row) ?? "", own).split(":");
    if (!source || !target || !/^[./~]/.test(source)) continue;
    if (target === inside) return source;
    const folder = target.replace(/\/$/, "");
    if (inside.startsWith(`${folder}/`)) return source.replace(/\/$/, "") + inside.slice(folder.length);
  }
  return undefined;
}
