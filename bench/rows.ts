import { median, quantile } from "./statistics";

/** One measure of this package against something else: a row of the table, and a dot of the chart. */
export interface Row {
  /** What is measured, with its unit. */
  readonly measure: string;
  /** How much of it: regions, upstreams, files. */
  readonly size: string;
  /** The other side. */
  readonly against: string;
  /** Medians of both sides. */
  readonly pack: number;
  readonly other: number;
  /** Median of the ratios of all pairs. */
  readonly ratio: number;
  /** Between which ratios the middle half of the pairs lies; with fewer than five pairs, between which all lie. */
  readonly spread: readonly [number, number];
  /** The limit, where there is one. */
  readonly target?: number;
  /** What the limit is for. @default "ratio" */
  readonly targetOf?: "ratio" | "pack";
}

/** What a row is about. */
export type Labels = Pick<Row, "measure" | "size" | "against" | "target" | "targetOf">;

const FEWEST_FOR_HALF = 5;

/** Compares the pairs of one measure. */
export function compare(labels: Labels, pairs: readonly (readonly [pack: number, other: number])[]): Row {
  const ratios = pairs.map(([pack, other]) => pack / other);
  const [from, to] = pairs.length < FEWEST_FOR_HALF ? [0, 1] : [0.25, 0.75];
  return {
    ...labels,
    pack: rounded(median(pairs.map(([pack]) => pack))),
    other: rounded(median(pairs.map(([, other]) => other))),
    ratio: rounded(median(ratios)),
    spread: [rounded(quantile(ratios, from)), rounded(quantile(ratios, to))],
  };
}

/** Whether a row meets its target; undefined if it has none. */
export function isMet({ pack, ratio, target, targetOf }: Row): boolean | undefined {
  return target === undefined ? undefined : (targetOf === "pack" ? pack : ratio) <= target;
}

/** What the size of a row counts: region, upstream or file. */
export function unitOf({ size }: Pick<Row, "size">): string | undefined {
  return size.split(" ").at(-1)?.replace(/s$/, "");
}

/** Four digits are more than the noise leaves, and the file stays readable. */
function rounded(value: number): number {
  return Number(value.toPrecision(4));
}
