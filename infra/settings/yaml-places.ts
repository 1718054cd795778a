import { type Document, isMap, isScalar, type LineCounter } from "yaml";

/** Finds where a path stands in a YAML file. */
export interface Places {
  /** `file:line:column` of an offset. */
  readonly at: (offset: number) => string;
  /** The same for a path; of its nearest part that is there, where it is not. */
  readonly of: (steps: readonly PropertyKey[]) => string;
}

export function placesIn(file: string, document: Document, lines: LineCounter): Places {
  const at = (offset: number): string => {
    const { line, col } = lines.linePos(offset);
    return `${file}:${line}:${col}`;
  };
  return {
    at,
    of(steps) {
      let node = document.contents as unknown;
      let offset = 0;
      for (const step of steps) {
        if (!isMap(node)) {
          node = (node as { get?: (key: unknown, keep: boolean) => unknown } | null)?.get?.(step, true);
        } else {
          const pair = node.items.find(({ key }) => isScalar(key) && key.value === step);
          // A key's own place says more than its value's.
          if (isScalar(pair?.key) && pair.key.range) offset = pair.key.range[0];
          node = pair?.value;
        }
        const range = (node as { range?: readonly number[] } | undefined)?.range;
        if (typeof step === "number" && range?.[0] !== undefined) offset = range[0];
      }
      return at(offset);
    },
  };
}
