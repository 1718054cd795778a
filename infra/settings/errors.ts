/** A mistake its user can mend: shown as text, never as a stack trace. */
export class UserError extends Error {
  readonly fix: string;

  /**
   * @param problem what was found, and what is allowed
   * @param fix     the command or edit that mends it
   */
  constructor(problem: string, fix: string) {
    super(`${problem}\n  fix: ${fix}`);
    this.name = "UserError";
    this.fix = fix;
  }
}

/** One thing wrong with the settings, pointing at the leaf that is wrong. */
export interface Problem {
  /** Path in the syntax of `pulumi config set --path`, or a file's name, line and column with a path behind it. */
  readonly path: string;
  /** What was found there and what is allowed. Never holds a secret's value. */
  readonly found: string;
  /** What to do about it. */
  readonly fix: string;
  /** Set where the settings are usable all the same: said, and nothing is refused. */
  readonly warning?: true;
}

/** All problems of one stack's settings, in one report. */
export class SettingsError extends Error {
  readonly problems: readonly Problem[];

  /** @param where what the problems are in, when it is a file rather than a stack's settings */
  constructor(stack: string, problems: readonly Problem[], where = `the settings of stack "${stack}"`) {
    const lines = problems.map((p) => `  - ${p.path}: ${p.found}\n      fix: ${p.fix}`);
    const noun = problems.length === 1 ? "problem" : "problems";
    super(`${problems.length} ${noun} in ${where}:\n${lines.join("\n")}`);
    this.name = "SettingsError";
    this.problems = problems;
  }
}
