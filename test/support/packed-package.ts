import * as fs from "node:fs";
import * as path from "node:path";
import { packTarball } from "./consumer-project";
import { oncePerRun } from "./run-folder";

/** The package as npm publishes it, which the first test that needs it packs for all. */
export async function packedPackage(): Promise<string> {
  const folder = await oncePerRun("package", packTarball);
  return path.join(folder, fs.readdirSync(folder)[0] ?? "");
}
