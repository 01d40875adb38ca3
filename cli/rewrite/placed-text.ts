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
  const line = lines[lineAt(lines.length, (at) => lines[at]?.index ?? 0, index)] ?? { index: 0, place: 0 };
  return line.place + index - line.index;
}

/** The number of the line, from 0, that has an index, given where each line starts. */
export function lineAt(count: number, startOfLine: (line: number) => number, index: number): number {
  let low = 0;
  let high = count - 1;
  while (low < high) {
    const middle = Math.ceil((low + high) / 2);
    if (startOfLine(middle) <= index) {
      low = middle;
    } else {
      high = middle - 1;
    }
  }
  return low;
}
