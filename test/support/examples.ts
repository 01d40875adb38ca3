import * as fs from "node:fs";
import * as path from "node:path";
import { execute, temporaryFolder } from "./terraform";

/** The folder of the project. */
export const ROOT = path.resolve(__dirname, "../..");

/** The names of the examples. */
export const EXAMPLES: readonly string[] = fs
  .readdirSync(path.join(ROOT, "examples"), { withFileTypes: true })
  .filter((entry) => entry.isDirectory())
  .map((entry) => entry.name);

/** Runs an example as its own program, from a folder and into a folder, and returns the output folder. */
export async function synthesizeExample(
  example: string,
  { cwd = ROOT, env = {} }: { readonly cwd?: string; readonly env?: NodeJS.ProcessEnv } = {},
): Promise<string> {
  const outdir = path.join(temporaryFolder(), "cdktf.out");
  const main = path.join(ROOT, "examples", example, "main.ts");
  const { status, output } = await execute(process.execPath, ["--import", require.resolve("tsx"), main], {
    cwd,
    env: { ...process.env, ...env, CDKTF_OUTDIR: outdir, TSX_TSCONFIG_PATH: path.join(ROOT, "tsconfig.json") },
  });
  if (status !== 0) {
    throw new Error(`examples/${example} ended with ${String(status)}:\n${output}`);
  }
  return outdir;
}

/** The folders of the stacks in an output folder. */
export function stackFolders(outdir: string): string[] {
  const stacks = path.join(outdir, "stacks");
  return fs
    .readdirSync(stacks)
    .sort()
    .map((stack) => path.join(stacks, stack));
}

/** Every file of an output folder with its text. */
export function contents(outdir: string): { [file: string]: string } {
  const files = fs
    .readdirSync(outdir, { recursive: true, encoding: "utf8" })
    .filter((file) => fs.statSync(path.join(outdir, file)).isFile());
  return Object.fromEntries(files.sort().map((file) => [file, fs.readFileSync(path.join(outdir, file), "utf8")]));
}
