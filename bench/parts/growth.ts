import { Consumer } from "../consumer";
import type { Sample, Sizes } from "../consumer";
import { compare } from "../rows";
import type { Row } from "../rows";
import { assertSameResources } from "../same-resources";
import { growthExponent } from "../statistics";

const AGAINST = "cdktf by hand";

/** What grows, and the arguments of the workloads for it. */
interface Dimension {
  readonly unit: readonly [one: string, many: string];
  readonly counts: readonly number[];
  readonly sizes: (count: number) => Sizes;
}

const DIMENSIONS: readonly Dimension[] = [
  { unit: ["region", "regions"], counts: [1, 4, 17, 34], sizes: (count) => [count] },
  { unit: ["upstream", "upstreams"], counts: [1, 2, 5, 10, 20, 50], sizes: (count) => [1, count] },
];

interface Measure {
  readonly name: string;
  readonly unit: string;
  readonly target?: number;
  readonly of: (sample: Sample) => number;
}

const MEASURES: readonly Measure[] = [
  { name: "Whole process", unit: "CPU ms", target: 1.05, of: ({ cpu }) => cpu / 1e3 },
  { name: "Construct and synth", unit: "CPU ms", target: 1.25, of: ({ constructAndSynth }) => constructAndSynth / 1e3 },
  { name: "Peak memory", unit: "MiB", of: ({ maxRss }) => maxRss / 1024 },
  { name: "Output", unit: "KiB", target: 1.05, of: ({ bytes }) => bytes / 1024 },
];

const EXPONENT_TARGET = 1.05;

/** Both sides, one directly after the other. */
type Pair = readonly [pack: Sample, byHand: Sample];

/** Compares how a fleet and the same by hand grow. */
export async function measureGrowth(pairs: number): Promise<Row[]> {
  const consumer = await Consumer.create({ awsCdk: false });
  try {
    return growthRows((dimension) => {
      dimension.counts.forEach((count) => assertSameResources(consumer, dimension.sizes(count)));
      return Array.from({ length: pairs }, () =>
        dimension.counts.map((count): Pair => {
          const sizes = dimension.sizes(count);
          return [consumer.synthesize("pack", sizes), consumer.synthesize("hand-written", sizes)];
        }),
      );
    });
  } finally {
    consumer.remove();
  }
}

/** The rows of the part, from the rounds of each dimension. */
export function growthRows(roundsOf: (dimension: Dimension) => Pair[][]): Row[] {
  return DIMENSIONS.flatMap((dimension) => {
    const rounds = roundsOf(dimension);
    return MEASURES.flatMap((measure) => rowsOf(measure, dimension, rounds));
  });
}

function rowsOf(
  { name, unit, target, of }: Measure,
  { unit: [one, many], counts }: Dimension,
  rounds: Pair[][],
): Row[] {
  const exponent = (round: readonly Pair[], side: 0 | 1): number =>
    growthExponent(round.map((pair, index) => ({ x: counts[index] ?? NaN, y: of(pair[side]) })));
  return [
    ...counts.map((count, index) =>
      compare(
        { measure: `${name}, ${unit}`, size: `${count} ${count === 1 ? one : many}`, against: AGAINST, target },
        rounds.flatMap((round) => round.slice(index, index + 1)).map(([pack, hand]) => [of(pack), of(hand)] as const),
      ),
    ),
    compare(
      {
        measure: `${name}, exponent`,
        size: `${Math.min(...counts)}–${Math.max(...counts)} ${many}`,
        against: AGAINST,
        target: EXPONENT_TARGET,
        targetOf: "pack",
      },
      rounds.map((round) => [exponent(round, 0), exponent(round, 1)] as const),
    ),
  ];
}
