/** A text and its places in a file. */
export interface PlacedText {
  readonly text: string;
  /** The place in the file of the character at an index, or of the end. */
  at(index: number): number;
}

/** The start of a line of a text, and its place in a file. */
export interface PlacedLine {
  readonly index: number;
  readonly place: number;
}

/** The place in a file of an index of a text whose lines are placed, in their order. */
export function placeIn(lines: readonly PlacedLine[], index: number): number {
  let low = 0;
  let high = lines.length - 1;
  while (low < high) {
    const middle = Math.ceil((low + high) / 2);
    if ((lines[middle]?.index ?? 0) <= index) {
      low = middle;
    } else {
      high = middle - 1;
    }
  }
  const line = lines[low] ?? { index: 0, place: 0 };
  return line.place + index - line.index;
}
