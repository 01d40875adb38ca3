import { mkdirSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { join, parse } from "node:path";
import { transformFileSync } from "@swc/core";

/** The root of the repository. */
export const ROOT = join(__dirname, "..");

/**
 * Where the compiled workloads are: inside the repository, so that the package's name leads to its compiled `lib/` and
 * the peers to `node_modules/`.
 */
export const WORKLOADS = join(ROOT, "build", "bench");

/** Compiles the workloads to CommonJS, so that no measured process spends time on TypeScript. */
export function compileWorkloads(): void {
  rmSync(WORKLOADS, { recursive: true, force: true });
  mkdirSync(WORKLOADS, { recursive: true });
  const sources = join(__dirname, "workloads");
  for (const source of readdirSync(sources)) {
    const { code } = transformFileSync(join(sources, source), {
      module: { type: "commonjs" },
      jsc: { parser: { syntax: "typescript" }, target: "es2022" },
    });
    writeFileSync(join(WORKLOADS, `${parse(source).name}.js`), code);
  }
}
