import * as fs from "node:fs";
import * as path from "node:path";
import { PROJECT_ROOT, runExample } from "./example-program";
import type { ExampleOptions } from "./example-program";
import { temporaryFolder } from "./temporary-folder";

export { PROJECT_ROOT as ROOT };

/** The names of the examples that are programs. */
export const EXAMPLES: readonly string[] = fs
  .readdirSync(path.join(PROJECT_ROOT, "examples"))
  .filter((name) => fs.existsSync(path.join(PROJECT_ROOT, "examples", name, "main.ts")));

/** Runs an example as its own program and returns its output folder. */
export async function synthesizeExample(example: string, options: ExampleOptions = {}): Promise<string> {
  const outdir = path.join(temporaryFolder(), "cdktf.out");
  await runExample(example, outdir, options);
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
