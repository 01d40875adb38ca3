/** Text that a file has at a place as its reader sees it, and which can be replaced there. */
export interface TextPiece {
  readonly kind: "text";
  readonly text: string;
  /** Where it is in the text of the file. */
  readonly start: number;
  readonly end: number;
}

/** Text that the file does not have in this form: one with escapes, for example. */
export interface FixedPiece {
  readonly kind: "fixed";
  readonly text: string;
}

/** A text that the file does not have, like the value of a variable without a default. */
export interface UnknownPiece {
  readonly kind: "unknown";
  /** How the file writes it. */
  readonly source: string;
}

/** A part of the name of an image. */
export type Piece = TextPiece | FixedPiece | UnknownPiece;

/** A place where a file names an image. */
export interface Mention {
  /** The place in the text of the file, for messages. */
  readonly start: number;
  readonly pieces: readonly Piece[];
  /** Whether the file has a digest of the image apart from its name. */
  readonly hasDigest?: boolean;
  /** Why the name stays, unless it is already one of the cache. */
  readonly reasonToStay?: string;
  /** Why a name stays that the cache has, given its name there. */
  readonly reasonInCache?: (newName: string) => string;
  /** What users must know about a name that changes. */
  readonly warning?: string;
  /** Whether the text may be another thing than the name of an image. */
  readonly isGuess?: boolean;
  /** Whether the text is the start of names, which are elsewhere. */
  readonly isRegistry?: boolean;
}

/** A name as the file writes it. */
export function writtenOf(pieces: readonly Piece[]): string {
  return pieces.map((piece) => (piece.kind === "unknown" ? piece.source : piece.text)).join("");
}

/** What a message says about a text for which the stack of calls is too small. */
export const TOO_DEEP = "this is nested too deeply to be read";

/** A file, or a place in it, that cannot be read. */
export class UnreadableText extends Error {
  public constructor(
    message: string,
    /** The place in the text of the file. */
    public readonly start: number,
  ) {
    super(message);
  }
}
