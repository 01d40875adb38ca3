import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { build } from "esbuild";
import { execute } from "./commands";

/** The folder of the project. */
export const PROJECT_ROOT = path.resolve(__dirname, "../..");

const TSCONFIG = path.join(PROJECT_ROOT, "tsconfig.json");
const EXAMPLE_ACCOUNT = "111122223333";

/** A place in a program, and what is to stand there instead. */
export type Edit = readonly [from: string, to: string];

/** How an example is run. */
export interface ExampleOptions {
  readonly edits?: readonly Edit[];
  /** The account to write in place of the one that examples name. */
  readonly accountId?: string;
  readonly cwd?: string;
  /** Whether tsx runs the source as it is, as users do; such a program has no edits. */
  readonly withTsx?: boolean;
  readonly env?: NodeJS.ProcessEnv;
}

/**
 * Runs an example as a program of its own, edited if asked for, and has it write its output into a folder. The example is
 * the name of its folder, or the path of a program beside `main.ts`. Node.js loads one bundle of the program and the
 * sources in a third of the time in which tsx loads each file.
 */
export async function runExample(example: string, outdir: string, options: ExampleOptions = {}): Promise<void> {
  const { edits = [], accountId = EXAMPLE_ACCOUNT, cwd = PROJECT_ROOT, env = {}, withTsx = false } = options;
  const file = example.endsWith(".ts") ? example : path.join(example, "main.ts");
  const main = path.join(PROJECT_ROOT, "examples", file);
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), "ecr-pull-through-cache-"));
  try {
    const program = withTsx
      ? ["--import", require.resolve("tsx"), main]
      : [await bundle(main, edits, accountId, folder)];
    const { status, output } = await execute(process.execPath, program, {
      cwd,
      env: {
        ...process.env,
        ...env,
        CDKTF_OUTDIR: outdir,
        TSX_TSCONFIG_PATH: TSCONFIG,
      },
    });
    if (status !== 0) {
      throw new Error(`examples/${example} ended with ${String(status)}:\n${output}`);
    }
  } finally {
    fs.rmSync(folder, { recursive: true });
  }
}

async function bundle(main: string, edits: readonly Edit[], accountId: string, folder: string): Promise<string> {
  fs.symlinkSync(path.join(PROJECT_ROOT, "node_modules"), path.join(folder, "node_modules"));
  const outfile = path.join(folder, "main.cjs");
  await build({
    stdin: {
      contents: edited(main, edits).replaceAll(EXAMPLE_ACCOUNT, accountId),
      loader: "ts",
      resolveDir: path.dirname(main),
      sourcefile: main,
    },
    outfile,
    bundle: true,
    packages: "external",
    alias: { "cdktf-ecr-pull-through-cache": path.join(PROJECT_ROOT, "src") },
    platform: "node",
    target: "node20",
    keepNames: true,
    tsconfig: TSCONFIG,
  });
  return outfile;
}

function edited(main: string, edits: readonly Edit[]): string {
  return edits.reduce(
    (text, [from, to]) => {
      if (text.split(from).length !== 2) {
        throw new Error(`${main} must have this once: ${from}`);
      }
      return text.replace(from, () => to);
    },
    fs.readFileSync(main, "utf8"),
  );
}
