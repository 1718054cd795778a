import type { Steps } from "../finding.ts";
import { asNumber, asPlain, asWord, type Plain } from "../plain.ts";

/** One row's parameters, taken one by one: what is left in the end has no home in the definitions. */
export class Parameters {
  readonly #left: Map<string, unknown>;
  readonly #steps: Steps;

  constructor(value: unknown, steps: Steps) {
    this.#left = new Map(Object.entries(asPlain(value)).filter(([, part]) => part !== null));
    this.#steps = steps;
  }

  /** Where a parameter stands. */
  at(name: string): Steps {
    return [...this.#steps, name];
  }

  take(name: string): unknown {
    const value = this.#left.get(name);
    this.#left.delete(name);
    return value;
  }

  text(name: string): string | undefined {
    return asWord(this.take(name));
  }

  number(name: string): number | undefined {
    return asNumber(this.take(name));
  }

  /** A whole number from 1 on; a fraction is rounded up. */
  whole(name: string): number | undefined {
    const value = this.number(name);
    return value === undefined || value <= 0 ? undefined : Math.ceil(value);
  }

  /** What nobody took, by name. */
  rest(): Plain {
    return Object.fromEntries(this.#left);
  }
}
