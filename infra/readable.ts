import * as pulumi from "@pulumi/pulumi";
import { SettingsError, UserError } from "./settings/errors.ts";

/** Runs the program's body: a user's mistake reaches Pulumi as text, with no stack trace. */
export function readable<T>(body: () => T): T {
  try {
    return body();
  } catch (error) {
    if (error instanceof SettingsError || error instanceof UserError)
      throw new pulumi.RunError(error.message);
    throw error;
  }
}
