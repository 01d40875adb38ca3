import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { execute } from "./commands";

/** The folder of the project. */
export const PROJECT_ROOT = path.resolve(__dirname, "../..");

/** The names of the examples that are programs. */
export const EXAMPLES: readonly string[] = fs
  .readdirSync(path.join(PROJECT_ROOT, "examples"))
  .filter((name) => fs.existsSync(path.join(PROJECT_ROOT, "examples", name, "main.ts")));

const EXAMPLE_ACCOUNT = "111122223333";

/** A place in a program, and what is to stand there instead. */
export type Edit = readonly [from: string, to: string];

/** How an example is run. */
export interface ExampleOptions {
  readonly edits?: readonly Edit[];
  /** The account to write in place of the one that examples name. */
  readonly accountId?: string;
  readonly cwd?: string;
  readonly env?: NodeJS.ProcessEnv;
}

/**
 * Runs an example as a program of its own, edited if asked for, and has it write its output into a folder. The example is
 * the name of its folder, or the path of a program beside `main.ts`.
 */
export async function runExample(example: string, outdir: string, options: ExampleOptions = {}): Promise<void> {
  const { edits = [], accountId = EXAMPLE_ACCOUNT, cwd = PROJECT_ROOT, env = {} } = options;
  const file = example.endsWith(".ts") ? example : path.join(example, "main.ts");
  const main = path.join(PROJECT_ROOT, "examples", file);
  const isAsItIs = edits.length === 0 && accountId === EXAMPLE_ACCOUNT;
  const folder = isAsItIs ? undefined : fs.mkdtempSync(path.join(os.tmpdir(), "ecr-pull-through-cache-"));
  try {
    const program = folder === undefined ? main : editedCopy(main, edits, accountId, folder);
    const { status, output } = await execute(process.execPath, ["--import", require.resolve("tsx"), program], {
      cwd,
      env: {
        ...process.env,
        ...env,
        CDKTF_OUTDIR: outdir,
        TSX_TSCONFIG_PATH: path.join(PROJECT_ROOT, "tsconfig.json"),
      },
    });
    if (status !== 0) {
      throw new Error(`examples/${example} ended with ${String(status)}:\n${output}`);
    }
  } finally {
    if (folder !== undefined) {
      fs.rmSync(folder, { recursive: true });
    }
  }
}

/** Every file of an output folder with its text. */
export function contents(outdir: string): { [file: string]: string } {
  const files = fs
    .readdirSync(outdir, { recursive: true, encoding: "utf8" })
    .filter((file) => fs.statSync(path.join(outdir, file)).isFile());
  return Object.fromEntries(files.sort().map((file) => [file, fs.readFileSync(path.join(outdir, file), "utf8")]));
}

function editedCopy(main: string, edits: readonly Edit[], accountId: string, folder: string): string {
  const edited = edits.reduce(
    (text, [from, to]) => {
      if (text.split(from).length !== 2) {
        throw new Error(`${main} must have this once: ${from}`);
      }
      return text.replace(from, () => to);
    },
    fs.readFileSync(main, "utf8"),
  );
  fs.symlinkSync(path.join(PROJECT_ROOT, "node_modules"), path.join(folder, "node_modules"));
  const program = path.join(folder, "main.ts");
  fs.writeFileSync(program, edited.replaceAll(EXAMPLE_ACCOUNT, accountId));
  return program;
}
