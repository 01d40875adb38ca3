// Puts faults into src/ one by one, runs the unit tests that reach them, and writes what no test notices to test/mutants.md.
// StrykerJS finds the faults. Its runner for jest loads every test file for each fault; this one only those that run the line.
import { execFileSync, spawn } from "node:child_process";
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { parseArgs } from "node:util";
import { changed, faultsOf, sampleOf } from "./mutants/faults";
import type { Fault } from "./mutants/faults";
import { reportOf } from "./mutants/report";
import type { Outcome, Result } from "./mutants/report";

const ROOT = path.join(__dirname, "..");
const REPORT = path.join(ROOT, "test/mutants.md");
const RESULTS = path.join(ROOT, "build/mutants.json");
const RUNS = path.join(ROOT, "build/mutants-runs.json");
const CONFIG = "scripts/mutants/jest.config.mjs";

/** Tests that measure time fail on a busy machine, with or without a fault. */
const WITHOUT_CLOCK = "^(?!.* takes linear time$)";

/** With `--quick`, as many test files try a fault: first those of its own file and folder. */
const QUICK_TESTS = 4;

/** The CPU seconds after which a fault counts as an endless loop, beyond those of the tests without a fault. */
const SPARE_SECONDS = 30;

/** What a test file runs: its seconds, and how often each line of each file of src/. */
interface Run {
  readonly seconds: number;
  readonly lines: { readonly [file: string]: { readonly [line: string]: number } };
}

type Runs = { readonly [testFile: string]: Run };

/** What `build/mutants.json` has: the results of all faults, and the share that was tried. */
interface Results {
  readonly seed: string;
  readonly sample: number;
  readonly results: Result[];
}

/** Copies what Git knows, and what it does not ignore, into a new folder: no working tree ever has a fault. */
function copyOfTree(): string {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), "mutants-"));
  const listed = execFileSync("git", ["ls-files", "-z", "--cached", "--others", "--exclude-standard"], { cwd: ROOT });
  for (const file of listed.toString().split("\0")) {
    if (file !== "" && file !== "node_modules" && fs.existsSync(path.join(ROOT, file))) {
      fs.cpSync(path.join(ROOT, file), path.join(folder, file));
    }
  }
  fs.symlinkSync(fs.realpathSync(path.join(ROOT, "node_modules")), path.join(folder, "node_modules"));
  process.on("exit", () => fs.rmSync(folder, { recursive: true, force: true }));
  process.on("SIGINT", () => process.exit(1));
  return folder;
}

interface Ended {
  readonly passed: boolean;
  readonly timedOut: boolean;
  readonly output: string;
}

/** Runs jest in a folder, for at most the given CPU seconds: a time on the clock would depend on what else runs. */
function jest(cwd: string, args: readonly string[], env: NodeJS.ProcessEnv, cpuSeconds: number): Promise<Ended> {
  const command = [
    process.execPath,
    path.join(ROOT, "node_modules/jest/bin/jest.js"),
    "--config",
    CONFIG,
    "-i",
    "--testNamePattern",
    WITHOUT_CLOCK,
    ...args,
  ];
  return new Promise((resolve, reject) => {
    const child = spawn("sh", ["-c", `ulimit -t ${Math.ceil(cpuSeconds)}; exec "$@"`, "sh", ...command], {
      cwd,
      env: { ...process.env, ...env },
      stdio: ["ignore", "ignore", "pipe"],
    });
    let output = "";
    child.stderr.setEncoding("utf8").on("data", (text: string) => (output += text));
    child.on("error", reject);
    child.on("close", (code, signal) => resolve({ passed: code === 0, timedOut: signal !== null, output }));
  });
}

/** Runs all tests without a fault. */
async function runsWithoutFault(tree: string): Promise<Runs> {
  const file = path.join(tree, "build/runs.json");
  fs.mkdirSync(path.dirname(file), { recursive: true });
  const reporters = ["--reporters=default", "--reporters=./scripts/mutants/coverage.mjs"];
  const ended = await jest(tree, ["--coverage", ...reporters], { MUTANTS_COVERAGE: file }, 3600);
  if (!ended.passed) {
    throw new Error(`tests fail without a fault:\n${ended.output}`);
  }
  fs.copyFileSync(file, RUNS);
  return JSON.parse(fs.readFileSync(file, "utf8")) as Runs;
}

/** The test files that run the statement of a fault, first those that most likely notice it, then the quickest. */
function testsOf({ file, line }: Fault, runs: Runs): string[] {
  const all = Object.entries(runs);
  // A statement of several lines counts at its first line.
  const lines = all.flatMap(([, run]) => Object.keys(run.lines[file] ?? {}).map(Number));
  const begin = lines.filter((other) => other <= line).reduce((one, other) => Math.max(one, other), 0);
  const folder = file.split("/")[1] ?? "";
  const rank = (test: string): number => {
    const isOwn = path.basename(test, ".test.ts") === path.basename(file, ".ts");
    return isOwn ? 0 : test.startsWith(`test/${folder}/`) ? 1 : 2;
  };
  return all
    .filter(([, run]) => (run.lines[file]?.[String(begin)] ?? 0) > 0)
    .sort(([one, { seconds }], [other, { seconds: otherSeconds }]) => rank(one) - rank(other) || seconds - otherSeconds)
    .map(([test]) => test);
}

/** Whether tests notice a fault. */
async function tryTests(tree: string, fault: Fault, tests: readonly string[], runs: Runs): Promise<Outcome> {
  const file = path.join(tree, fault.file);
  const text = fs.readFileSync(file, "utf8");
  fs.writeFileSync(file, changed(text, fault));
  try {
    const seconds = tests.reduce((sum, test) => sum + (runs[test]?.seconds ?? 0), SPARE_SECONDS);
    const env = { MUTANTS_TESTS: tests.join(":") };
    const { passed, timedOut } = await jest(
      tree,
      ["--coverage=false", "--bail", "--runTestsByPath", ...tests],
      env,
      seconds,
    );
    return passed ? "survived" : timedOut ? "timed out" : "killed";
  } finally {
    fs.writeFileSync(file, text);
  }
}

/** The faults of the sample, and the number of all. */
async function sampledFaults(tree: string, { seed, sample }: Omit<Results, "results">): Promise<[Fault[], number]> {
  const files = fs.readdirSync(path.join(tree, "src"), { recursive: true, encoding: "utf8" }).sort();
  const faults: Fault[] = [];
  for (const file of files.filter((name) => name.endsWith(".ts")).map((name) => `src/${name}`)) {
    faults.push(...(await faultsOf(file, fs.readFileSync(path.join(tree, file), "utf8"))));
  }
  return [sampleOf(faults, sample, seed), faults.length];
}

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      only: { type: "string", default: "src" },
      sample: { type: "string", default: "0.05" },
      seed: { type: "string", default: "1" },
      quick: { type: "boolean", default: false },
      survivors: { type: "boolean", default: false },
      "reuse-runs": { type: "boolean", default: false },
    },
  });
  const former = values.survivors ? (JSON.parse(fs.readFileSync(RESULTS, "utf8")) as Results) : undefined;
  const { seed, sample } = former ?? { seed: values.seed, sample: Number(values.sample) };
  const tree = copyOfTree();
  const [faults, all] = await sampledFaults(tree, { seed, sample });
  const sampled = faults.filter(({ file }) => file.startsWith(values.only));
  const results = new Map(former?.results.map((result) => [result.fault.id, result]));
  const toTry = sampled.filter(({ id }) => !["killed", "timed out"].includes(results.get(id)?.outcome ?? ""));
  console.log(`${all} faults, ${sampled.length} in the sample, ${toTry.length} to try`);
  fs.mkdirSync(path.dirname(RESULTS), { recursive: true });
  const runs = values["reuse-runs"]
    ? (JSON.parse(fs.readFileSync(RUNS, "utf8")) as Runs)
    : await runsWithoutFault(tree);
  console.log(`${Object.keys(runs).length} test files pass without a fault`);
  for (const [index, fault] of toTry.entries()) {
    const tests = testsOf(fault, runs).slice(0, values.quick ? QUICK_TESTS : undefined);
    const outcome = tests.length === 0 ? "no test" : await tryTests(tree, fault, tests, runs);
    results.set(fault.id, { fault, outcome });
    console.log(`${index + 1}/${toTry.length} ${outcome} ${fault.id} ${fault.file}:${fault.line}`);
    const listed = sampled.flatMap(({ id }) => results.get(id) ?? []);
    fs.writeFileSync(RESULTS, JSON.stringify({ seed, sample, results: listed } satisfies Results, undefined, 1));
  }
  if (values.only === "src" && !values.quick) {
    const page = fs.existsSync(REPORT) ? fs.readFileSync(REPORT, "utf8") : "";
    fs.writeFileSync(REPORT, reportOf([...results.values()], { all, sample, seed }, page));
  }
}

void main();
