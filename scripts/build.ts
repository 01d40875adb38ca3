// Bundles src/ into lib/index.js, which takes less time to load than a file for each source, and cli/ with the packages
// that it uses into lib/cli.js. tsc writes the types.
import * as fs from "node:fs";
import * as path from "node:path";
import { buildSync } from "esbuild";

const ROOT = path.join(__dirname, "..");
const LIB = path.join(ROOT, "lib");

/** The import of a file of the provider, as esbuild writes it. */
const PROVIDER_IMPORT = /^(var \w+ = )(require\("@cdktf\/provider-aws\/lib\/[\w-]+"\));$/gm;

/**
 * Stands for such a file until a class is read from it. The files have up to half a megabyte, and a program needs those
 * of the constructs that it uses and no others.
 */
const ON_FIRST_USE = `
function onFirstUse(load) {
  let file;
  return new Proxy({}, { get: (_, name) => (file ??= load())[name] });
}`;

/** The name of a function that the bundle has not renamed. */
const SAME_NAME = /^__name\((\w+), "\1"\);$/gm;

// What was compiled from a file that is no more would be published.
fs.rmSync(LIB, { recursive: true, force: true });
const { outputFiles } = buildSync({
  absWorkingDir: ROOT,
  entryPoints: ["src/index.ts"],
  outfile: "lib/index.js",
  bundle: true,
  packages: "external",
  format: "cjs",
  platform: "node",
  target: "node20",
  sourcemap: true,
  // Stack traces show the names of classes and functions, some of which a bundle otherwise changes.
  keepNames: true,
  footer: { js: ON_FIRST_USE },
  write: false,
});
fs.mkdirSync(LIB);
for (const { path: file, text } of outputFiles) {
  fs.writeFileSync(file, file.endsWith(".js") ? shaped(text) : text);
}

/** What esbuild has no option for. Every line keeps its number, which the source map has. */
function shaped(bundle: string): string {
  return bundle.replace(PROVIDER_IMPORT, "$1onFirstUse(() => $2);").replace(SAME_NAME, "");
}

const command = buildSync({
  absWorkingDir: ROOT,
  entryPoints: ["cli/main.ts"],
  outfile: "lib/cli.js",
  bundle: true,
  format: "cjs",
  platform: "node",
  target: "node20",
  minifySyntax: true,
  minifyWhitespace: true,
  banner: { js: "#!/usr/bin/env node" },
  legalComments: "none",
  metafile: true,
});
fs.chmodSync(path.join(LIB, "cli.js"), 0o755);
fs.writeFileSync(path.join(LIB, "cli.js.LICENSES.txt"), licensesOf(Object.keys(command.metafile.inputs)));

/** The licences of the packages that a bundle contains. */
function licensesOf(inputs: readonly string[]): string {
  const packages = new Set(inputs.flatMap((input) => /^node_modules\/(?:@[^/]+\/)?[^/]+/.exec(input)?.[0] ?? []));
  return [...packages]
    .sort()
    .map((folder) => {
      const files = fs.readdirSync(path.join(ROOT, folder)).filter((file) => /^licen[cs]e/i.test(file));
      if (files.length === 0) {
        throw new Error(`${folder} has no licence to include`);
      }
      const texts = files.map((file) => fs.readFileSync(path.join(ROOT, folder, file), "utf8").trim());
      return `${folder.replace("node_modules/", "")}\n\n${texts.join("\n\n")}\n`;
    })
    .join("\n---\n\n");
}
