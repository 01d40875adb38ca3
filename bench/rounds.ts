import { importModules, synthesize } from "./measured-process";
import type { Sample } from "./measured-process";
import { PACKAGE } from "./package-imports";

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
  /** A bare import of the package, and of what it imports. */
  readonly imports: Pair;
  /** The same with a heap so large that no import makes V8 collect all of it. */
  readonly importsWithRoom: Pair;
}

const ROOM = ["--initial-heap-size=96"];

/** Runs one round; the pack goes first, in every pair. */
export function runRound(imports: string[]): Round {
  const synthesis = new Map<number, Pair>();
  for (const regions of REGION_COUNTS) {
    synthesis.set(regions, { pack: synthesize("pack", regions), hand: synthesize("hand-written", regions) });
  }
  return {
    synthesis,
    imports: { pack: importModules([PACKAGE]), hand: importModules(imports) },
    importsWithRoom: { pack: importModules([PACKAGE], ROOM), hand: importModules(imports, ROOM) },
  };
}
