import { ImageReference, malformedName, parseReference, problemText, shownText } from "../../src/image/image-reference";
import { reasonWithoutPlace } from "../../src/image/no-place";
import { FIRST_PULL_BY_DIGEST } from "../mapped-image";
import { writtenOf } from "./mention";
import type { Mention, Piece, TextPiece } from "./mention";
import type { Target } from "./target";

/** A name that changes. */
export interface Rewritten {
  /** The place of the change in the text of the file. */
  readonly start: number;
  readonly from: string;
  readonly to: string;
  /** What users must know about the change. */
  readonly warnings: readonly string[];
}

/** A name that stays, although it is not one of the cache. */
export interface Left {
  readonly start: number;
  readonly image: string;
  readonly reason: string;
}

/** A text that must be the name of an image, and is none. */
export interface Malformed {
  readonly start: number;
  readonly problem: string;
}

/** A text in place of another one. */
export interface Edit {
  readonly start: number;
  readonly end: number;
  readonly text: string;
}

/** The changes of a file. */
export interface Plan {
  /** In the order of the file, without overlaps. */
  readonly edits: readonly Edit[];
  readonly rewritten: readonly Rewritten[];
  readonly left: readonly Left[];
  readonly malformed: readonly Malformed[];
}

/** A change that a name needs. */
interface Wish {
  readonly mention: Mention;
  readonly edit: Edit;
  readonly rewritten: Rewritten;
}

/** A name without the values that the file does not have. */
interface Name {
  /** The name, with a mark in place of each unknown value. */
  readonly marked: string;
  /** How long the part before the tag and the digest is. */
  readonly length: number;
  /** The name as the file writes it. */
  readonly written: string;
}

/** Stands for an unknown value. The name of an image cannot contain it. */
const MARK = "\0";

const SHARED = "its place in the file is also part of another name, which would break: write the names apart";
const OFFICIAL = "/library";
const ANY_IMAGE = "/any/image";
const DIVIDED = "the file does not have the start of its name in one place: write it in one";

/** Decides which texts of a file to replace, so that its images come from the cache. */
export function planOf(mentions: readonly Mention[], target: Target): Plan {
  const wishes: Wish[] = [];
  const staying: Mention[] = [];
  const left = new Map<string, Left>();
  const stay = (one: Left): void => void left.set(`${one.start} ${one.image}`, one);
  const malformed: Malformed[] = [];
  for (const mention of mentions) {
    const outcome = outcomeOf(mention, target);
    if (outcome !== undefined && "edit" in outcome) {
      wishes.push(outcome);
    } else {
      staying.push(mention);
      if (outcome !== undefined && "problem" in outcome) {
        malformed.push(outcome);
      } else if (outcome !== undefined) {
        stay(outcome);
      }
    }
  }
  const disputed = disputedPlaces(wishes, staying);
  const edits = new Map<number, Edit>();
  const rewritten = new Map<string, Rewritten>();
  for (const { mention, edit, rewritten: change } of wishes) {
    if (disputed.has(edit.start)) {
      stay({ start: mention.start, image: change.from, reason: disputed.get(edit.start) ?? SHARED });
    } else {
      edits.set(edit.start, edit);
      rewritten.set(`${edit.start} ${change.from}`, change);
    }
  }
  return {
    edits: inOrder([...edits.values()]),
    rewritten: inOrder([...rewritten.values()]),
    left: inOrder([...left.values()]),
    malformed: inOrder(malformed),
  };
}

/** The text with the edits of a plan. */
export function edited(text: string, edits: readonly Edit[]): string {
  const parts: string[] = [];
  let end = 0;
  for (const edit of edits) {
    parts.push(text.slice(end, edit.start), edit.text);
    end = edit.end;
  }
  return [...parts, text.slice(end)].join("");
}

/** What becomes of a name; undefined if it stays without a word. */
function outcomeOf(given: Mention, target: Target): Wish | Left | Malformed | undefined {
  // A registry has the start of any of its images.
  const rest = given.isRegistry === true ? ANY_IMAGE : "";
  const mention = { ...given, pieces: rest === "" ? given.pieces : [...given.pieces, fixed(rest)] };
  const name = nameOf(mention.pieces);
  const shown = name.written.slice(0, name.written.length - rest.length);
  const stays = (reason: string): Left => ({ start: mention.start, image: shown, reason });
  if (name.marked === "") {
    return undefined;
  }
  const unknown = mention.pieces.find(({ kind }) => kind === "unknown");
  const ownName = name.marked.slice(0, name.length);
  const isKnown = !ownName.includes(MARK);
  const reference = parseReference(unknown === undefined ? name.marked : ownName);
  const mapped = isKnown && reference instanceof ImageReference ? target.map(reference) : undefined;
  if (mapped?.kind === "own") {
    return undefined;
  }
  if (mention.reasonToStay !== undefined) {
    return stays(mention.reasonToStay);
  }
  if (unknown?.kind === "unknown" && !isKnown) {
    return stays(`the file has no value for ${unknown.source}`);
  }
  if (!(reference instanceof ImageReference)) {
    return mention.isGuess === true
      ? { ...stays(`this is not the name of an image: ${problemText(reference)}`), image: shownText(shown) }
      : { start: placeOf(mention, reference.position - 1), problem: malformedName(shown, reference) };
  }
  if (mapped?.kind !== "cached") {
    return mapped === undefined ? undefined : stays(reasonWithoutPlace(mapped));
  }
  const newName = `${target.host}/${mapped.path}`;
  const newStart = newName.slice(0, newName.length - rest.length);
  if (mention.reasonInCache !== undefined) {
    return stays(mention.reasonInCache(newStart));
  }
  const edit = editOf(mention.pieces[0], ownName, newName);
  if (edit === undefined) {
    return stays(DIVIDED);
  }
  const hasDigest = mention.hasDigest === true || name.written.includes("@");
  const warnings = [mention.warning, hasDigest ? FIRST_PULL_BY_DIGEST : undefined];
  return {
    mention,
    edit,
    rewritten: {
      start: edit.start,
      from: shown,
      to: rest === "" ? `${newName}${name.written.slice(name.length)}` : newStart,
      warnings: warnings.filter((warning) => warning !== undefined),
    },
  };
}

function fixed(text: string): Piece {
  return { kind: "fixed", text };
}

function nameOf(pieces: readonly Piece[]): Name {
  const marked = pieces.map((piece) => (piece.kind === "unknown" ? MARK : piece.text)).join("");
  const separator = marked.slice(marked.lastIndexOf("/") + 1).search(/[:@]/);
  return {
    marked,
    length: separator < 0 ? marked.length : marked.lastIndexOf("/") + 1 + separator,
    written: writtenOf(pieces),
  };
}

/** The place in the file of a character of a name, or of the name if it is not known. */
function placeOf({ start, pieces }: Mention, index: number): number {
  let rest = index;
  for (const piece of pieces) {
    const length = piece.kind === "unknown" ? MARK.length : piece.text.length;
    if (piece.kind === "text" && (rest < length || (rest === length && piece === pieces.at(-1)))) {
      return piece.start + rest;
    }
    rest -= length;
  }
  return start;
}

/** The change of the start of a name, which is in its first piece; undefined if that cannot change the name. */
function editOf(first: Piece | undefined, from: string, to: string): Edit | undefined {
  let common = 0;
  while (common < from.length && from.at(-common - 1) === to.at(-common - 1)) {
    common += 1;
  }
  const changed = from.length - common;
  if (first?.kind !== "text" || changed > first.text.length) {
    return undefined;
  }
  return { start: first.start, end: first.start + changed, text: to.slice(0, to.length - common) };
}

/** The places of edits that not all names agree on which have them, with the reason why their names stay. */
function disputedPlaces(wishes: readonly Wish[], staying: readonly Mention[]): Map<number, string> {
  const wished = new Map<number, Map<string, Wish>>();
  for (const wish of wishes) {
    const { start, text } = wish.edit;
    const texts = wished.get(start) ?? new Map<string, Wish>();
    texts.set(text, texts.get(text) ?? wish);
    wished.set(start, texts);
  }
  const disputed = new Map<number, string>();
  for (const [start, texts] of wished) {
    if (texts.size > 1) {
      disputed.set(start, adviceFor([...texts.values()]) ?? SHARED);
    }
  }
  const others = [
    ...staying.flatMap(({ pieces }) => pieces),
    // An edit is one of the first piece.
    ...wishes.flatMap(({ mention }) => mention.pieces.slice(1)),
  ];
  for (const { start } of others.filter(isText)) {
    if (wished.has(start)) {
      disputed.set(start, SHARED);
    }
  }
  return disputed;
}

/** The advice for names that differ in nothing but library/, which one of them leaves out; undefined for others. */
function adviceFor([one, other, third]: readonly Wish[]): string | undefined {
  if (one === undefined || other === undefined || third !== undefined) {
    return undefined;
  }
  const [long, short] = one.edit.text.length > other.edit.text.length ? [one, other] : [other, one];
  const { from } = long.rewritten;
  return long.edit.text === short.edit.text.replace(/(\/?)$/, `${OFFICIAL}$1`)
    ? `its place in the file is also part of another name: write ${from.replace(/(?=[^/]*$)/, "library/")} in place of ${from}, and one start is right for both`
    : undefined;
}

function isText(piece: Piece): piece is TextPiece {
  return piece.kind === "text";
}

function inOrder<T extends { readonly start: number }>(items: T[]): T[] {
  return items.sort((one, other) => one.start - other.start);
}
