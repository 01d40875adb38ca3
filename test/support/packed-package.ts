import * as fs from "node:fs";
import * as path from "node:path";
import { execute } from "./commands";
import { ROOT } from "./examples";
import { oncePerRun } from "./run-folder";

/** The package as npm publishes it, which the first test that needs it packs for all. */
export async function packedPackage(): Promise<string> {
  const folder = await oncePerRun("package", async (empty) => {
    const { status, output } = await execute("npm", ["pack", "--pack-destination", empty, "--loglevel=error"], {
      cwd: ROOT,
    });
    if (status !== 0) {
      throw new Error(`npm pack ended with ${String(status)}:\n${output}`);
    }
  });
  return path.join(folder, fs.readdirSync(folder)[0] ?? "");
}
