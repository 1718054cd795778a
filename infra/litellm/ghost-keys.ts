import { distance } from "fastest-levenshtein";
import { parse } from "yaml";
import * as z from "zod";
import { litellmRelease } from "../images/catalog.ts";
import { type Problem, SettingsError } from "../settings/errors.ts";
import { didYouMean } from "../settings/problems.ts";
import { generated } from "./generated.ts";

/**
 * Which keys one LiteLLM release reads (scripts/litellm-keys/extract.py). A section is named by the path to it: `[]` are a
 * list's rows, `.*` is a name of the user's choice. Sections that are not listed are the user's own.
 */
export interface KnownKeys {
  /** The release. */
  readonly litellm: string;
  readonly sections: Readonly<Record<string, readonly string[]>>;
  /** Sections whose other keys LiteLLM keeps and hands on, to a provider say: there only slips of the pen can be told. */
  readonly open: readonly string[];
  /** Keys of open sections that the section doesn't declare and LiteLLM reads all the same. */
  readonly passedOn: Readonly<Record<string, readonly string[]>>;
}

const committed = new Map<string, KnownKeys>();

/** The keys of a release: that of the images built here, unless told otherwise. */
export function knownKeys(release: string = litellmRelease.packages): KnownKeys {
  const keys = committed.get(release) ?? generated<KnownKeys>(release, "keys");
  committed.set(release, keys);
  return keys;
}

/** A key that LiteLLM never reads where it stands. */
export interface GhostKey extends Omit<Problem, "path"> {
  readonly steps: Steps;
  /** Sections that do read a key of this name, outermost only. */
  readonly readers: readonly string[];
}

/**
 * Keys of a config.yaml that LiteLLM never reads; it ignores them without a word.
 * @param config the parsed file; its values are never repeated in a problem
 */
export function findGhostKeys(config: unknown, known: KnownKeys = knownKeys()): GhostKey[] {
  return visit(config, "", [], known);
}

/** The same as problems with a path. */
export function ghostKeys(config: unknown, known: KnownKeys = knownKeys()): Problem[] {
  return findGhostKeys(config, known).map(({ steps, found, fix, warning }) => ({
    path: z.core.toDotPath(steps),
    found,
    fix,
    ...(warning ? { warning } : {}),
  }));
}

/**
 * Refuses a rendered config.yaml with a key that LiteLLM never reads.
 * @param release LiteLLM's, as the stack runs it
 * @returns what only looks like a slip of the pen
 * @throws SettingsError naming every such key
 */
export function refuseGhostKeys(stackName: string, text: string, release?: string): Problem[] {
  const found = ghostKeys(parse(text), knownKeys(release)).map((problem) => ({
    ...problem,
    path: `config.yaml: ${problem.path}`,
  }));
  const problems = found.filter(({ warning }) => !warning);
  if (problems.length > 0) throw new SettingsError(stackName, problems);
  return found;
}

type Steps = readonly (string | number)[];

const topLevel = "top_level";

function visit(value: unknown, section: string, steps: Steps, known: KnownKeys): GhostKey[] {
  if (Array.isArray(value))
    return value.flatMap((row, i) => visit(row, `${section}[]`, [...steps, i], known));
  if (typeof value !== "object" || value === null) return [];
  if (section === guardrailParams && isCustom(value)) return [];
  return Object.entries(value).flatMap(([key, inner]) => {
    const path = [...steps, key];
    const ghost = judge(key, section, path, known);
    return ghost ? [ghost] : visit(inner, within(section, key, known), path, known);
  });
}

/** The section that a key opens: by the key's own name, or by any name where names are the user's. */
function within(section: string, key: string, known: KnownKeys): string {
  if (section === "") return key;
  return Object.hasOwn(known.sections, `${section}.*`) ? `${section}.*` : `${section}.${key}`;
}

function judge(key: string, section: string, steps: Steps, known: KnownKeys): GhostKey | undefined {
  const name = section === "" ? topLevel : section;
  // Names are the file's: one of them may be __proto__.
  const keys = Object.hasOwn(known.sections, name) ? known.sections[name] : undefined;
  if (!keys || keys.includes(key) || known.passedOn[name]?.includes(key)) return undefined;
  if (name === topLevel && isAnchor.test(key)) return undefined;
  const never = `LiteLLM ${known.litellm} never reads it here`;
  const correct = "correct its spelling, or remove it";
  if (known.open.includes(name)) {
    if (!isNear(key, keys)) return undefined;
    const found = `${never} and hands it on as it stands${didYouMean(key, keys)}`;
    return { steps, found, fix: correct, readers: [], warning: true };
  }
  const readers = sectionsThatRead(key, known);
  if (readers.length === 0)
    return { steps, found: `${never}${didYouMean(key, keys)}`, fix: correct, readers };
  return {
    steps,
    readers,
    found: `${never}; it is read in ${told(readers)}`,
    fix: `move it to ${told(readers, " or ")}, or remove it`,
  };
}

/** The outermost sections that read a key: a misplaced one most likely belongs there. */
function sectionsThatRead(key: string, { sections }: KnownKeys): string[] {
  const readers = Object.keys(sections).filter((name) => sections[name]?.includes(key));
  if (readers.includes(topLevel)) return [topLevel];
  const outermost = Math.min(...readers.map(depth));
  return readers.filter((name) => depth(name) === outermost);
}

const told = (sections: readonly string[], separator = " and in "): string =>
  sections.map((name) => (name === topLevel ? "the file's top level" : name)).join(separator);

const depth = (section: string): number => section.split(".").length;

/** The usual names of blocks that hold YAML anchors for other parts of the file. */
export const isAnchor = /^(x-|[._])/;

/** A slip of the pen where other keys are lawful: told only when it is nearer than a suggestion need be. */
const isNear = (key: string, keys: readonly string[]): boolean =>
  keys.some((known) => distance(key, known) <= (key.length < 8 ? 1 : 2));

const guardrailParams = "guardrails[].litellm_params";

/** A guardrail class of the user's own, `file.Class`, is given every key. */
const isCustom = (params: object): boolean =>
  "guardrail" in params && typeof params.guardrail === "string" && params.guardrail.includes(".");
