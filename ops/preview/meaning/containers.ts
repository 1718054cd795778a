import {
  asPlain,
  asRows,
  asText,
  asWord,
  type Consequence,
  means,
  type Plain,
  secondsOf,
} from "../consequence.ts";
import { goes, type Step } from "../steps.ts";

/** What the containers would do otherwise, and what callers notice while they restart. */
export function ofContainers(steps: readonly Step[]): Consequence[] {
  const services = steps.filter(
    ({ type, name }) => type.endsWith(":Container") && name.endsWith("-container"),
  );
  const changed = services.filter(({ op }) => op !== "same");
  return [...ofReplicas(services), ...changed.flatMap(ofContainer), ...restarts(services)];
}

const isReplica = ({ name }: Step): boolean => /^litellm-\d+-container$/.test(name);

function ofReplicas(services: readonly Step[]): Consequence[] {
  const replicas = services.filter(isReplica);
  const count = (side: "before" | "after") =>
    new Set(replicas.filter((step) => step[side]).map(({ name }) => name)).size;
  const [before, after] = [count("before"), count("after")];
  if (before === 0 || after === 0 || before === after) return [];
  const text = `${after} instead of ${before} LiteLLM replicas would run`;
  if (after > before) return [means("low", text)];
  const alone = after === 1 ? ": no other one serves while it restarts" : "";
  return [means("medium", `${text}${alone}`)];
}

function ofContainer({ before, after }: Step): Consequence[] {
  if (!before || !after) return after ? openPorts(asText(after["name"]), {}, after) : [];
  const name = asText(after["name"]);
  const found: Consequence[] = [];
  if (before["image"] !== after["image"]) {
    found.push(
      means("medium", `${name} would run ${asText(after["image"])} instead of ${asText(before["image"])}`),
    );
  }
  for (const key of ["memory", "cpus"] as const) {
    const [was, is] = [Number(before[key]), Number(after[key])];
    const noun = key === "memory" ? "MiB of memory" : "cores";
    if (is < was) found.push(means("medium", `${name} would have ${is} instead of ${was} ${noun}`));
    else if (is > was) found.push(means("low", `${name} would have ${is} instead of ${was} ${noun}`));
  }
  return [...found, ...ofHardening(name, before, after), ...openPorts(name, before, after)];
}

/** What keeps a container from doing harm → how it is when it does its work. */
const hardening: Readonly<Record<string, readonly [(value: unknown) => boolean, string]>> = {
  readOnly: [(value) => value === true, "could write to its own files"],
  securityOpts: [
    (value) => JSON.stringify(value ?? []).includes("no-new-privileges"),
    "could gain privileges",
  ],
  capabilities: [
    (value) => JSON.stringify(asPlain(value)["drops"] ?? []).includes("ALL"),
    "would keep capabilities of root",
  ],
  privileged: [(value) => value !== true, "would be root on the host"],
  networkMode: [(value) => value !== "host", "would run in the host's own network"],
};

function ofHardening(name: string, before: Plain, after: Plain): Consequence[] {
  return Object.entries(hardening).flatMap(([key, [isHard, text]]) =>
    isHard(before[key]) && !isHard(after[key]) ? [means("high", `${name} ${text}`)] : [],
  );
}

const loopback = /^(127\.|::1$)/;

function openPorts(name: string, before: Plain, after: Plain): Consequence[] {
  const [old, now] = [asRows(before["ports"]), asRows(after["ports"])];
  const isOpen = ({ ip }: Plain): boolean => !loopback.test(asWord(ip, "0.0.0.0"));
  const opened = now
    .filter(isOpen)
    .filter((port) => !old.some((o) => isOpen(o) && o["external"] === port["external"]));
  const found = opened.map(({ ip, external }) =>
    means(
      "high",
      `${name} would be published beyond this machine, on ${asWord(ip, "every address")}:${asWord(external)}`,
    ),
  );
  for (const { internal, external } of now) {
    const was = old.find((port) => port["internal"] === internal)?.["external"];
    if (was === undefined || was === external) continue;
    found.push(
      means(
        "medium",
        `${name} would be found at port ${asWord(external)} instead of ${asWord(was)}: clients must follow`,
      ),
    );
  }
  return found;
}

/** What nobody can do while the one container of a service is away. */
const outages: readonly (readonly [RegExp, string])[] = [
  [/^litellm-\d/, "requests fail"],
  [/^frontdoor/, "no request gets in"],
  [/^postgres/, "keys and budgets can't be checked, so requests are refused"],
  [/^redis-coordination/, "limits can't be checked, so requests of limited keys are refused"],
  [/^audit/, "requests wait for the audit log, or are refused"],
  [/^approvals/, "nobody can approve requests"],
  [/^presidio/, "requests that it checks are refused"],
];

function restarts(services: readonly Step[]): Consequence[] {
  const staying = services.filter(
    (step) => isReplica(step) && step.before && (step.after || step.op !== "delete"),
  );
  const others = new Set(staying.map(({ name }) => name)).size - 1;
  return services.filter(goes).map((step): Consequence => {
    const { name, op, before, after } = step;
    const container = asText(before?.["name"] ?? after?.["name"]);
    if (op === "delete") return means("medium", `${container} would be removed`);
    if (isReplica(step) && others > 0) {
      return means("low", `${container} would restart; the other replicas serve meanwhile`);
    }
    const outage = outages.find(([pattern]) => pattern.test(name))?.[1];
    if (outage === undefined) return means("low", `${container} would restart`);
    return means(
      "medium",
      `${container} would restart: ${outage} ${downtime(before ?? {}, after ?? before ?? {})}`,
    );
  });
}

/** The longest an outage should take: stopping finishes what runs, starting ends with the first good health check. */
function downtime(before: Plain, after: Plain): string {
  const stop = Number(before["destroyGraceSeconds"] ?? before["stopTimeout"]);
  const { startPeriod } = asPlain(after["healthcheck"]);
  const start = secondsOf(startPeriod);
  if (Number.isNaN(start)) return "until it is healthy again";
  const stopping = stop > 0 ? `; before that, up to ${stop} s in which running requests end` : "";
  return `until it is healthy again, which may take up to ${start} s${stopping}`;
}
