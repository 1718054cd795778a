import type { Entry, ImportContext, Row } from "../draft.ts";
import type { KeyVariables } from "./keys.ts";
import type { RowParts } from "./model-common.ts";

/** One deployment on its way to a definition. */
export interface ProviderRow {
  /** LiteLLM's name of the provider. */
  readonly prefix: string;
  readonly model: string;
  readonly parts: RowParts;
  readonly entry: Entry<Row>;
  readonly context: ImportContext;
  readonly keys: KeyVariables;
}
