import type { Piece } from "./mention";
import { UnreadableText } from "./mention";
import type { PlacedText } from "./placed-text";

/** How a kind of file writes variables. */
export interface VariableSyntax {
  /** The character that takes the meaning from the next one, with quotes around texts, as in a Dockerfile. */
  readonly escape?: string;
  /** The value that the file has for a variable. */
  readonly lookUp?: (name: string) => readonly Piece[] | undefined;
}

/** No name of an image has as many parts; variables that contain variables twice each could have any number. */
const MAX_PIECES = 1_000;

const NAME = /[A-Za-z_][A-Za-z0-9_]*/y;
const OPERATOR = /:?[-=?+]|[#%/]/y;
/** How variables begin and end that another tool than a shell fills in: templates of Go and Jinja, and $(…). */
const FOREIGN = [
  ["{{", "}}"],
  ["$(", ")"],
] as const;
/** In characters. Without a bound, a text of starts without an end would take quadratic time. */
const MAX_FOREIGN = 500;

/** The parts of a text with variables, which Dockerfiles, Compose files and envsubst write alike. */
export function piecesOf(placed: PlacedText, syntax: VariableSyntax, start: number, end: number): readonly Piece[] {
  return new PieceReader(placed, syntax, start, end).read("");
}

/** The pieces of a part of a text: what the file has in one place, and the rest. */
function piecesAt(placed: PlacedText, start: number, end: number): Piece[] {
  const from = placed.at(start);
  let together = start + 1;
  while (together < end && placed.at(together) - from === together - start) {
    together += 1;
  }
  const to = from + together - start;
  const first: Piece = { kind: "text", text: placed.text.slice(start, together), start: from, end: to };
  return together === end ? [first] : [first, { kind: "fixed", text: placed.text.slice(together, end) }];
}

class PieceReader {
  private readonly pieces: Piece[] = [];
  private startOfText: number;

  public constructor(
    private readonly placed: PlacedText,
    private readonly syntax: VariableSyntax,
    private index: number,
    private readonly end: number,
  ) {
    this.startOfText = index;
  }

  /** Reads until a character, or the end. */
  public read(closing: string): readonly Piece[] {
    const start = this.index;
    this.readText(closing);
    this.endText();
    if (this.pieces.length > 0) {
      return this.pieces;
    }
    // A place for a text, as in ${REGISTRY:-}.
    const at = this.placed.at(start);
    return [{ kind: "text", text: "", start: at, end: at }];
  }

  private readText(closing: string): void {
    const { text } = this.placed;
    let quote = "";
    while (this.index < this.end) {
      const character = text.charAt(this.index);
      if (quote === "" && closing !== "" && character === closing) {
        break;
      }
      const next = text.charAt(this.index + 1);
      if (this.syntax.escape === undefined) {
        if (character === "$" && next === "$") {
          this.skip(1);
          this.index += 1;
        } else {
          this.step();
        }
      } else if (character === this.syntax.escape && quote !== "'" && this.index + 1 < this.end) {
        this.skip(1);
        this.index += 1;
      } else if ((character === "'" || character === '"') && (quote === "" || quote === character)) {
        quote = quote === "" ? character : "";
        this.skip(1);
      } else if (quote === "'") {
        this.index += 1;
      } else {
        this.step();
      }
    }
    if (quote !== "") {
      throw new UnreadableText(`a text in ${quote} does not end`, this.placed.at(this.startOfText));
    }
  }

  /** Reads a character, or a variable. */
  private step(): void {
    const { text } = this.placed;
    const foreign = foreignAt(text, this.index);
    if (foreign !== undefined) {
      this.endText();
      this.pieces.push({ kind: "unknown", source: foreign });
      this.skip(foreign.length);
    } else if (text.charAt(this.index) === "$") {
      this.readVariable();
    } else {
      this.index += 1;
    }
  }

  private readVariable(): void {
    const { text } = this.placed;
    const isBraced = text.charAt(this.index + 1) === "{";
    const start = this.index;
    const startOfName = start + (isBraced ? 2 : 1);
    const name = matchAt(NAME, text, startOfName);
    if (name === undefined && !isBraced) {
      this.index += 1;
      return;
    }
    this.endText();
    let after = startOfName + (name?.length ?? 0);
    let value = name === undefined ? undefined : this.syntax.lookUp?.(name);
    if (isBraced) {
      const operator = matchAt(OPERATOR, text, after) ?? "";
      const reader = new PieceReader(this.placed, this.syntax, after + operator.length, this.end);
      const word = reader.read("}");
      if (reader.index >= this.end) {
        throw new UnreadableText("a variable in ${ does not end with }", this.placed.at(start));
      }
      const isName = operator !== "" || reader.index === after;
      value = isName ? valueBy(operator, value, word) : undefined;
      after = reader.index + 1;
    }
    const isTooLong = this.pieces.length + (value?.length ?? 0) > MAX_PIECES;
    const unknown: Piece = { kind: "unknown", source: text.slice(start, after) };
    this.pieces.push(...(value === undefined || isTooLong ? [unknown] : value));
    this.skip(after - start);
  }

  /** Ends the text before the index, and continues behind some characters. */
  private skip(characters: number): void {
    this.endText();
    this.index += characters;
    this.startOfText = this.index;
  }

  private endText(): void {
    if (this.index > this.startOfText) {
      this.pieces.push(...piecesAt(this.placed, this.startOfText, this.index));
      this.startOfText = this.index;
    }
  }
}

/** The value of a variable with an operator, which users may still set otherwise; undefined if it is not known. */
function valueBy(
  operator: string,
  value: readonly Piece[] | undefined,
  word: readonly Piece[],
): readonly Piece[] | undefined {
  switch (operator) {
    case "":
    case "?":
    case ":?":
      return value;
    case "-":
    case "=":
      return value ?? word;
    case ":-":
    case ":=":
      return value === undefined || value.every((piece) => piece.kind !== "unknown" && piece.text === "")
        ? word
        : value;
    default:
      return undefined;
  }
}

function matchAt(pattern: RegExp, text: string, index: number): string | undefined {
  pattern.lastIndex = index;
  return pattern.exec(text)?.[0];
}

/** The variable of another tool that begins at an index; undefined if none does. */
function foreignAt(text: string, index: number): string | undefined {
  const [start, end] = FOREIGN.find(([opening]) => text.startsWith(opening, index)) ?? [];
  if (start === undefined || end === undefined) {
    return undefined;
  }
  const found = text.slice(index, index + MAX_FOREIGN);
  const at = found.indexOf(end, start.length);
  return at < 0 ? undefined : found.slice(0, at + end.length);
}
