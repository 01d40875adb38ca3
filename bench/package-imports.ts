import { readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { ROOT } from "./compiled-workloads";

/** The name under which a consumer imports the package. */
export const PACKAGE = "cdktf-ecr-pull-through-cache";

/** What the compiled package imports from its peers as it is loaded, each module once. */
export function importsOfPackage(): string[] {
  const lib = join(ROOT, "lib");
  const scripts = readdirSync(lib, { recursive: true, encoding: "utf8" }).filter((file) => file.endsWith(".js"));
  const code = scripts.map((file) => readFileSync(join(lib, file), "utf8")).join("\n");
  // What is indented is inside a function, and not loaded with the package.
  const modules = [...code.matchAll(/^\S.*\brequire\("([^".][^"]*)"\)/gm)].map(([, name]) => String(name));
  return [...new Set(modules)].sort();
}
