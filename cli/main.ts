import { run } from "./program";

const { stdin, stdout, stderr, env } = process;

void run(process.argv.slice(2), { stdin, stdout, stderr, env, cwd: process.cwd(), fetch }).then((code) => {
  // Not process.exit: output to a pipe may not be written yet.
  process.exitCode = code;
});
