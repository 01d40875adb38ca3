import { cpus } from "node:os";
import { comparison } from "./comparison";
import type { Comparison } from "./comparison";
import { numberOfPairs } from "./number-of-pairs";
import { resultsTable, rewriteSection, writeSection } from "./results";
import { FILE_COUNTS, assertSameTexts, prepareManifests, removeManifests, rewriteFiles } from "./rewriting";
import type { RewriteSample } from "./rewriting";
import { growthExponent } from "./statistics";

const DEFAULT_PAIRS = 11;

/** Both sides with some number of files. */
interface Pair {
  readonly pack: RewriteSample;
  readonly hand: RewriteSample;
}

const MEASURES: readonly { readonly name: string; readonly of: (sample: RewriteSample) => number }[] = [
  { name: "Rewrite, CPU ms", of: ({ cpu }) => cpu },
  { name: "Rewrite, wall ms", of: ({ wall }) => wall },
  { name: "Peak memory, MiB", of: ({ memory }) => memory },
];

const pairs = numberOfPairs(DEFAULT_PAIRS);
const manifests = prepareManifests();
try {
  // This also warms the file system's cache, for both sides alike.
  assertSameTexts(manifests, Math.max(...FILE_COUNTS));
  const rounds = Array.from({ length: pairs }, () =>
    FILE_COUNTS.map((files): Pair => ({
      pack: rewriteFiles(manifests, "command", files),
      hand: rewriteFiles(manifests, "sed", files),
    })),
  );
  const comparisons: Comparison[] = [
    ...MEASURES.flatMap(({ name, of }) =>
      FILE_COUNTS.map((files, index) =>
        comparison(
          { measure: name, size: String(files) },
          rounds
            .flatMap((round) => round.slice(index, index + 1))
            .map(({ pack, hand }) => [of(pack), of(hand)] as const),
        ),
      ),
    ),
    comparison(
      {
        measure: "Growth exponent, CPU",
        size: `${Math.min(...FILE_COUNTS)}–${Math.max(...FILE_COUNTS)}`,
      },
      rounds.map((round) => [growthOf(round, "pack"), growthOf(round, "hand")] as const),
    ),
  ];
  console.log(resultsTable(comparisons, "Files"));
  writeSection(rewriteSection(comparisons, { pairs, nodeVersion: process.versions.node, cpus: cpus().length }));
} finally {
  removeManifests(manifests);
}

function growthOf(round: readonly Pair[], side: keyof Pair): number {
  return growthExponent(FILE_COUNTS.map((x, index) => ({ x, y: round[index]?.[side].cpu ?? NaN })));
}
