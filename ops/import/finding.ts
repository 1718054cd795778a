import * as z from "zod";
import type { LocatedYaml } from "../../infra/settings/strict-yaml.ts";

/**
 * defect: wrong where it stands. changed: carried over otherwise than it was written. dropped: right where it stands, and
 * nothing here to carry it.
 */
export type FindingKind = "defect" | "changed" | "dropped";

/** One thing that an import has to say. Holds no secret. */
export interface Finding {
  readonly kind: FindingKind;
  /** What kind of mistake it is, such as literal-secret. */
  readonly rule: string;
  /** `file:line:column`, with a path behind it. */
  readonly path: string;
  readonly found: string;
  readonly fix: string;
}

export type Steps = readonly PropertyKey[];

/** Takes down findings about one file. */
export interface Reporter {
  readonly source: LocatedYaml;
  readonly defect: (rule: string, steps: Steps, found: string, fix: string) => void;
  readonly changed: (rule: string, steps: Steps, found: string, fix: string) => void;
  readonly dropped: (steps: Steps, found?: string, fix?: string) => void;
}

export function reporter(source: LocatedYaml, findings: Finding[]): Reporter {
  const take = (kind: FindingKind) => (rule: string, steps: Steps, found: string, fix: string) => {
    const dotted = z.core.toDotPath(steps);
    const place = source.locate(steps);
    findings.push({ kind, rule, path: dotted === "" ? place : `${place}: ${dotted}`, found, fix });
  };
  const drop = take("dropped");
  return {
    source,
    defect: take("defect"),
    changed: take("changed"),
    dropped: (
      steps,
      found = "is not carried over: the definitions have no such setting",
      fix = "decide whether you need it; docs/import.md says where things went",
    ) => drop("not-carried-over", steps, found, fix),
  };
}
