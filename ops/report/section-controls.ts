import type { ReportData } from "./data.ts";
import type { Block, Cell, Section } from "./document.ts";

const stateBadges = {
  on: { badge: "on", tone: "good" },
  partly: { badge: "partly", tone: "warn" },
  off: { badge: "off", tone: "bad" },
  outside: { badge: "outside", tone: "plain" },
  unknown: { badge: "not known", tone: "plain" },
} as const;

/** All measures are on, and reach a part of the risk. */
const onInPart = { badge: "on, in part", tone: "good" } as const;

const markOf = (on: boolean | null): string => (on === null ? "?" : on ? "✓" : "✗");

/** What standards ask for and what is done about it; below, each measure once, with the place to see it. */
export function controlsSection({ controls }: ReportData): Section {
  const measures = [
    ...new Map(controls.flatMap((control) => control.measures).map((m) => [m.name, m])).values(),
  ];
  const numberOf = (name: string) => `M${measures.findIndex((measure) => measure.name === name) + 1}`;
  const frameworks = [...new Set(controls.map(({ framework }) => framework))];
  const blocks = frameworks.map((framework): Block => {
    const own = controls.filter((control) => control.framework === framework);
    return {
      kind: "table",
      title: framework,
      lead: own[0]?.framework_note ?? "",
      columns: [
        { title: "control", width: 31 },
        { title: "state", width: 11 },
        { title: "what the gateway does", width: 29 },
        { title: "what is left to others", width: 29 },
      ],
      rows: own.map((control): Cell[] => [
        { strong: `${control.id} ${control.title}`, text: control.about },
        control.state === "on" && control.reach === "part" ? onInPart : stateBadges[control.state],
        {
          list: control.measures.map(({ name, on }) => ({
            mark: markOf(on),
            text: `${name} (${numberOf(name)})`,
          })),
        },
        control.rest,
      ]),
      empty: "",
    };
  });
  return {
    id: "controls",
    title: "Controls",
    intro:
      "What common standards ask for, and what this stack does about it, judged by the configuration that it runs with. ✓ is on, ✗ is off, ? is not known; “on, in part” means that everything is on that a gateway can do, and that this is not the whole of it. This is no certificate: it shows an auditor where to look.",
    blocks: [
      ...blocks,
      {
        kind: "table",
        title: "Measures, and where to see them",
        columns: [
          { title: "no.", width: 6 },
          { title: "measure", width: 42 },
          { title: "state", width: 9 },
          { title: "command or test", width: 43 },
        ],
        rows: measures.map(({ name, title, on, proof }): Cell[] => [
          numberOf(name),
          { strong: name, text: title },
          stateBadges[on === null ? "unknown" : on ? "on" : "off"],
          { code: proof },
        ]),
        empty: "",
      },
    ],
  };
}
