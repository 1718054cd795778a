import { SettingsError, UserError } from "../infra/settings/errors.ts";

/** Runs a command's body: a user's mistake becomes text and exit code 1, anything else keeps its stack trace. */
export async function runToExit(body: () => Promise<void>): Promise<void> {
  try {
    await body();
  } catch (error) {
    process.exitCode = 1;
    if (error instanceof UserError || error instanceof SettingsError) {
      process.stderr.write(`error: ${error.message}\n`);
      return;
    }
    throw error;
  }
}
