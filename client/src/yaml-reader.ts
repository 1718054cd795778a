import { type Document, isMap, isScalar, isSeq, LineCounter, type Node, parseDocument } from "yaml";

type Path = readonly (string | number)[];

/** Reads a YAML text value by value, and says of each that is wrong where it stands. */
export class YamlReader {
  /** `file:line:column: what is wrong`. */
  readonly problems: string[] = [];
  private readonly lines = new LineCounter();
  private readonly document: Document;
  private readonly file: string;

  constructor(text: string, file: string) {
    this.file = file;
    this.document = parseDocument(text, {
      lineCounter: this.lines,
      uniqueKeys: true,
      prettyErrors: false,
      // A key that pulls in others would hide where a value comes from.
      merge: false,
    });
    for (const { pos, message } of [...this.document.errors, ...this.document.warnings])
      this.problems.push(`${this.at(pos[0])}: ${message}`);
  }

  /** A mapping of exactly these settings. @returns whether it is one */
  mapping(path: Path, names: readonly string[]): boolean {
    const node = this.node(path);
    if (!isMap(node)) {
      this.wrong(path, `must be a mapping of ${names.join(", ")}`);
      return false;
    }
    for (const { key } of node.items) {
      const name = String(isScalar(key) ? key.value : key);
      if (names.includes(name)) continue;
      const where = this.at((key as Node).range?.[0] ?? 0);
      this.problems.push(
        `${where}: ${[...path, name].join(".")} is no setting; known here: ${names.join(", ")}`,
      );
    }
    return true;
  }

  /** A list's members, each by its own path; none where it is left out. */
  list(path: Path): readonly Path[] {
    const node = this.node(path);
    if (node === undefined) return [];
    if (isSeq(node)) return node.items.map((_, index) => [...path, index]);
    this.wrong(path, "must be a list");
    return [];
  }

  text(path: Path): string {
    const value = this.value(path);
    if (typeof value === "string" && value.trim() !== "") return value;
    this.wrong(path, "must be a text");
    return "";
  }

  /** @param otherwise where it is left out; without one it may not be */
  number(path: Path, { whole = false, otherwise }: { whole?: boolean; otherwise?: number } = {}): number {
    const value = this.value(path) ?? otherwise;
    const isRight =
      typeof value === "number" && value > 0 && Number.isFinite(value) && (!whole || Number.isInteger(value));
    if (isRight) return value;
    this.wrong(path, `must be a ${whole ? "whole " : ""}number above 0`);
    return 0;
  }

  flag(path: Path, otherwise: boolean): boolean {
    const value = this.value(path) ?? otherwise;
    if (typeof value === "boolean") return value;
    this.wrong(path, "must be true or false");
    return otherwise;
  }

  private node(path: Path): unknown {
    const node = path.length === 0 ? this.document.contents : this.document.getIn(path, true);
    return node ?? undefined;
  }

  private value(path: Path): unknown {
    const node = this.node(path);
    return isScalar(node) ? node.value : node;
  }

  private wrong(path: Path, allowed: string): void {
    const node = this.node(path) as Node | undefined;
    // What is missing is missed where its mapping begins.
    const place = node ?? (this.node(path.slice(0, -1)) as Node | undefined);
    const found =
      node === undefined
        ? "is missing"
        : `is ${isScalar(node) ? JSON.stringify(node.value) : "a list or mapping"}`;
    const name = path.length === 0 ? "the file" : path.join(".");
    this.problems.push(`${this.at(place?.range?.[0] ?? 0)}: ${name} ${found}; it ${allowed}`);
  }

  private at(offset: number): string {
    const { line, col } = this.lines.linePos(offset);
    return `${this.file}:${Math.max(1, line)}:${Math.max(1, col)}`;
  }
}
