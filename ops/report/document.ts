/** A report as parts without looks: what HTML and Markdown are both made from. */
export interface ReportDocument {
  readonly title: string;
  readonly subtitle: string;
  readonly facts: readonly (readonly [label: string, value: string])[];
  readonly sections: readonly Section[];
}

export interface Section {
  /** Anchor. */
  readonly id: string;
  readonly title: string;
  readonly intro: string;
  readonly blocks: readonly Block[];
}

export type Tone = "good" | "warn" | "bad" | "plain";

export type Block =
  | { readonly kind: "paragraph"; readonly text: string }
  | { readonly kind: "callout"; readonly tone: Tone; readonly title: string; readonly text: string }
  | { readonly kind: "tiles"; readonly tiles: readonly Tile[] }
  | Table
  | ColumnChart
  | { readonly kind: "terms"; readonly terms: readonly (readonly [term: string, meaning: string])[] }
  | { readonly kind: "commands"; readonly commands: readonly (readonly [command: string, what: string])[] };

export interface Tile {
  readonly label: string;
  readonly value: string;
  readonly note: string;
  readonly tone?: Tone;
}

export interface Table {
  readonly kind: "table";
  readonly title: string;
  readonly columns: readonly Column[];
  readonly rows: readonly (readonly Cell[])[];
  /** Said in its place when there are no rows. */
  readonly empty: string;
  /** Said above it. */
  readonly lead?: string;
  /** Said below it. */
  readonly note?: string;
}

export interface Column {
  readonly title: string;
  readonly align?: "right";
  /** Share of the width in percent; the rest is shared out by content. */
  readonly width?: number;
}

export type Cell =
  | string
  /** A judgement, shown as a badge. */
  | { readonly badge: string; readonly tone: Tone }
  /** A value with a bar: from 0 to 1. */
  | { readonly bar: number; readonly text: string }
  | { readonly code: string }
  /** Several lines, each with a mark in front. */
  | { readonly list: readonly { readonly mark: string; readonly text: string }[] }
  | { readonly strong: string; readonly text: string };

export interface ColumnChart {
  readonly kind: "columns";
  readonly title: string;
  readonly unit: "usd" | "count";
  readonly points: readonly { readonly label: string; readonly value: number }[];
}
