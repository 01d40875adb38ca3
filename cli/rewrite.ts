import * as fs from "node:fs";
import * as path from "node:path";
import { Option } from "commander";
import type { Command } from "commander";
import { shownName } from "../src/image/image-reference";
import { RegistryMapping } from "../src/image/registry-map";
import { CommandError, ExitCode } from "./io";
import type { Io } from "./io";
import { hostFor, readMaps } from "./map-file";
import type { HostOptions, MapOptions } from "./map-file";
import { addMapOptions } from "./options";
import { FILE_TYPES, readFile } from "./rewrite/file-type";
import type { FileType } from "./rewrite/file-type";
import { TOO_DEEP, UnreadableText } from "./rewrite/mention";
import { edited, planOf } from "./rewrite/plan";
import type { Edit, Plan, Rewritten } from "./rewrite/plan";
import { StagedFiles } from "./rewrite/staged-files";
import { Target } from "./rewrite/target";
import { Positions, decoded } from "./rewrite/text-file";
import type { Position } from "./rewrite/text-file";
import { unifiedDiff } from "./rewrite/unified-diff";
import { reasonOf } from "./system-errors";

interface RewriteOptions extends MapOptions, HostOptions {
  readonly write?: boolean;
  readonly check?: boolean;
  readonly json?: boolean;
  readonly type?: FileType;
}

/** A file that could be read, with its changes. */
interface RewrittenFile {
  readonly text: string;
  readonly edits: readonly Edit[];
  readonly report: FileReport;
}

/** What --json prints of a file. */
interface FileReport {
  readonly file: string;
  /** Null for a file without content. */
  readonly type: FileType | null;
  readonly rewritten: readonly (Position & Pick<Rewritten, "from" | "to" | "warnings">)[];
  readonly left: readonly (Position & { readonly image: string; readonly reason: string })[];
}

const STDIN = "-";
/** How messages name the input that is no file. */
const NAME_OF_STDIN = "stdin";

/** Adds the command that rewrites the names of images in files. */
export function addRewrite(program: Command, io: Io, finish: (code: ExitCode) => void): void {
  addMapOptions(
    program
      .command("rewrite")
      .summary("rewrite the names of images in files")
      .description(
        "Rewrites the names of images in Dockerfiles, Compose files, Kubernetes manifests, kustomizations and Helm values, so that " +
          "they come from the cache. It changes no other byte, and makes no call to AWS. It prints the rewritten " +
          "texts one after another.",
      )
      .argument("[files...]", "the files; without any, or with -, the standard input"),
  )
    .addOption(new Option("--write", "replace the files and print their names").conflicts("check"))
    .option("--check", "print a diff, and exit with 1 if a file would change")
    .addOption(new Option("--type <type>", "the type of all files (default: by name and content)").choices(FILE_TYPES))
    .option("--dual-stack", "use the host for IPv4 and IPv6")
    .option("--json", "print a JSON object with the changes of each file in place of texts")
    .action(async (files: string[], options: RewriteOptions) => finish(await rewrite(io, files, options)));
}

async function rewrite(io: Io, files: readonly string[], options: RewriteOptions): Promise<ExitCode> {
  const { chosen, others } = readMaps(io, options);
  const mapping = new RegistryMapping(chosen);
  const target = new Target(mapping, hostFor(mapping, options), others);
  const inputs = files.length === 0 ? [STDIN] : withoutRepeats(io, files);
  if (options.write === true && inputs.includes(STDIN)) {
    throw new CommandError("--write needs names of files: it cannot replace the standard input");
  }
  const staged = new StagedFiles();
  const reports: FileReport[] = [];
  const changed: string[] = [];
  let isFailed = false;
  try {
    for (const input of inputs) {
      const file = await rewrittenFile(io, input, options, target);
      if (file === undefined) {
        isFailed = true;
        continue;
      }
      if (file.edits.length > 0) {
        changed.push(input);
      }
      // The rest of a file is not needed any more: there may be ten thousand.
      if (options.json === true) {
        reports.push(file.report);
      }
      if (!isFailed) {
        output(io, input, file, options, staged);
      }
    }
    if (isFailed) {
      return ExitCode.FAILED;
    }
    staged.replaceAll();
  } finally {
    staged.discard();
  }
  if (options.json === true) {
    io.stdout.write(`${JSON.stringify({ files: reports }, undefined, 2)}\n`);
  } else if (options.write === true) {
    io.stdout.write(changed.map((file) => `${file}\n`).join(""));
  }
  return options.check === true && changed.length > 0 ? ExitCode.FOUND : ExitCode.OK;
}

/** Files that are given twice, once. */
function withoutRepeats(io: Io, files: readonly string[]): string[] {
  const places = new Map<string, string>();
  for (const file of files) {
    const place = file === STDIN || file === "" ? file : path.resolve(io.cwd, file);
    places.set(place, places.get(place) ?? file);
  }
  return [...places.values()];
}

/** Prints or stages a file. */
function output(io: Io, input: string, file: RewrittenFile, options: RewriteOptions, staged: StagedFiles): void {
  const { text, edits, report } = file;
  if (options.write === true) {
    if (edits.length > 0) {
      staged.stage(path.resolve(io.cwd, input), input, edited(text, edits));
    }
  } else if (options.json !== true && options.check === true) {
    io.stdout.write(edits.length > 0 ? unifiedDiff(report.file, text, edits) : "");
  } else if (options.json !== true) {
    io.stdout.write(edited(text, edits));
  }
}

/** Reads a file and plans its changes; undefined after an error, which is printed. */
async function rewrittenFile(
  io: Io,
  input: string,
  { type: givenType }: RewriteOptions,
  target: Target,
): Promise<RewrittenFile | undefined> {
  const name = input === STDIN ? NAME_OF_STDIN : fileShown(input);
  const bytes = input === STDIN ? await bytesOf(io.stdin) : bytesOfFile(io, input);
  if (typeof bytes === "string") {
    io.stderr.write(`error: ${name}: ${bytes}\n`);
    return undefined;
  }
  const { text, endOfUtf8 } = decoded(bytes);
  const positions = new Positions(text);
  const print = (level: string, start: number, message: string): void => {
    const { line, column } = positions.of(start);
    io.stderr.write(`${level}: ${name}:${line}:${column}: ${message}\n`);
  };
  try {
    if (endOfUtf8 !== undefined) {
      throw new UnreadableText("this is not UTF-8", endOfUtf8);
    }
    const { type, mentions } = readFile(text, input === STDIN ? undefined : input, givenType);
    const plan = planOf(mentions, target);
    plan.malformed.forEach(({ start, problem }) => print("error", start, problem));
    if (plan.malformed.length > 0) {
      return undefined;
    }
    warn(plan, print);
    if (type !== null && mentions.length === 0) {
      io.stderr.write(`note: ${name}: no image found\n`);
    }
    return { text, edits: plan.edits, report: reportOf(name, type, plan, positions) };
  } catch (error) {
    const { start, message } = unreadableBy(error);
    print("error", start, message);
    return undefined;
  }
}

/** Why a file cannot be read; throws any other error. */
function unreadableBy(error: unknown): UnreadableText {
  if (error instanceof UnreadableText) {
    return error;
  }
  if (error instanceof RangeError) {
    return new UnreadableText(TOO_DEEP, 0);
  }
  throw error;
}

function reportOf(file: string, type: FileType | null, { rewritten, left }: Plan, positions: Positions): FileReport {
  return {
    file,
    type,
    rewritten: rewritten.map(({ start, from, to, warnings }) => ({ ...positions.of(start), from, to, warnings })),
    left: left.map(({ start, image, reason }) => ({ ...positions.of(start), image, reason })),
  };
}

function warn({ rewritten, left }: Plan, print: (level: string, start: number, message: string) => void): void {
  for (const { start, image, reason } of left) {
    print("warning", start, `${shownName(image)} stays: ${reason}`);
  }
  for (const { start, from, warnings } of rewritten) {
    warnings.forEach((warning) => print("warning", start, `${shownName(from)}: ${warning}`));
  }
}

/** The name of a file for messages. */
function fileShown(file: string): string {
  return file === "" ? '""' : file;
}

/** The content of a file, or the reason why it cannot be read or replaced. */
function bytesOfFile(io: Io, file: string): Uint8Array | string {
  if (file === "") {
    return "this is not the name of a file";
  }
  const place = path.resolve(io.cwd, file);
  try {
    // A file in place of a link would leave the file that the link names as it was.
    const stats = fs.lstatSync(place);
    if (stats.isSymbolicLink()) {
      return "this is a symbolic link: give the name of the file that it leads to";
    }
    if (!stats.isFile()) {
      return stats.isDirectory() ? "this is a folder: give the names of its files" : "this is not a regular file";
    }
    return fs.readFileSync(place);
  } catch (error) {
    return reasonOf(error);
  }
}

async function bytesOf(stream: NodeJS.ReadableStream): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of stream) {
    chunks.push(Buffer.from(chunk as Uint8Array));
  }
  return Buffer.concat(chunks);
}
