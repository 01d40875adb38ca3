// Bundles src/ into lib/index.js for CDKTF and into lib/cdktn/index.js for CDK Terrain: one file takes less time to load
// than a file for each source. Bundles cli/ with the packages that it uses into lib/cli.js. Runs tsc for the types.
import { execFileSync } from "node:child_process";
import * as fs from "node:fs";
import * as path from "node:path";
import { buildSync } from "esbuild";
import { COMMAND_BUNDLE, libraryBundle, noticesOf, packagesIn } from "./bundles";
import type { Framework } from "./bundles";

const ROOT = path.join(__dirname, "..");
const LIB = path.join(ROOT, "lib");

/** What the user of an entry point may have meant, if its framework is not installed. */
const OTHERWISE = {
  cdktf: 'a program of CDK Terrain imports from "cdktf-ecr-pull-through-cache/cdktn"',
  cdktn: 'a program of CDKTF imports from "cdktf-ecr-pull-through-cache"',
};

/** The imports of the framework and of a file of its AWS provider, as esbuild writes them. */
const FRAMEWORK_IMPORT = /^(var \w+ = )(require\("cdkt[fn]"\));$/gm;
const PROVIDER_IMPORT = /^(var \w+ = )(require\("@cdkt[fn]\/provider-aws\/lib\/[\w-]+"\));$/gm;

/**
 * `installed` gives the hint only if the framework itself is missing, and not a package that it needs. It asks for the
 * framework again, because the messages of Node.js and of Yarn Plug'n'Play differ.
 *
 * `onFirstUse` stands for a file of the provider until a class is read from it. The files have up to half a megabyte, and
 * a program needs those of the constructs that it uses and no others.
 */
const footer = (framework: string, hint: string): string => `
function onFirstUse(load) {
  let file;
  return new Proxy({}, { get: (_, name) => (file ??= load())[name] });
}
function installed(load) {
  try {
    return load();
  } catch (error) {
    if (error.code === "MODULE_NOT_FOUND" && !isFound()) {
      error.message = \`the package ${framework} is not installed; ${hint}\\n\${error.message}\`;
    }
    throw error;
  }
}
function isFound() {
  try {
    require.resolve("${framework}");
    return true;
  } catch {
    return false;
  }
}`;

/** The start of the name of a package of CDKTF in the import of a type. */
const FRAMEWORK_NAME = /"(@?)cdktf(?=["/])/g;

/** The name of a function that the bundle has not renamed. */
const SAME_NAME = /^__name\((\w+), "\1"\);$/gm;

// What was compiled from a file that is no more would be published.
fs.rmSync(LIB, { recursive: true, force: true });
bundle("cdktf", LIB);
bundle("cdktn", path.join(LIB, "cdktn"));
writeTypes();

/** Bundles src/ for a framework. */
function bundle(framework: Framework, folder: string): void {
  const { outputFiles } = buildSync({
    ...libraryBundle(framework),
    sourcemap: true,
    // Stack traces show the names of classes and functions, some of which a bundle otherwise changes.
    keepNames: true,
    footer: { js: footer(framework, OTHERWISE[framework]) },
    write: false,
  });
  fs.mkdirSync(folder);
  for (const { path: file, text } of outputFiles) {
    fs.writeFileSync(file, file.endsWith(".js") ? shaped(text) : text);
  }
}

/** Writes the types for both frameworks. */
function writeTypes(): void {
  execFileSync(process.execPath, [require.resolve("typescript/bin/tsc"), "-p", "tsconfig.build.json"], {
    cwd: ROOT,
    stdio: "inherit",
  });
  const files = fs.readdirSync(LIB, { recursive: true, encoding: "utf8" });
  for (const file of files.filter((name) => name.endsWith(".d.ts"))) {
    const copy = path.join(LIB, "cdktn", file);
    fs.mkdirSync(path.dirname(copy), { recursive: true });
    fs.writeFileSync(copy, fs.readFileSync(path.join(LIB, file), "utf8").replace(FRAMEWORK_NAME, '"$1cdktn'));
  }
}

/** What esbuild has no option for. Every line keeps its number, which the source map has. */
function shaped(text: string): string {
  return text
    .replace(FRAMEWORK_IMPORT, "$1installed(() => $2);")
    .replace(PROVIDER_IMPORT, "$1onFirstUse(() => $2);")
    .replace(SAME_NAME, "");
}

const command = buildSync({ ...COMMAND_BUNDLE, banner: { js: "#!/usr/bin/env node" }, legalComments: "none" });
fs.chmodSync(path.join(LIB, "cli.js"), 0o755);
fs.writeFileSync(path.join(LIB, "cli.js.LICENSES.txt"), noticesOf(packagesIn(command.metafile)));
