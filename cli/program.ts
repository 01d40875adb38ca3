import { Command, CommanderError } from "commander";
import { version } from "../package.json";
import { addConfig } from "./config";
import { addDoctor } from "./doctor";
import { CommandError, ExitCode } from "./io";
import type { Io } from "./io";
import { addRewrite } from "./rewrite";
import { addUri } from "./uri";

const EXIT_CODES = `
Exit codes:
  0  the command worked
  1  it worked and found something: a file to rewrite, an image without a cache, or a cause
  2  an error: an argument or a file is wrong, or a tool failed`;

/** Runs the command line and returns its exit code; it throws only what is a defect. */
export async function run(args: readonly string[], io: Io): Promise<ExitCode> {
  let code: ExitCode = ExitCode.OK;
  const finish = (ended: ExitCode): void => void (code = ended);
  const program = new Command("ecr-pull-through-cache")
    .description("Names of images in Amazon ECR pull-through caches, and why a pull fails.")
    .version(version, "-V, --version", "print the version")
    .addHelpText("after", EXIT_CODES)
    .showHelpAfterError("(--help lists the arguments)")
    .configureOutput({
      writeOut: (text) => void io.stdout.write(text),
      writeErr: (text) => void io.stderr.write(text),
    })
    .exitOverride();
  for (const add of [addUri, addRewrite, addConfig, addDoctor]) {
    add(program, io, finish);
  }
  try {
    await program.parseAsync([...args], { from: "user" });
    return code;
  } catch (error) {
    if (error instanceof CommanderError) {
      return error.exitCode === 0 ? ExitCode.OK : ExitCode.FAILED;
    }
    if (error instanceof CommandError) {
      io.stderr.write(`error: ${error.message}\n`);
      return ExitCode.FAILED;
    }
    throw error;
  }
}
