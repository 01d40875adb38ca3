// Compiles src/ to the JavaScript of lib/. tsc, which writes the types beside it, cannot make an import wait.
import * as fs from "node:fs";
import * as path from "node:path";
import { transformSync } from "@swc/core";

const SRC = path.join(__dirname, "..", "src");
const LIB = path.join(__dirname, "..", "lib");

const IMPORTED = / from "(.*)";$/gm;

/**
 * What a file loads when it is first used, so that a program pays for the constructs that it uses and for no others: all
 * that is exported, and the provider's files, of which one is up to half a megabyte.
 */
function lazyImports(file: string, source: string): string[] {
  const imports = [...source.matchAll(IMPORTED)].map(([, name]) => String(name));
  return imports.filter((name) => file === "index.ts" || name.startsWith("@cdktf/provider-aws/"));
}

// What was compiled from a file that is no more would be published.
fs.rmSync(LIB, { recursive: true, force: true });
for (const file of fs.readdirSync(SRC, { recursive: true, encoding: "utf8" }).filter((name) => name.endsWith(".ts"))) {
  const source = fs.readFileSync(path.join(SRC, file), "utf8");
  const { code } = transformSync(source, {
    filename: file,
    // The annotation tells Node's ES modules what can be imported by name.
    module: { type: "commonjs", lazy: lazyImports(file, source), exportInteropAnnotation: true },
    jsc: { parser: { syntax: "typescript" }, target: "es2022" },
  });
  const script = path.join(LIB, file.replace(/\.ts$/, ".js"));
  fs.mkdirSync(path.dirname(script), { recursive: true });
  fs.writeFileSync(script, code);
}
