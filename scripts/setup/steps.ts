/** What a step says of itself: a detail, or why nothing was to be done. */
export type StepResult = string | { readonly skipped: string };

export interface StepTime {
  readonly name: string;
  readonly seconds: number;
  readonly skipped: boolean;
}

/** Runs steps in order, showing each with its time. */
export class Steps {
  readonly times: StepTime[] = [];
  private readonly total: number;

  constructor(total: number) {
    this.total = total;
  }

  async run(name: string, body: (log: (line: string) => void) => Promise<StepResult>): Promise<void> {
    const head = `[${String(this.times.length + 1).padStart(2)}/${this.total}] ${name}`;
    process.stdout.write(`${head} …\n`);
    const from = performance.now();
    const result = await body((line) => process.stdout.write(`        ${line}\n`));
    const seconds = (performance.now() - from) / 1000;
    const skipped = typeof result !== "string";
    const word = skipped ? `skipped: ${result.skipped}` : result;
    process.stdout.write(`${head}: ${word} (${seconds.toFixed(1)} s)\n`);
    this.times.push({ name, seconds, skipped });
  }
}
