import { spawn } from "node:child_process";

/** What a command ended with. */
export interface Outcome {
  readonly status: number | null;
  readonly output: string;
}

/** Where a command runs, and with what. */
export interface CommandOptions {
  readonly cwd: string;
  readonly env?: NodeJS.ProcessEnv;
}

/** Runs a command to its end. */
export function execute(command: string, args: string[], options: CommandOptions): Promise<Outcome> {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { ...options, stdio: ["ignore", "pipe", "pipe"] });
    const chunks: Buffer[] = [];
    child.stdout.on("data", (chunk: Buffer) => chunks.push(chunk));
    child.stderr.on("data", (chunk: Buffer) => chunks.push(chunk));
    child.on("error", reject);
    child.on("close", (status) => resolve({ status, output: Buffer.concat(chunks).toString() }));
  });
}

/** Runs a command, and returns its output, or throws it. */
export async function run(
  command: string,
  args: readonly string[],
  cwd: string,
  env: NodeJS.ProcessEnv = {},
): Promise<string> {
  const { status, output } = await execute(command, [...args], { cwd, env: { ...process.env, ...env } });
  if (status !== 0) {
    throw new Error(`${command} ${args.join(" ")} ended with ${String(status)}:\n${output}`);
  }
  return output;
}
