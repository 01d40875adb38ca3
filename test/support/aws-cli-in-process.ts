import * as path from "node:path";
import { loadServices, runAwsCli } from "../local-commands/aws-cli";

interface Options {
  readonly env: NodeJS.ProcessEnv;
  readonly cwd: string;
}

type Callback = (error: Error | null, stdout: string, stderr: string) => void;

// Here no test is the current one.
loadServices();

/** Stands in for `execFile` where the program is `aws`: the stand-in for the AWS CLI, without a process for each call. */
export function execFile(file: string, args: readonly string[], { env, cwd }: Options, callback: Callback): object {
  if (file !== "aws") {
    throw new Error(`${file} is not run here`);
  }
  void runAwsCli(args, env, { cwd: path.resolve(cwd), stdin: "" }).then(({ stdout, stderr, exitCode }) =>
    callback(exitCode === 0 ? null : new Error(`aws ended with ${exitCode}`), stdout, stderr),
  );
  return {};
}
