import { readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { ROOT } from "./compiled-workloads";

/** The name under which a consumer imports the package. */
export const PACKAGE = "cdktf-ecr-pull-through-cache";

/** What the compiled package imports from its peers, each module once. */
export function importsOfPackage(): string[] {
  const lib = join(ROOT, "lib");
  const scripts = readdirSync(lib, { recursive: true, encoding: "utf8" }).filter((file) => file.endsWith(".js"));
  const modules = scripts.flatMap((file) =>
    [...readFileSync(join(lib, file), "utf8").matchAll(/\brequire\("([^".][^"]*)"\)/g)].map((match) => String(match[1])),
  );
  return [...new Set(modules)].sort();
}
