import { Readable } from "node:stream";
import type { ExitCode, Io } from "../../cli/io";
import { run } from "../../cli/program";

/** How a command ended, and what it printed. */
export interface CommandOutcome {
  readonly code: ExitCode;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs the command line in this process, in a folder. */
export async function runCli(cwd: string, args: readonly string[], given: Partial<Io> = {}): Promise<CommandOutcome> {
  const printed = { stdout: "", stderr: "" };
  const output = (name: keyof typeof printed) => ({ write: (text: string) => void (printed[name] += text) });
  const stdin = Readable.from([]);
  const code = await run(args, {
    stdin,
    stdout: output("stdout"),
    stderr: output("stderr"),
    env: {},
    cwd,
    fetch,
    ...given,
  });
  return { code, ...printed };
}
