import * as z from "zod";
import { UserError } from "../../infra/settings/errors.ts";
import { besideText, type Radar } from "../access/radar.ts";

const State = z.looseObject({ outputs: z.record(z.string(), z.unknown()).default({}) }).nullish();

/**
 * The parts of Pulumi's event stream that tell drift. The plain JSON report leaves out what dynamic resources (the limits of
 * processes) found.
 */
const Event = z.looseObject({
  resOutputsEvent: z
    .looseObject({
      metadata: z.looseObject({
        op: z.string(),
        urn: z.string(),
        old: State,
        new: State,
        detailedDiff: z.record(z.string(), z.unknown()).nullish(),
      }),
    })
    .optional(),
  diagnosticEvent: z.looseObject({ severity: z.string(), message: z.string() }).optional(),
});
type Event = z.infer<typeof Event>;

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
  /** What the gateway and its database hold beside the code; absent before anybody looked. */
  readonly access?: Radar;
}

/**
 * Reads what `pulumi refresh --preview-only --json` printed as a stream of events.
 * @throws UserError when it is something else
 */
export function readDrift(stack: string, text: string): Drift {
  const resources = readEvents(text).flatMap(({ resOutputsEvent }): DriftedResource[] => {
    if (resOutputsEvent === undefined) return [];
    const { op, urn, old, new: now, detailedDiff } = resOutputsEvent.metadata;
    if (op === "same" || op === "refresh" || op === "read") return [];
    const [, , types = "", name = ""] = urn.split("::");
    const known = old?.outputs["name"];
    const gone = op === "delete";
    const differing = detailedDiff ? Object.keys(detailedDiff) : differences(old?.outputs, now?.outputs);
    return [
      {
        type: types.slice(types.lastIndexOf("$") + 1),
        name,
        ...(typeof known === "string" ? { engineName: known } : {}),
        what: gone ? "gone" : "changed",
        properties: gone ? [] : differing.toSorted(),
      },
    ];
  });
  return { stack, resources: resources.toSorted((a, b) => (a.name < b.name ? -1 : 1)) };
}

/** What Pulumi itself called an error. Its other messages may hold anything. */
export const errorsIn = (text: string): string[] =>
  text.split("\n").flatMap((line) => {
    const event = line.startsWith("{") ? Event.safeParse(asJson(line)).data : undefined;
    const said = event?.diagnosticEvent;
    return said?.severity === "error" ? [said.message.trim()] : [];
  });

function differences(
  old: Readonly<Record<string, unknown>> = {},
  now: Readonly<Record<string, unknown>> = {},
): string[] {
  const keys = new Set([...Object.keys(old), ...Object.keys(now)]);
  return [...keys].filter((key) => JSON.stringify(old[key]) !== JSON.stringify(now[key]));
}

function readEvents(text: string): Event[] {
  const lines = text.split("\n").filter((line) => line.trim() !== "");
  const events = lines.map((line) => Event.safeParse(asJson(line)).data);
  if (lines.length > 0 && events.every((event) => event !== undefined)) return events;
  throw new UserError(
    "pulumi refresh printed something else than a stream of events",
    "use Pulumi 3.200 or newer",
  );
}

function asJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** Whether anything is not as the code says. */
export const isDrifted = ({ resources, access }: Drift): boolean =>
  resources.length > 0 || (access?.beside.length ?? 0) > 0;

function summary({ stack, resources, access }: Drift): string {
  const beside = access?.beside.length ?? 0;
  const found = [
    ...(resources.length > 0
      ? [`${resources.length} ${resources.length === 1 ? "resource is" : "resources are"} not as deployed`]
      : []),
    ...(beside > 0 ? [`${beside} ${beside === 1 ? "object is" : "objects are"} beside the code`] : []),
  ];
  return `${stack}: ${found.length === 0 ? "no drift" : found.join(", ")}`;
}

/** One line for each thing at the gateway, and for each place that could not be looked at. */
const besideRows = ({ access }: Drift): string[] => [
  ...(access?.beside ?? []).map(besideText),
  ...(access?.blind ?? []).map((why) => `not compared: ${why}`),
];

/** The limit of processes is a resource of ours that the engine knows as a property of a container. */
const kind = ({ type, name }: DriftedResource): string =>
  name.endsWith("-pids") ? "limit of processes" : type.slice(type.lastIndexOf(":") + 1).toLowerCase();

function sentence(resource: DriftedResource): string {
  const subject = `${kind(resource)} ${resource.engineName ?? resource.name}`;
  if (resource.what === "gone") return `${subject} is gone`;
  const properties = resource.properties.length > 0 ? `: ${resource.properties.join(", ")}` : "";
  return `${subject} was changed${properties}`;
}

const remedy = (stack: string): string =>
  `To undo it: pulumi refresh --stack ${stack}, which takes it into the state, then deploy. To keep it: write it into the settings first.`;

/** For a terminal. */
export function driftAsText(drift: Drift): string {
  const resources = drift.resources.map(sentence);
  const rows = [...resources, ...besideRows(drift)].map((row) => `  - ${row}`);
  const undo = resources.length > 0 ? ["", remedy(drift.stack)] : [];
  return [summary(drift), ...rows, ...undo, ""].join("\n");
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
  const beside = besideRows(drift);
  if (beside.length > 0) lines.push(...beside.map((row) => `- ${plain(row)}`), "");
  return lines.join("\n");
}
