/** How many pairs a benchmark runs: the environment variable BENCH_PAIRS, or a default. */
export function numberOfPairs(standard: number): number {
  const pairs = Number(process.env["BENCH_PAIRS"] ?? standard);
  if (!Number.isInteger(pairs) || pairs < 1) {
    throw new Error(`BENCH_PAIRS must be an integer of 1 or more, got ${process.env["BENCH_PAIRS"]}`);
  }
  return pairs;
}
