import * as z from "zod";
import { UserError } from "../../infra/settings/errors.ts";
import { withoutSecrets } from "../secret-text.ts";

const State = z.looseObject({
  inputs: z.record(z.string(), z.unknown()).default({}),
  protect: z.boolean().default(false),
});

/** The parts of `pulumi preview --json` that a reviewer's report is made of. */
const Preview = z.looseObject({
  steps: z
    .array(
      z.looseObject({
        op: z.string(),
        urn: z.string(),
        oldState: State.optional(),
        newState: State.optional(),
      }),
    )
    .default([]),
  diagnostics: z.array(z.looseObject({ message: z.string(), severity: z.string() })).default([]),
});

/** One resource and what would happen to it. */
export interface Step {
  /** same, create, update, replace, delete, … */
  readonly op: string;
  /** Such as docker:index/container:Container. */
  readonly type: string;
  readonly name: string;
  readonly before: Readonly<Record<string, unknown>> | undefined;
  readonly after: Readonly<Record<string, unknown>> | undefined;
  readonly wasProtected: boolean;
  readonly isProtected: boolean;
}

/** Whether a resource would be taken away, if only to be made again. */
export const goes = ({ op }: Step): boolean => op.startsWith("delete") || op.includes("replace");

const clean = (inputs: Readonly<Record<string, unknown>> | undefined) =>
  inputs && (withoutSecrets(inputs) as Record<string, unknown>);

/**
 * Reads what `pulumi preview --json` printed; secrets are masked here, before anything else sees them.
 * @throws UserError when it is something else
 */
export function readSteps(text: string): Step[] {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    throw new UserError("pulumi preview printed no JSON", "run pulumi preview by itself to see what it says");
  }
  const parsed = Preview.safeParse(json);
  if (!parsed.success) {
    throw new UserError(
      `pulumi preview printed JSON of another shape: ${z.prettifyError(parsed.error)}`,
      "use Pulumi 3.200 or newer",
    );
  }
  return parsed.data.steps.map(({ op, urn, oldState, newState }) => {
    const [, , types = "", name = ""] = urn.split("::");
    return {
      op,
      type: types.slice(types.lastIndexOf("$") + 1),
      name,
      before: clean(oldState?.inputs),
      after: clean(newState?.inputs),
      wasProtected: oldState?.protect ?? false,
      isProtected: newState?.protect ?? false,
    };
  });
}
