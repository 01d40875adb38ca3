import { randomBytes } from "node:crypto";
import * as fs from "node:fs";
import * as path from "node:path";
import { CommandError } from "../io";

/** A file whose new content is in a temporary file beside it. */
interface StagedFile {
  readonly file: string;
  readonly temporary: string;
  /** When the original was written. */
  readonly writtenAt: number;
  /** The original, once it is about to be replaced. */
  backup?: string;
}

/**
 * New contents of files, none of which changes before all are written. Temporary files are beside the originals, on the
 * same file system, so that each file is replaced at once.
 */
export class StagedFiles {
  private readonly staged: StagedFile[] = [];
  private readonly id = randomBytes(6).toString("hex");

  /** Writes a content beside its file, with the file's mode and owner. */
  public stage(file: string, content: string): void {
    const temporary = this.besides(file, "new");
    const { mode, uid, gid, mtimeMs: writtenAt } = fs.statSync(file);
    this.staged.push({ file, temporary, writtenAt });
    fs.writeFileSync(temporary, content, { flag: "wx", mode: 0o600 });
    const own = fs.statSync(temporary);
    if (own.uid !== uid || own.gid !== gid) {
      fs.chownSync(temporary, uid, gid);
    }
    // After the change of the owner, which may clear bits of the mode.
    fs.chmodSync(temporary, mode & 0o7777);
  }

  /** Replaces all files. If one cannot be replaced, all have their former content again. */
  public replaceAll(): void {
    const replaced: StagedFile[] = [];
    try {
      for (const one of this.staged) {
        checkUnchanged(one);
        one.backup = this.besides(one.file, "old");
        keepAt(one.file, one.backup);
        fs.renameSync(one.temporary, one.file);
        replaced.push(one);
      }
    } catch (error) {
      const lost = replaced.reverse().filter((one) => !isRestored(one));
      if (lost.length > 0) {
        const places = lost.map(({ file, backup }) => `${file} is in ${backup}`).join(", the one of ");
        // They are all there is of these files.
        lost.forEach((one) => delete one.backup);
        throw new CommandError(`${(error as Error).message}; the former content of ${places}`);
      }
      throw error;
    } finally {
      this.discard();
    }
  }

  /** Removes what is left of temporary files. */
  public discard(): void {
    for (const { temporary, backup } of this.staged) {
      fs.rmSync(temporary, { force: true });
      if (backup !== undefined) {
        fs.rmSync(backup, { force: true });
      }
    }
    this.staged.length = 0;
  }

  private besides(file: string, what: string): string {
    return path.join(path.dirname(file), `.${path.basename(file)}.${this.id}.${what}`);
  }
}

/** Throws an error if somebody has written a file since its new content was made from it. */
function checkUnchanged({ file, writtenAt }: StagedFile): void {
  if (fs.statSync(file).mtimeMs !== writtenAt) {
    throw new CommandError(`no file is changed: somebody has just changed ${file}; run the command again`);
  }
}

function isRestored({ file, backup = "" }: StagedFile): boolean {
  try {
    fs.renameSync(backup, file);
    return true;
  } catch {
    return false;
  }
}

/** Gives a file a second name; on file systems without links, a copy. */
function keepAt(file: string, backup: string): void {
  try {
    fs.linkSync(file, backup);
  } catch {
    fs.copyFileSync(file, backup, fs.constants.COPYFILE_EXCL);
  }
}
