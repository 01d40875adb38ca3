import type { Mention, Piece } from "./mention";
import { UnreadableText } from "./mention";
import { placeIn } from "./placed-text";
import type { PlacedLine, PlacedText } from "./placed-text";
import { piecesOf } from "./variables";
import type { VariableSyntax } from "./variables";

// https://docs.docker.com/reference/dockerfile/
const INSTRUCTIONS: ReadonlySet<string> = new Set(
  (
    "ADD ARG CMD COPY ENTRYPOINT ENV EXPOSE FROM HEALTHCHECK LABEL MAINTAINER ONBUILD RUN SHELL STOPSIGNAL USER " +
    "VOLUME WORKDIR"
  ).split(" "),
);
const WITH_HEREDOCS: ReadonlySet<string> = new Set(["ADD", "COPY", "RUN"]);

/** A directive of the parser, on one of the first lines. */
const DIRECTIVE = /^#[^\S\n]*([A-Za-z][A-Za-z0-9]*)[^\S\n]*=[^\S\n]*(\S[^\n]*)$/;
const DIRECTIVES: readonly string[] = ["syntax", "escape", "check"];
const HEREDOC = /^\d*<<(-?)([^<]+)$/;

/** A base without files, which is no image. */
const SCRATCH = "scratch";
/** Names of stages have none of these characters. */
const ONLY_IN_IMAGES = /[/:@]/;

const MAYBE_STAGE =
  "it may be an image, or a stage of the Dockerfile that uses this one: write it with its domain or tag";
const NO_VARIABLES = "Docker replaces no variables here";

/** Part of a text. */
interface Word {
  readonly start: number;
  readonly end: number;
}

/** An instruction, whose lines are joined. */
interface Instruction extends PlacedText {
  /** In upper case. */
  readonly keyword: string;
  /** The index behind the keyword. */
  readonly start: number;
  readonly isOnBuild: boolean;
}

/** An image or a stage that an instruction takes files from. */
interface Source {
  readonly mention: Mention;
  readonly isOnBuild: boolean;
}

/** How much of a Dockerfile is one of its own: one inside of a Compose file has the variables of both. */
export interface DockerfileOptions {
  /** The place in the text of the file of each place in the Dockerfile. */
  readonly at: (index: number) => number;
  /** Whether something else replaces variables first. */
  readonly isInterpolated: boolean;
}

/** Whether a text begins like a Dockerfile. */
export function looksLikeDockerfile(text: string): boolean {
  return /^\uFEFF?(?:[^\S\n]*(?:#[^\n]*)?\n)*[^\S\n]*(?:FROM|ARG)[^\S\n]+[^\s:]/i.test(text);
}

/** The images that a Dockerfile names. */
export function dockerfileMentions(
  text: string,
  { at, isInterpolated }: DockerfileOptions = { at: (index) => index, isInterpolated: false },
): Mention[] {
  const lines = new Lines(text, at);
  const mentions: Mention[] = [];
  if (lines.syntax !== undefined) {
    const { start, end } = lines.syntax;
    mentions.push({ start: at(start), pieces: piecesOf({ text, at }, {}, start, end) });
  }
  const stages = new Set<string>();
  const sources: Source[] = [];
  const variables = new Map<string, readonly Piece[] | undefined>();
  const syntax: VariableSyntax = { escape: lines.escape, lookUp: (name) => variables.get(name) };
  let isBeforeStages = true;
  for (let instruction = lines.next(); instruction !== undefined; instruction = lines.next()) {
    const { keyword, isOnBuild } = instruction;
    if (keyword === "FROM") {
      isBeforeStages = false;
      const { image, name } = fromOf(instruction);
      const pieces = isInterpolated
        ? interpolatedPieces(instruction, image)
        : piecesOf(instruction, syntax, image.start, image.end);
      const written = textOf(pieces);
      if (written !== SCRATCH && !stages.has(written?.toLowerCase() ?? "")) {
        mentions.push({ start: instruction.at(image.start), pieces });
      }
      if (name !== undefined) {
        stages.add(instruction.text.slice(name.start, name.end).toLowerCase());
      }
    } else if (keyword === "ARG" && isBeforeStages) {
      for (const { name, value } of argumentsOf(instruction, syntax, lines.escape)) {
        variables.set(name, value);
      }
    } else if (keyword === "COPY" || keyword === "RUN") {
      for (const image of sourcesOf(instruction, lines.escape)) {
        sources.push({ mention: sourceMention(instruction, image), isOnBuild });
      }
    }
  }
  return [...mentions, ...sources.flatMap((source) => sourceImage(source, stages))];
}

/** The mention of a source of files; none if it is a stage. */
function sourceImage({ mention, isOnBuild }: Source, stages: ReadonlySet<string>): Mention[] {
  const written = textOf(mention.pieces) ?? "";
  if (written === SCRATCH || /^\d+$/.test(written) || stages.has(written.toLowerCase())) {
    return [];
  }
  const isUnclear = isOnBuild && !ONLY_IN_IMAGES.test(written) && mention.reasonToStay === undefined;
  return [isUnclear ? { ...mention, reasonToStay: MAYBE_STAGE } : mention];
}

/** The base of a stage, and the name of the stage. */
function fromOf(instruction: Instruction): { readonly image: Word; readonly name?: Word } {
  const { text, start } = instruction;
  const words = [...text.slice(start).matchAll(/\S+/g)].map((match) => ({
    start: start + match.index,
    end: start + match.index + match[0].length,
  }));
  const first = words.findIndex((word) => !text.startsWith("--", word.start));
  const image = words[first];
  if (first < 0 || image === undefined) {
    throw new UnreadableText("FROM needs the name of an image or a stage", instruction.at(0));
  }
  const as = words[first + 1];
  const isNamed = as !== undefined && text.slice(as.start, as.end).toUpperCase() === "AS";
  return { image, name: isNamed ? words[first + 2] : undefined };
}

/** The build arguments that an instruction declares, with their defaults. */
function* argumentsOf(
  instruction: Instruction,
  syntax: VariableSyntax,
  escape: string,
): Generator<{ readonly name: string; readonly value: readonly Piece[] | undefined }> {
  const { text, start } = instruction;
  for (const word of wordsOf(text, start, escape)) {
    const equals = text.indexOf("=", word.start);
    if (equals < 0 || equals >= word.end) {
      yield { name: text.slice(word.start, word.end), value: undefined };
    } else {
      yield {
        name: text.slice(word.start, equals),
        value: piecesOf(instruction, syntax, equals + 1, word.end),
      };
    }
  }
}

/** The images, or stages, that an instruction takes files from. */
function* sourcesOf({ text, start, keyword }: Instruction, escape: string): Generator<Word> {
  for (const word of wordsOf(text, start, escape)) {
    const flag = /^--([a-z]+)=/.exec(text.slice(word.start, word.end));
    if (!text.startsWith("--", word.start)) {
      return;
    }
    const startOfValue = word.start + (flag?.[0].length ?? 0);
    if (flag?.[1] === "from" && keyword === "COPY") {
      yield unquoted(text, { start: startOfValue, end: word.end });
    } else if (flag?.[1] === "mount" && keyword === "RUN") {
      const value = unquoted(text, { start: startOfValue, end: word.end });
      for (const field of text.slice(value.start, value.end).matchAll(/(?<=^|,)("?from=)([^,"]+)/gi)) {
        const startOfImage = value.start + field.index + (field[1]?.length ?? 0);
        yield { start: startOfImage, end: startOfImage + (field[2]?.length ?? 0) };
      }
    }
  }
}

function unquoted(text: string, { start, end }: Word): Word {
  const isQuoted = end - start > 1 && /["']/.test(text.charAt(start)) && text.charAt(start) === text.charAt(end - 1);
  return isQuoted ? { start: start + 1, end: end - 1 } : { start, end };
}

function sourceMention(instruction: Instruction, image: Word): Mention {
  const written = instruction.text.slice(image.start, image.end);
  return {
    start: instruction.at(image.start),
    pieces: written.includes("$")
      ? [{ kind: "unknown", source: written }]
      : piecesOf(instruction, {}, image.start, image.end),
    ...(written.includes("$") ? { reasonToStay: NO_VARIABLES } : {}),
  };
}

function interpolatedPieces(instruction: Instruction, image: Word): readonly Piece[] {
  const source = instruction.text.slice(image.start, image.end);
  return source.includes("$") ? [{ kind: "unknown", source }] : piecesOf(instruction, {}, image.start, image.end);
}

/** The text of pieces; undefined if one is not known. */
function textOf(pieces: readonly Piece[]): string | undefined {
  return pieces.some(({ kind }) => kind === "unknown")
    ? undefined
    : pieces.map((piece) => (piece.kind === "unknown" ? "" : piece.text)).join("");
}

/** The words of an instruction, in which quotes and the escape character keep white space. */
function* wordsOf(text: string, start: number, escape: string): Generator<Word> {
  let startOfWord: number | undefined;
  let quote = "";
  for (let index = start; index < text.length; index += 1) {
    const character = text.charAt(index);
    if (quote === "" && /\s/.test(character)) {
      if (startOfWord !== undefined) {
        yield { start: startOfWord, end: index };
      }
      startOfWord = undefined;
      continue;
    }
    startOfWord ??= index;
    if (character === escape && quote !== "'") {
      index += 1;
    } else if (character === quote) {
      quote = "";
    } else if (quote === "" && (character === "'" || character === '"')) {
      quote = character;
    }
  }
  if (startOfWord !== undefined) {
    yield { start: startOfWord, end: text.length };
  }
}

/** The instructions of a Dockerfile. https://github.com/moby/buildkit/tree/master/frontend/dockerfile/parser */
class Lines {
  public readonly escape: string = "\\";
  /** The image that reads the Dockerfile in place of Docker. */
  public readonly syntax: Word | undefined;
  private readonly continuation: RegExp;
  /** The start of the next line. */
  private place: number;

  public constructor(
    private readonly text: string,
    private readonly at: (index: number) => number,
  ) {
    this.place = text.startsWith("\uFEFF") ? 1 : 0;
    if (text.startsWith("#!", this.place)) {
      this.readLine();
    }
    const seen = new Set<string>();
    for (;;) {
      const start = this.place;
      const line = this.readLine() ?? "";
      const [all, key = "", value = ""] = DIRECTIVE.exec(line.trimEnd()) ?? [];
      const name = key.toLowerCase();
      if (all === undefined || !DIRECTIVES.includes(name) || seen.has(name)) {
        this.place = start;
        break;
      }
      seen.add(name);
      if (name === "escape") {
        if (value !== "\\" && value !== "`") {
          throw new UnreadableText("the escape character of a Dockerfile is \\ or `", at(start));
        }
        this.escape = value;
      } else if (name === "syntax") {
        const startOfValue = start + line.lastIndexOf(value);
        this.syntax = { start: startOfValue, end: startOfValue + (value.split(" ", 1)[0]?.length ?? 0) };
      }
    }
    const escaped = this.escape === "\\" ? "\\\\" : this.escape;
    this.continuation = new RegExp(`(?<!${escaped})${escaped}[ \\t]*$`);
  }

  /** The next instruction; undefined at the end. */
  public next(): Instruction | undefined {
    for (;;) {
      const start = this.place;
      const line = this.readLine();
      if (line === undefined) {
        return undefined;
      }
      if (!/^\s*(?:#|$)/.test(line)) {
        return this.instructionAt(start, line);
      }
    }
  }

  private instructionAt(start: number, firstLine: string): Instruction {
    const joined = new JoinedLines(this.at);
    let line: string | undefined = firstLine;
    let startOfLine = start;
    for (let isFirst = true; line !== undefined; isFirst = false) {
      // Comments and empty lines do not end an instruction.
      const counts: boolean = isFirst || !/^\s*(?:#|$)/.test(line);
      const kept: string = line.replace(this.continuation, "");
      if (counts) {
        joined.add(kept, startOfLine);
      }
      if (counts && kept.length === line.length) {
        break;
      }
      startOfLine = this.place;
      line = this.readLine();
    }
    const instruction = this.instructionIn(joined);
    if (WITH_HEREDOCS.has(instruction.keyword)) {
      this.skipHeredocs(instruction);
    }
    return instruction;
  }

  private instructionIn(joined: JoinedLines): Instruction {
    const { text } = joined;
    const at = (index: number): number => joined.at(index);
    let start = 0;
    for (let isOnBuild = false; ; isOnBuild = true) {
      const [all = "", space = "", keyword = ""] = /^(\s*)(\S*)/.exec(text.slice(start)) ?? [];
      const name = keyword.toUpperCase();
      if (!INSTRUCTIONS.has(name)) {
        const what = /^[A-Z]+$/.test(name) ? `instruction ${name}` : "such instruction";
        throw new UnreadableText(`a Dockerfile has no ${what}`, at(start + space.length));
      }
      start += all.length;
      if (name !== "ONBUILD") {
        return { keyword: name, text, at, start, isOnBuild };
      }
    }
  }

  /** Skips the texts that follow an instruction as its heredocs. */
  private skipHeredocs(instruction: Instruction): void {
    const { text, start } = instruction;
    if (!text.includes("<<")) {
      return;
    }
    for (const word of wordsOf(text, start, this.escape)) {
      const [, chomp, name] = HEREDOC.exec(text.slice(word.start, word.end)) ?? [];
      if (name === undefined) {
        continue;
      }
      const end = name.replace(/["'\\]/g, "");
      let line: string | undefined;
      do {
        line = this.readLine();
        if (line === undefined) {
          throw new UnreadableText(`the heredoc ${end} does not end`, instruction.at(word.start));
        }
      } while ((chomp === "-" ? line.replace(/^\t+/, "") : line) !== end);
    }
  }

  /** The next line without its end; undefined at the end. */
  private readLine(): string | undefined {
    if (this.place >= this.text.length) {
      return undefined;
    }
    const feed = this.text.indexOf("\n", this.place);
    const end = feed < 0 ? this.text.length : feed;
    const line = this.text.slice(this.place, end);
    this.place = end + 1;
    return line.endsWith("\r") ? line.slice(0, -1) : line;
  }
}

/** Lines without what separates them, and where they were. */
class JoinedLines implements PlacedText {
  private readonly parts: string[] = [];
  private readonly lines: PlacedLine[] = [];
  private length = 0;
  private joined: string | undefined;

  public constructor(private readonly placeInFile: (index: number) => number) {}

  public add(line: string, place: number): void {
    this.lines.push({ index: this.length, place });
    this.parts.push(line);
    this.length += line.length;
  }

  public get text(): string {
    this.joined ??= this.parts.join("");
    return this.joined;
  }

  public at(index: number): number {
    return this.placeInFile(placeIn(this.lines, index));
  }
}
