// Packs the package, installs it into a project for each combination of versions, and writes what passed into
// docs/reference/compatibility.md and into the README. The cells are in scripts/matrix/cells.ts.
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { parseArgs } from "node:util";
import { run } from "../test/support/commands";
import type { Outcome } from "../test/support/commands";
import {
  RESOLUTIONS,
  awsVersion,
  differences,
  expectedExamples,
  importNames,
  packTarball,
  runCommand,
  sourceExamples,
  synthesizeExamples,
  typeCheck,
  writePrograms,
} from "../test/support/consumer-project";
import type { Resolution, WrittenExamples } from "../test/support/consumer-project";
import { PROJECT_ROOT } from "../test/support/example-program";
import { CDKTN, CELLS, NEWEST_CONSTRUCTS, TOOLS, columnsOf, managerName, managerTool, nodeTool } from "./matrix/cells";
import type { Cell } from "./matrix/cells";
import { PAGE, pageText, readmeWith } from "./matrix/page";
import type { Combination } from "./matrix/page";
import { cellProject, complaints } from "./matrix/project";
import { checkTarball } from "./matrix/tarball";
import { installTools } from "./matrix/tools";
import type { Tools } from "./matrix/tools";
import { EXCEPTIONS, runUnitTests } from "./matrix/unit-tests";

const RESOLUTION_NAMES = Object.keys(RESOLUTIONS) as Resolution[];

/** The result of something that passed. */
const PASSED = "passed";

const { values: options } = parseArgs({ options: { only: { type: "string" } } });

/** What all cells use. */
interface Shared {
  readonly folder: string;
  readonly tarball: string;
  readonly tools: Tools;
  readonly sources: WrittenExamples;
}

main().catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
});

async function main(): Promise<void> {
  const only = options.only ?? "";
  const cells = CELLS.filter((cell) => nameOf(cell).includes(only));
  if (cells.length === 0) {
    throw new Error(`--only must be a part of the name of a cell, got ${only}; the cells are:\n${names(CELLS)}`);
  }
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), "ecr-pull-through-cache-matrix-"));
  await run("npm", ["ping", "--loglevel=error"], folder);
  const [tools, tarball, sources] = await Promise.all([
    installTools(path.join(folder, "tools"), TOOLS),
    packTarball(folder),
    sourceExamples(),
  ]);
  const shared = { folder, tarball, tools, sources };

  const faults: string[] = [];
  const checked = async (name: string, check: () => Promise<string>): Promise<string> => {
    const start = Date.now();
    const result = await check().catch((error: unknown) => {
      faults.push(`${name}: ${error instanceof Error ? error.message : String(error)}`);
      return "FAILED";
    });
    console.log(`${result}: ${name} (${String(Math.round((Date.now() - start) / 1000))} s)`);
    return result;
  };

  const combinations = await inParallel(cells, async (cell) => ({
    ...columnsOf(cell),
    result: await checked(nameOf(cell), () => runCell(cell, shared)),
  }));
  if (options.only !== undefined) {
    finish(faults, folder);
    return;
  }
  const checks = ["publint", "attw"] as const;
  const results = checks.map((tool) => checked(tool, () => checkTarball(tool, tarball, tools)));
  const tarballResults = await Promise.all(results);
  let passedTests = 0;
  await checked("unit tests with CDK Terrain", async () => {
    passedTests = await runUnitTests(path.join(folder, "unit-tests"), NEWEST_CONSTRUCTS.cdktn);
    return PASSED;
  });
  finish(faults, folder);
  if (faults.length === 0) {
    write(
      combinations,
      checks.map((tool, index) => [TOOLS[tool] ?? "", tarballResults[index] ?? ""]),
      passedTests,
    );
  }
}

/** Runs a cell. Its folder stays if it fails. */
async function runCell(cell: Cell, { folder: parent, tarball, tools, sources }: Shared): Promise<string> {
  const missing = [nodeTool(cell.node), managerTool(cell.manager)].map((tool) => tools.missing(tool)).find(Boolean);
  if (missing !== undefined) {
    return `not run: ${missing}`;
  }
  const folder = path.join(parent, nameOf(cell).replace(/[^\w.]+/g, "-"));
  fs.mkdirSync(folder);
  const project = cellProject(cell, folder, tarball, path.join(parent, "shared"), tools);
  checkInstallation(await project.install());
  writePrograms(project);
  await typeCheck(project, RESOLUTION_NAMES);
  await importNames(project);
  const expected = expectedExamples(sources, cell.framework, await awsVersion(project));
  const different = differences(await synthesizeExamples(project), expected);
  if (different.length > 0) {
    throw new Error(`these files differ from what the sources write: ${different.join(", ")}`);
  }
  await runCommand(project);
  if (project.resolveCli !== undefined) {
    checkInstallation(await project.resolveCli());
  }
  fs.rmSync(folder, { recursive: true });
  return PASSED;
}

/** Throws if an installation failed, or said something that nobody may see. */
function checkInstallation({ status, output }: Outcome): void {
  const seen = complaints(output);
  if (status !== 0 || seen.length > 0) {
    throw new Error(`the installation ended with ${String(status)}: ${seen.join("\n") || output}`);
  }
}

/** Ends the run: the folder stays if something failed. */
function finish(faults: readonly string[], folder: string): void {
  if (faults.length === 0) {
    fs.rmSync(folder, { recursive: true });
    return;
  }
  console.error(`\n${faults.join("\n\n")}\n\n${String(faults.length)} failed; their folders are in ${folder}`);
  process.exitCode = 1;
}

function write(
  combinations: readonly Combination[],
  tarball: readonly (readonly [string, string])[],
  passed: number,
): void {
  const { version } = JSON.parse(read("package.json")) as { readonly version: string };
  const page = pageText({
    date: new Date().toLocaleDateString("en-GB", { day: "numeric", month: "long", year: "numeric", timeZone: "UTC" }),
    machine: `${process.platform}-${process.arch}`,
    version,
    resolutions: RESOLUTION_NAMES,
    combinations,
    tarball,
    unitTests: { passed, exceptions: EXCEPTIONS, framework: CDKTN },
  });
  fs.writeFileSync(path.join(PROJECT_ROOT, PAGE), page);
  fs.writeFileSync(path.join(PROJECT_ROOT, "README.md"), readmeWith(read("README.md"), page));
  console.log(`Wrote ${PAGE} and the table of the README.`);
}

function nameOf({ framework, constructs, node, typescript, manager }: Cell): string {
  const { name, providerVersion } = framework;
  const others = `constructs ${constructs}, Node.js ${node}, TypeScript ${typescript}`;
  return `${name} with provider-aws ${providerVersion}, ${managerName(manager)}, ${others}`;
}

/** Runs as many at the same time as the machine has cores, and returns the results in the order of the items. */
async function inParallel<T, R>(items: readonly T[], task: (item: T) => Promise<R>): Promise<R[]> {
  const results: R[] = [];
  const queue = items.entries();
  const worker = async (): Promise<void> => {
    for (const [index, item] of queue) {
      results[index] = await task(item);
    }
  };
  await Promise.all(Array.from({ length: os.availableParallelism() }, worker));
  return results;
}

function names(cells: readonly Cell[]): string {
  return cells.map((cell) => `  ${nameOf(cell)}`).join("\n");
}

function read(file: string): string {
  return fs.readFileSync(path.join(PROJECT_ROOT, file), "utf8");
}
