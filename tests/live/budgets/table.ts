/** One budget that was spent to its limit. */
export interface ProofRow {
  readonly budget: string;
  readonly limitUsd: number;
  readonly sent: number;
  readonly atOnce: number;
  readonly answered: number;
  /** For want of room: 429. */
  readonly refused: number;
  /** Because Redis did not answer in time: 503. */
  readonly unavailable: number;
  readonly spentUsd: number;
}

/** One thing that was timed or counted. */
export interface MeasuredRow {
  readonly what: string;
  readonly measured: string;
}

export const overshootUsd = ({ spentUsd, limitUsd }: ProofRow): number => Math.max(0, spentUsd - limitUsd);

const usd = (value: number): string => value.toFixed(6);

const rows = (cells: readonly (readonly string[])[]): string =>
  cells.map((row) => `| ${row.join(" | ")} |\n`).join("");

/** The page docs/reference/budget-proof.md. */
export function proofPage(
  replicas: number,
  proofs: readonly ProofRow[],
  measured: readonly MeasuredRow[],
): string {
  const budgets = proofs.map((row) => [
    row.budget,
    usd(row.limitUsd),
    `${row.sent}, ${row.atOnce} at once`,
    `${row.answered}`,
    `${row.refused}`,
    `${row.unavailable}`,
    usd(row.spentUsd),
    usd(overshootUsd(row)),
  ]);
  return `# Budget proof

Written by the live test (\`CERBERUS_WRITE_DOCS=1 npm run test:live\`, tests/live/budgets.suite.ts): ${replicas} replicas
behind the front door, a priced model at the test's own provider, which takes 300 ms for each answer. Where Redis is paused, the
coordination Redis stops for 1.5 s in every 2.2 s.

${rows([
  ["Budget", "Limit (USD)", "Requests", "Answered", "429", "503", "Spent (USD)", "Overshoot (USD)"],
  ["---", "---:", "---:", "---:", "---:", "---:", "---:", "---:"],
  ...budgets,
])}
${rows([["Also measured", "Result"], ["---", "---"], ...measured.map((row) => [row.what, row.measured])])}`;
}
