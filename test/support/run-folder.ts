import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";

const VARIABLE = "TEST_RUN_FOLDER";
const POLL_MS = 100;

/** Jest calls this before the tests of a project. The tests of all projects share one folder. */
export default function makeRunFolder(): void {
  if (process.env[VARIABLE] === undefined) {
    const folder = fs.mkdtempSync(path.join(os.tmpdir(), "ecr-pull-through-cache-run-"));
    process.on("exit", () => fs.rmSync(folder, { recursive: true, force: true }));
    process.env[VARIABLE] = folder;
  }
}

/**
 * Makes something once for all tests of a run, and returns the folder that has it. Tests run in several processes: those
 * that come later wait for the first.
 */
export async function oncePerRun(name: string, make: (folder: string) => Promise<unknown>): Promise<string> {
  const shared = process.env[VARIABLE];
  if (shared === undefined) {
    throw new Error("only tests share a folder");
  }
  const folder = path.join(shared, name);
  const result = `${folder}.json`;
  if (isFirst(folder)) {
    const error = await make(folder).then(
      () => null,
      (reason: unknown) => String(reason),
    );
    fs.writeFileSync(`${result}.new`, JSON.stringify(error));
    fs.renameSync(`${result}.new`, result);
  }
  while (!fs.existsSync(result)) {
    await new Promise((resolve) => setTimeout(resolve, POLL_MS));
  }
  const error = JSON.parse(fs.readFileSync(result, "utf8")) as string | null;
  if (error !== null) {
    throw new Error(error);
  }
  return folder;
}

function isFirst(folder: string): boolean {
  try {
    fs.mkdirSync(folder);
    return true;
  } catch {
    return false;
  }
}
