// Compiles the public API under jsii's rules, in a folder of its own: the package itself is built without jsii. Fails for
// each error and each warning but those below. `npm run lint` checks the types.
import { spawnSync } from "node:child_process";
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";

/** What jsii reads of a package.json. */
interface Manifest {
  readonly name: string;
  readonly version: string;
  readonly description: string;
  readonly license: string;
  readonly author: string;
  readonly repository: { readonly type: string; readonly url: string };
  readonly homepage: string;
  readonly peerDependencies: { readonly [name: string]: string };
}

const ROOT = path.join(__dirname, "..");
const JSII = require.resolve("jsii/bin/jsii");

export const MANIFEST = JSON.parse(fs.readFileSync(path.join(ROOT, "package.json"), "utf8")) as Manifest;

/** The warnings that are no faults, with the reasons. */
const ACCEPTED = {
  JSII0003: "a README is for packages in other languages, and there are none",
  JSII0006: "npm run matrix tests the oldest version of each peer; development uses a newer one",
  JSII4009: "jsii's own checks of compiler options refuse noEmit",
};

/** The options of tsconfig.json that decide how the sources are read. */
const COMPILER_OPTIONS = {
  target: "ES2022",
  lib: ["ES2022"],
  module: "node16",
  moduleResolution: "node16",
  strict: true,
  skipLibCheck: true,
  stripInternal: true,
  rootDir: "src",
  outDir: "lib",
  types: [],
  // jsii's model of the API needs neither the types of function bodies nor files, which take two thirds of the time.
  noCheck: true,
  noEmit: true,
};

/** What jsii reports about a folder of sources with an index.ts. Nothing if the API follows the rules. */
export function jsiiFaults(sources: string, manifest: Manifest): string {
  const project = fs.mkdtempSync(path.join(os.tmpdir(), "ecr-pull-through-cache-jsii-"));
  try {
    fs.cpSync(sources, path.join(project, "src"), { recursive: true });
    fs.symlinkSync(path.join(ROOT, "node_modules"), path.join(project, "node_modules"));
    fs.writeFileSync(path.join(project, "package.json"), JSON.stringify(jsiiManifest(manifest)));
    fs.writeFileSync(path.join(project, "tsconfig.jsii.json"), JSON.stringify({ compilerOptions: COMPILER_OPTIONS }));
    const { status, stdout, stderr, error } = spawnSync(
      process.execPath,
      [JSII, "--fail-on-warnings", "--silence-warnings", ...Object.keys(ACCEPTED)],
      {
        cwd: project,
        encoding: "utf8",
      },
    );
    if (error !== undefined) {
      throw error;
    }
    // --fail-on-warnings counts no warnings about package.json.
    return status === 0 && !stdout.includes("warning JSII") && !stderr.includes("warning JSII") ? "" : stdout + stderr;
  } finally {
    fs.rmSync(project, { recursive: true, force: true });
  }
}

function jsiiManifest(manifest: Manifest): object {
  const { name, version, description, license, author, repository, homepage, peerDependencies } = manifest;
  return {
    ...{ name, version, description, license, author, repository, homepage, peerDependencies },
    main: "lib/index.js",
    types: "lib/index.d.ts",
    jsii: { outdir: "dist", targets: {}, tsconfig: "tsconfig.jsii.json", validateTsconfig: "off" },
  };
}

if (require.main === module) {
  const faults = jsiiFaults(path.join(ROOT, "src"), MANIFEST);
  process.stdout.write(faults);
  process.exitCode = faults === "" ? 0 : 1;
}
