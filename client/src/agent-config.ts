import { isMap, isScalar, LineCounter, parseDocument, type Document } from "yaml";
import { GatewayError } from "./errors.ts";

/** What an agent of CAI-CERBERUS is, and what it may (config-templates/agent.example.yaml). */
export interface AgentConfig {
  readonly name: string;
  readonly role: string;
  readonly tools: readonly { readonly name: string; readonly path: string }[];
  readonly constraints: {
    /** Spend of one session, in USD. */
    readonly maxBudgetUsd: number;
    /** Whether a human must approve what costs more than the gateway lets pass. */
    readonly requireApproval: boolean;
    /** Turns of one session. */
    readonly maxIterations: number;
  };
}

type Steps = readonly (string | number)[];

/** Reads one value and says what is wrong with it, at its place. */
class Reader {
  readonly problems: string[] = [];
  private readonly document: Document;
  private readonly lines: LineCounter;
  private readonly file: string;

  constructor(text: string, file: string) {
    this.lines = new LineCounter();
    this.file = file;
    this.document = parseDocument(text, { lineCounter: this.lines, uniqueKeys: true, prettyErrors: false });
    for (const { pos, message } of [...this.document.errors, ...this.document.warnings]) {
      this.problems.push(`${this.at(pos[0])}: ${message}`);
    }
  }

  get(steps: Steps): unknown {
    const node: unknown = this.document.getIn(steps, true);
    return isScalar(node) ? node.value : node === undefined ? undefined : this.document.getIn(steps);
  }

  keys(steps: Steps): string[] {
    const node: unknown = steps.length === 0 ? this.document.contents : this.document.getIn(steps, true);
    return isMap(node) ? node.items.map(({ key }) => String(isScalar(key) ? key.value : key)) : [];
  }

  length(steps: Steps): number {
    const node = this.document.getIn(steps, true) as { items?: unknown[] } | undefined;
    return node?.items?.length ?? 0;
  }

  known(steps: Steps, names: readonly string[]): void {
    for (const key of this.keys(steps)) {
      if (!names.includes(key))
        this.wrong([...steps, key], `unknown setting; known here: ${names.join(", ")}`);
    }
  }

  text(steps: Steps): string {
    const value = this.get(steps);
    if (typeof value === "string" && value !== "") return value;
    this.wrong(steps, `${said(value)}; it must be a text`);
    return "";
  }

  number(steps: Steps, whole: boolean, otherwise?: number): number {
    const value = this.get(steps) ?? otherwise;
    const right =
      typeof value === "number" && value > 0 && Number.isFinite(value) && (!whole || Number.isInteger(value));
    if (right) return value;
    this.wrong(steps, `${said(value)}; it must be a ${whole ? "whole " : ""}number above 0`);
    return 0;
  }

  flag(steps: Steps, otherwise: boolean): boolean {
    const value = this.get(steps) ?? otherwise;
    if (typeof value === "boolean") return value;
    this.wrong(steps, `${said(value)}; it must be true or false`);
    return otherwise;
  }

  private wrong(steps: Steps, what: string): void {
    const node = this.document.getIn(steps, true) as { range?: readonly number[] } | undefined;
    this.problems.push(`${this.at(node?.range?.[0] ?? 0)}: ${steps.join(".")} ${what}`);
  }

  private at(offset: number): string {
    const { line, col } = this.lines.linePos(offset);
    return `${this.file}:${line}:${col}`;
  }
}

const said = (value: unknown): string => (value === undefined ? "is missing" : `is ${JSON.stringify(value)}`);

/**
 * Parses an agent's YAML.
 * @param file name for the errors
 * @throws GatewayError of kind "invalid-request" with every problem, each with its line and column
 */
export function parseAgentConfig(text: string, file = "agent.yaml"): AgentConfig {
  const reader = new Reader(text, file);
  if (reader.problems.length > 0) throw refused(reader.problems);
  reader.known([], ["name", "role", "tools", "constraints"]);
  reader.known(["constraints"], ["max_budget", "require_approval", "max_iterations"]);
  const config: AgentConfig = {
    name: reader.text(["name"]),
    role: reader.text(["role"]),
    tools: Array.from({ length: reader.length(["tools"]) }, (_, i) => {
      reader.known(["tools", i], ["name", "path"]);
      return { name: reader.text(["tools", i, "name"]), path: reader.text(["tools", i, "path"]) };
    }),
    constraints: {
      maxBudgetUsd: reader.number(["constraints", "max_budget"], false),
      requireApproval: reader.flag(["constraints", "require_approval"], true),
      maxIterations: reader.number(["constraints", "max_iterations"], true, 50),
    },
  };
  if (reader.problems.length > 0) throw refused(reader.problems);
  return config;
}

const refused = (problems: readonly string[]): GatewayError =>
  new GatewayError("invalid-request", problems.join("\n"), { code: "agent_config" });
