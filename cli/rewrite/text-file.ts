import { isUtf8 } from "node:buffer";
import { lineAt } from "./placed-text";

/** Lines and columns of a text, both from 1. */
export interface Position {
  readonly line: number;
  readonly column: number;
}

/** The text of a file, and where it stops being UTF-8. */
export interface DecodedText {
  readonly text: string;
  readonly endOfUtf8?: number;
}

/** Decodes a file. A byte order mark is part of its text. */
export function decoded(bytes: Uint8Array): DecodedText {
  const decoder = new TextDecoder("utf-8", { ignoreBOM: true });
  const text = decoder.decode(bytes);
  if (isUtf8(bytes)) {
    return { text };
  }
  const again = new TextEncoder().encode(text);
  const wrong = bytes.findIndex((byte, index) => byte !== again[index]);
  return { text, endOfUtf8: decoder.decode(bytes.subarray(0, wrong)).length };
}

/** The position of each of some places, which are in order. */
export class Positions {
  private readonly starts: number[] = [0];

  public constructor(private readonly text: string) {
    for (let feed = text.indexOf("\n"); feed >= 0; feed = text.indexOf("\n", feed + 1)) {
      this.starts.push(feed + 1);
    }
  }

  public of(place: number): Position {
    const line = lineAt(this.starts.length, (at) => this.starts[at] ?? 0, place);
    const start = this.starts[line] ?? 0;
    const mark = line === 0 && this.text.startsWith("\uFEFF") ? 1 : 0;
    return { line: line + 1, column: Math.max(1, place - start + 1 - mark) };
  }
}
