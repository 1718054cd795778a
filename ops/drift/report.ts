import * as z from "zod";
import { UserError } from "../../infra/settings/errors.ts";

/** The parts of `pulumi refresh --preview-only --json` that tell drift. */
const Refresh = z.looseObject({
  steps: z
    .array(
      z.looseObject({
        op: z.string(),
        urn: z.string(),
        oldState: z.looseObject({ outputs: z.record(z.string(), z.unknown()).default({}) }).optional(),
        newState: z.looseObject({ outputs: z.record(z.string(), z.unknown()).default({}) }).optional(),
        detailedDiff: z.record(z.string(), z.unknown()).nullish(),
      }),
    )
    .default([]),
});

/** One resource that is not as the state says. */
export interface DriftedResource {
  /** Such as docker:index/container:Container. */
  readonly type: string;
  readonly name: string;
  /** Name on the engine, where it has one. */
  readonly engineName?: string;
  readonly what: "gone" | "changed";
  /** Properties that differ; empty when it is gone. Values are left out: they may be secret. */
  readonly properties: readonly string[];
}

export interface Drift {
  readonly stack: string;
  readonly resources: readonly DriftedResource[];
}

/**
 * Reads what Pulumi printed.
 * @throws UserError when it is something else
 */
export function readDrift(stack: string, text: string): Drift {
  const parsed = Refresh.safeParse(asJson(text));
  if (!parsed.success) {
    throw new UserError(
      `pulumi refresh printed JSON of another shape: ${z.prettifyError(parsed.error)}`,
      "use Pulumi 3.200 or newer",
    );
  }
  const resources = parsed.data.steps.flatMap(({ op, urn, oldState, newState, detailedDiff }) => {
    const properties = Object.keys(detailedDiff ?? {}).sort();
    const gone = op === "delete";
    if (!gone && op !== "update" && properties.length === 0) return [];
    const [, , types = "", name = ""] = urn.split("::");
    const known = (newState ?? oldState)?.outputs["name"];
    return [
      {
        type: types.slice(types.lastIndexOf("$") + 1),
        name,
        ...(typeof known === "string" ? { engineName: known } : {}),
        what: gone ? ("gone" as const) : ("changed" as const),
        properties: gone ? [] : properties,
      },
    ];
  });
  return { stack, resources: resources.toSorted((a, b) => (a.name < b.name ? -1 : 1)) };
}

function asJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new UserError(
      "pulumi refresh printed no JSON",
      "run pulumi refresh --preview-only by itself to see what it says",
    );
  }
}

const summary = ({ stack, resources }: Drift): string =>
  resources.length === 0
    ? `${stack}: no drift`
    : `${stack}: ${resources.length} ${resources.length === 1 ? "resource is" : "resources are"} not as deployed`;

const kind = ({ type }: DriftedResource): string => type.slice(type.lastIndexOf(":") + 1).toLowerCase();

function sentence(resource: DriftedResource): string {
  const subject = `${kind(resource)} ${resource.engineName ?? resource.name}`;
  if (resource.what === "gone") return `${subject} is gone`;
  const properties = resource.properties.length > 0 ? `: ${resource.properties.join(", ")}` : "";
  return `${subject} was changed${properties}`;
}

const remedy = (stack: string): string =>
  `To undo it: npm run preview -- --stack ${stack}, then deploy. To keep it: write it into the settings first.`;

/** For a terminal. */
export function driftAsText(drift: Drift): string {
  if (drift.resources.length === 0) return `${summary(drift)}\n`;
  const rows = drift.resources.map((resource) => `  - ${sentence(resource)}`);
  return [summary(drift), ...rows, "", remedy(drift.stack), ""].join("\n");
}

/** For a job's summary, or a comment: the first line is what finds it again. */
export function driftAsMarkdown(drift: Drift): string {
  const plain = (text: string): string => text.replaceAll("|", "\\|").replaceAll("<", "&lt;");
  const lines = [`<!-- cerberus-drift:${drift.stack} -->`, `### Drift of ${summary(drift)}`, ""];
  if (drift.resources.length > 0) {
    lines.push(
      ...drift.resources.map((resource) => `- ${plain(sentence(resource))}`),
      "",
      remedy(drift.stack),
      "",
    );
  }
  return lines.join("\n");
}
