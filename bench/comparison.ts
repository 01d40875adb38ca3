import type { Sample } from "./measured-process";
import { REGION_COUNTS } from "./rounds";
import type { Pair, Round } from "./rounds";
import { growthExponent, median, quantile } from "./statistics";

/** One measure of the pack against the same by hand. */
export interface Comparison {
  readonly measure: string;
  /** The number of regions or upstreams, as the table shows it. */
  readonly size: string;
  /** Medians of both sides, in the unit that the measure names. */
  readonly pack: number;
  readonly hand: number;
  /** Median of the ratios of all pairs. */
  readonly ratio: number;
  /** Between which ratios the middle half of the pairs lies. */
  readonly spread: readonly [number, number];
  /** The ratio not to exceed, where there is one. */
  readonly target?: number;
}

/** What a comparison is about. */
export type Labels = Pick<Comparison, "measure" | "size" | "target">;

interface Measure {
  readonly name: string;
  readonly target?: number;
  readonly of: (sample: Sample) => number;
}

const WHOLE_PROCESS_CPU: Measure = { name: "Whole process, CPU ms", target: 1.05, of: ({ cpu }) => cpu / 1e3 };
const CONSTRUCT_AND_SYNTH: Measure = {
  name: "Construct and synth, CPU ms",
  target: 1.25,
  of: ({ constructAndSynth }) => constructAndSynth / 1e3,
};
const BYTES: Measure = { name: "Terraform JSON, KiB", target: 1.05, of: ({ bytes }) => bytes / 1024 };
const WALL: Measure = { name: "Whole process, wall ms", of: ({ wall }) => wall };
const PEAK_MEMORY: Measure = { name: "Peak memory, MiB", of: ({ maxRss }) => maxRss / 1024 };

/** Everything that the rounds tell. */
export function compare(rounds: readonly Round[]): Comparison[] {
  const synthesis = [WHOLE_PROCESS_CPU, CONSTRUCT_AND_SYNTH, BYTES, WALL, PEAK_MEMORY].flatMap((measure) =>
    REGION_COUNTS.map((regions) =>
      comparePairs(
        { measure: measure.name, size: String(regions), target: measure.target },
        measure,
        rounds.map((round) => synthesisOf(round, regions)),
      ),
    ),
  );
  return [
    ...synthesis,
    compareGrowth("Growth exponent, construct and synth", CONSTRUCT_AND_SYNTH, rounds),
    compareGrowth("Growth exponent, Terraform JSON", BYTES, rounds),
    comparePairs(
      { measure: "Import, CPU ms", size: "–", target: WHOLE_PROCESS_CPU.target },
      WHOLE_PROCESS_CPU,
      rounds.map(({ imports }) => imports),
    ),
    comparePairs(
      { measure: "Import with room in the heap, CPU ms", size: "–" },
      WHOLE_PROCESS_CPU,
      rounds.map(({ importsWithRoom }) => importsWithRoom),
    ),
  ];
}

function comparePairs(what: Labels, measure: Measure, pairs: readonly Pair[]): Comparison {
  return comparison(
    what,
    pairs.map(({ pack, hand }) => [measure.of(pack), measure.of(hand)]),
  );
}

function compareGrowth(name: string, measure: Measure, rounds: readonly Round[]): Comparison {
  const exponent = (round: Round, side: keyof Pair): number =>
    growthExponent(REGION_COUNTS.map((x) => ({ x, y: measure.of(synthesisOf(round, x)[side]) })));
  return comparison(
    { measure: name, size: `${Math.min(...REGION_COUNTS)}–${Math.max(...REGION_COUNTS)}`, target: 1.05 },
    rounds.map((round) => [exponent(round, "pack"), exponent(round, "hand")]),
  );
}

/** Compares the pairs of one measure. */
export function comparison(what: Labels, values: readonly (readonly [pack: number, hand: number])[]): Comparison {
  const ratios = values.map(([pack, hand]) => pack / hand);
  return {
    ...what,
    pack: median(values.map(([pack]) => pack)),
    hand: median(values.map(([, hand]) => hand)),
    ratio: median(ratios),
    spread: [quantile(ratios, 0.25), quantile(ratios, 0.75)],
  };
}

function synthesisOf(round: Round, regions: number): Pair {
  const pair = round.synthesis.get(regions);
  if (pair === undefined) {
    throw new Error(`No round was run with ${regions} regions`);
  }
  return pair;
}
