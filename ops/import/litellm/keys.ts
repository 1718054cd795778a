import { isEmptyKey } from "../../secret-text.ts";
import type { Draft, ImportContext } from "../draft.ts";
import type { Reporter } from "../finding.ts";
import { ownVariable } from "./providers.ts";
import type { Parameters } from "./row.ts";
import { asKeyVariable, variableOf } from "./secrets.ts";

/** Gives every key its variable; the same key gets the same one. Lives as long as one import. */
export class KeyVariables {
  /** Literal key → its variable. Never leaves this object. */
  readonly #literals = new Map<string, string>();
  readonly #draft: Draft;

  constructor({ draft }: Pick<ImportContext, "draft">) {
    this.#draft = draft;
  }

  /**
   * Takes a row's key.
   * @returns the variable it will come from; undefined when the row needs none
   */
  take(params: Parameters, prefix: string, say: Reporter): string | undefined {
    const at = params.at("api_key");
    const written = params.text("api_key");
    const own = ownVariable(prefix);
    if (written === undefined) return own === undefined ? undefined : this.#wanted(own, "the environment");
    const variable = variableOf(written);
    if (variable !== undefined) {
      if (variable === own || /^[A-Z][A-Z0-9_]*_API_KEY$/.test(variable))
        return this.#wanted(variable, variable);
      const name = asKeyVariable(variable);
      const found = `the variable ${variable} is called ${name} here: names of keys end in _API_KEY`;
      say.changed("variable-renamed", at, found, `put its value into .env as ${name}`);
      return this.#wanted(name, variable);
    }
    if (isEmptyKey(written)) return undefined;
    const name = this.#nameOf(written, own ?? asKeyVariable(prefix));
    say.defect(
      "literal-secret",
      at,
      "holds an API key in plain text: everyone who reads the file or its history has it",
      `revoke it at the provider, and put a new one into .env as ${name}`,
    );
    return this.#wanted(name, "a literal key, to be revoked");
  }

  #wanted(variable: string, source: string): string {
    if (!this.#draft.variables.has(variable)) this.#draft.variables.set(variable, source);
    return variable;
  }

  #nameOf(literal: string, wish: string): string {
    const known = this.#literals.get(literal);
    if (known !== undefined) return known;
    const taken = new Set(this.#literals.values());
    let name = wish;
    for (let n = 2; taken.has(name); n++) name = wish.replace(/_API_KEY$/, `_${n}_API_KEY`);
    this.#literals.set(literal, name);
    return name;
  }
}
