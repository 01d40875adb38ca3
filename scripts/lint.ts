// Checks the types of all files and the rules of ESLint. Both read one program of TypeScript: its types are most of the
// work, and tsc and eslint would each do it.
import * as path from "node:path";
import { ESLint } from "eslint";
import ts from "typescript";

const ROOT = path.join(__dirname, "..");

function programOf(config: string): ts.Program {
  const parsed = ts.getParsedCommandLineOfConfigFile(config, undefined, {
    ...ts.sys,
    onUnRecoverableConfigFileDiagnostic: (diagnostic) => {
      throw new Error(ts.flattenDiagnosticMessageText(diagnostic.messageText, "\n"));
    },
  });
  if (parsed === undefined) {
    throw new Error(`cannot read ${config}`);
  }
  const { fileNames: rootNames, options, errors: configFileParsingDiagnostics } = parsed;
  return ts.createProgram({ rootNames, options, configFileParsingDiagnostics });
}

/** Whether the types are right; prints what tsc prints. */
function typesAreRight(program: ts.Program): boolean {
  const errors = ts.getPreEmitDiagnostics(program);
  process.stdout.write(
    ts.formatDiagnosticsWithColorAndContext(errors, {
      getCanonicalFileName: (file) => file,
      getCurrentDirectory: () => ROOT,
      getNewLine: () => "\n",
    }),
  );
  return errors.length === 0;
}

/** Whether ESLint finds no error; prints what eslint prints. */
async function rulesHold(program: ts.Program): Promise<boolean> {
  const parserOptions = { projectService: false, programs: [program] };
  const eslint = new ESLint({
    cwd: ROOT,
    overrideConfig: { files: ["**/*.ts"], languageOptions: { parserOptions } },
  });
  const results = await eslint.lintFiles(["."]);
  const formatter = await eslint.loadFormatter();
  process.stdout.write(await formatter.format(results));
  return results.every(({ errorCount }) => errorCount === 0);
}

async function main(): Promise<void> {
  const program = programOf(path.join(ROOT, "tsconfig.json"));
  const checked = [typesAreRight(program), await rulesHold(program)];
  process.exitCode = checked.includes(false) ? 1 : 0;
}

void main();
