import { load, synthesize } from "./measured-process";
import type { Sample } from "./measured-process";

/** How many regions the workloads are run with. */
export const REGION_COUNTS = [1, 4, 17, 34];

/** The same work done with the pack and by hand, one directly after the other. */
export interface Pair {
  readonly pack: Sample;
  readonly hand: Sample;
}

/** One pair of everything that is compared. */
export interface Round {
  /** The synthesis, by the number of regions. */
  readonly synthesis: ReadonlyMap<number, Pair>;
  /** Loading what each needs, and nothing else. */
  readonly imports: Pair;
  /** The same with a heap so large that no side makes V8 collect all of it. */
  readonly importsWithRoom: Pair;
}

const ROOM = ["--initial-heap-size=96"];

/** Runs one round; the pack goes first, in every pair. */
export function runRound(): Round {
  const synthesis = new Map<number, Pair>();
  for (const regions of REGION_COUNTS) {
    synthesis.set(regions, { pack: synthesize("pack", regions), hand: synthesize("hand-written", regions) });
  }
  return {
    synthesis,
    imports: { pack: load("pack"), hand: load("hand-written") },
    importsWithRoom: { pack: load("pack", ROOM), hand: load("hand-written", ROOM) },
  };
}
