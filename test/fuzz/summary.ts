import type { Case } from "./recipe";

let cases = 0;
let accepted = 0;
const calls = new Map<string, { accepted: number; refused: number }>();

/** Counts a case, also for each entry that it calls. */
export function noteOutcome(one: Case, isAccepted: boolean): void {
  cases++;
  accepted += Number(isAccepted);
  for (const name of new Set(one.calls())) {
    const count = calls.get(name) ?? { accepted: 0, refused: 0 };
    count[isAccepted ? "accepted" : "refused"]++;
    calls.set(name, count);
  }
}

/** Prints how many cases were accepted and refused, by entry. */
export function printSummary(): void {
  const lines = [...calls].map(([name, count]) => `${count.accepted} accepted, ${count.refused} refused: ${name}`);
  process.stderr.write(
    `Fuzzed: ${cases} cases, ${accepted} accepted, ${cases - accepted} refused\n${lines.sort().join("\n")}\n`,
  );
}
