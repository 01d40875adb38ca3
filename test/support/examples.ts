import * as fs from "node:fs";
import * as path from "node:path";
import { runExample } from "./example-program";
import type { ExampleOptions } from "./example-program";
import { temporaryFolder } from "./temporary-folder";

export { EXAMPLES, PROJECT_ROOT as ROOT, contents } from "./example-program";

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
