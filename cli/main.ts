import { ExitCode } from "./io";
import { run } from "./program";

const { stdin, stdout, stderr, env } = process;

for (const stream of [stdout, stderr]) {
  stream.on("error", (error: NodeJS.ErrnoException) => {
    // A reader that needs no more, like head, closes the pipe: that is no failure.
    if (error.code !== "EPIPE") {
      throw error;
    }
  });
}

function finish(code: ExitCode): void {
  // Not process.exit: output to a pipe may not be written yet.
  process.exitCode = code;
}

run(process.argv.slice(2), { stdin, stdout, stderr, env, cwd: process.cwd(), fetch }).then(
  finish,
  (defect: unknown) => {
    // Node's own exit code for a defect, 1, would say that the command has found something.
    stderr.write(`${defect instanceof Error ? defect.stack : String(defect)}\n`);
    finish(ExitCode.FAILED);
  },
);
