import { spawn } from "node:child_process";
import { readFileSync, readdirSync } from "node:fs";

/** What a command and all processes below it took. */
export interface Cost {
  /** CPU time, in milliseconds. */
  readonly cpu: number;
  /** From start to end, in milliseconds. */
  readonly wall: number;
  /** The largest sum of the memory of all processes, with shared pages counted once, in MiB; 0 if it is not measured. */
  readonly memory: number;
  readonly stdout: string;
}

/** How a command is run. */
export interface Conditions {
  readonly cwd: string;
  readonly env: NodeJS.ProcessEnv;
  /** How often the memory is measured, in milliseconds. @default - never */
  readonly memoryEvery?: number;
}

/** The time that bash prints behind everything else: the CPU time of all processes that have ended. */
const TIMED = `TIMEFORMAT='%3U %3S %3R'; time "$@"`;

/** Runs a command, and measures it. Throws what it printed if it fails. */
export async function cost(command: readonly string[], { cwd, env, memoryEvery }: Conditions): Promise<Cost> {
  const bash = spawn("bash", ["-c", TIMED, "bash", ...command], { cwd, env, stdio: ["ignore", "pipe", "pipe"] });
  const [stdout, stderr]: [Buffer[], Buffer[]] = [[], []];
  bash.stdout.on("data", (chunk: Buffer) => stdout.push(chunk));
  bash.stderr.on("data", (chunk: Buffer) => stderr.push(chunk));
  let memory = 0;
  const sampler =
    memoryEvery === undefined
      ? undefined
      : setInterval(() => (memory = Math.max(memory, memoryBelow(bash.pid))), memoryEvery);
  const status = await new Promise((resolve) => bash.on("close", resolve));
  clearInterval(sampler);
  const [output, errors] = [stdout, stderr].map((chunks) => Buffer.concat(chunks).toString());
  if (status !== 0) {
    throw new Error(`${command.join(" ")} ended with ${String(status)}:\n${String(output)}${String(errors)}`);
  }
  const [user = NaN, system = NaN, wall = NaN] = errors?.trim().split("\n").at(-1)?.split(" ").map(Number) ?? [];
  return { cpu: (user + system) * 1e3, wall: wall * 1e3, memory, stdout: output ?? "" };
}

/** The memory of a process and of all processes below it, in MiB; 0 for one that has ended. */
function memoryBelow(root: number | undefined): number {
  const parents = new Map<number, number>();
  for (const name of readdirSync("/proc").filter((entry) => /^\d+$/.test(entry))) {
    // The second field is the name of the program in parentheses, which may contain spaces.
    const fields = readIfExists(`/proc/${name}/stat`).split(") ").at(-1)?.split(" ") ?? [];
    parents.set(Number(name), Number(fields[1]));
  }
  const isBelow = (pid: number | undefined): boolean =>
    pid !== undefined && pid !== 0 && (pid === root || isBelow(parents.get(pid)));
  return [...parents.keys()]
    .filter(isBelow)
    .map((pid) => Number(/^Pss:\s+(\d+) kB/m.exec(readIfExists(`/proc/${pid}/smaps_rollup`))?.[1] ?? 0) / 1024)
    .reduce((sum, memory) => sum + memory, 0);
}

function readIfExists(file: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch {
    return "";
  }
}
