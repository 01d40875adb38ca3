// What the build bundles: the library, without the packages that it imports, and the command with those that it uses.
import * as fs from "node:fs";
import * as path from "node:path";
import type { BuildOptions, Metafile } from "esbuild";

const ROOT = path.join(__dirname, "..");

/** The framework of constructs that a bundle of src/ imports. */
export type Framework = "cdktf" | "cdktn";

const CDK_TERRAIN = { cdktf: "cdktn", "@cdktf/provider-aws": "@cdktn/provider-aws" };

/** Options of esbuild with which it lists what it reads. */
interface Bundle extends BuildOptions {
  readonly metafile: true;
}

/** The bundle of src/ for a framework. */
export function libraryBundle(framework: Framework): Bundle {
  return {
    absWorkingDir: ROOT,
    entryPoints: ["src/index.ts"],
    outfile: framework === "cdktf" ? "lib/index.js" : "lib/cdktn/index.js",
    bundle: true,
    packages: "external",
    alias: framework === "cdktf" ? {} : CDK_TERRAIN,
    format: "cjs",
    platform: "node",
    target: "node20",
    metafile: true,
  };
}

/** The bundle of cli/. */
export const COMMAND_BUNDLE: Bundle = {
  absWorkingDir: ROOT,
  entryPoints: ["cli/main.ts"],
  outfile: "lib/cli.js",
  bundle: true,
  format: "cjs",
  platform: "node",
  target: "node20",
  minifySyntax: true,
  minifyWhitespace: true,
  metafile: true,
};

/** The folders of the packages that a bundle has read, from node_modules/, as the lock file names them. */
export function packagesIn({ inputs }: Metafile): string[] {
  // The last package of a path is the one that has the file. node_modules may be a link, which esbuild follows.
  const folders = Object.keys(inputs).flatMap(
    (input) => /(?<=^|\/)node_modules\/(?:.*\/node_modules\/)?(?:@[^/]+\/)?[^/]+/.exec(input)?.[0] ?? [],
  );
  return [...new Set(folders)].sort();
}

/** The notices that the licences of packages ask for. */
export function noticesOf(folders: readonly string[]): string {
  return folders
    .map((folder) => {
      const files = fs.readdirSync(path.join(ROOT, folder)).filter((file) => /^(licen[cs]e|notice)/i.test(file));
      if (files.length === 0) {
        throw new Error(`${folder} has no licence to include`);
      }
      const texts = files.map((file) => fs.readFileSync(path.join(ROOT, folder, file), "utf8").trim());
      return `${folder.replace("node_modules/", "")}\n\n${texts.join("\n\n")}\n`;
    })
    .join("\n---\n\n");
}
