// Runs the unit tests of the repository on CDK Terrain: in a copy of the repository, whose packages `cdktf` and
// `@cdktf/provider-aws` are those of CDK Terrain. The sources are the same, and so are the tests.
import * as fs from "node:fs";
import * as path from "node:path";
import { execute, run } from "../../test/support/commands";
import { peersOf } from "../../test/support/consumer-project";
import { PROJECT_ROOT } from "../../test/support/example-program";
import { CDKTN } from "./cells";
import type { Exception } from "./page";

const SOURCE = "CDK Terrain writes the provider's source as `hashicorp/aws`, and the test compares the whole JSON";
const REGION = "resources of hashicorp/aws 6 take a region";
const EXCLUSION = "templates of hashicorp/aws 6 take exclusion filters";
const MIXED = "the test runs on CDKTF, and takes CDK Terrain for the other framework";
const OUTSIDE = "the test has a construct of its own below the app, which `Testing.app()` of CDK Terrain refuses";
const VERSION = "the test has versions of CDKTF";

/** Tests that do not apply to CDK Terrain with hashicorp/aws 6: the beginning of their name, by their file. */
const DIFFERENT: readonly (Exception & { readonly file: string })[] = [
  {
    file: "test/cache/pull-through-cache.test.ts",
    test: "the smallest cache is one rule and its template",
    reason: SOURCE,
  },
  {
    file: "test/registry/registry-policy.test.ts",
    test: "a policy of one statement is a registry policy after the setting of its scope, and nothing else",
    reason: SOURCE,
  },
  {
    file: "test/warmer/cache-warmer.test.ts",
    test: "the smallest warmer is a project, its logs, its schedule and a role for each",
    reason: SOURCE,
  },
  {
    file: "test/fleet/pull-through-cache-fleet.test.ts",
    test: "the versions of the provider",
    reason: SOURCE,
  },
  {
    file: "test/fleet/fleet-layout.test.ts",
    test: "one stack of all regions has one provider in the first region, and one state, and needs hashicorp/aws 6",
    reason: SOURCE,
  },
  {
    file: "test/fleet/fleet-layout.test.ts",
    test: "one stack of all regions has the given version of the provider, if it is one that takes a region",
    reason: SOURCE,
  },
  {
    file: "test/fleet/fleet-layout.test.ts",
    test: "one stack of all regions fails with @cdktf/provider-aws 20, and leaves no construct",
    reason: REGION,
  },
  {
    file: "test/fleet/pull-through-cache-fleet.test.ts",
    test: "a final stack is known to cdktf's CLI by the ids that its dependencies have, wherever the fleet stands",
    reason: OUTSIDE,
  },
  {
    file: "test/cache/pull-through-cache.test.ts",
    test: "where the registry is fails on a region that resources do not take",
    reason: REGION,
  },
  {
    file: "test/stack-override/stack-parameter-override.test.ts",
    test: "bad input fails on a region",
    reason: REGION,
  },
  {
    file: "test/cache/repository-settings.test.ts",
    test: "settings fail on a mutability the provider does not know",
    reason: EXCLUSION,
  },
  {
    file: "test/cache/tag-mutability.test.ts",
    test: "with a provider package whose templates take no exclusion filters",
    reason: EXCLUSION,
  },
  { file: "test/validation/framework-checks.test.ts", test: "fails before it makes", reason: MIXED },
  {
    file: "test/validation/framework-checks.test.ts",
    test: "fails if the App belongs to the other framework",
    reason: MIXED,
  },
  {
    file: "test/validation/framework-checks.test.ts",
    test: "fails if the stack belongs to the other framework",
    reason: MIXED,
  },
  {
    file: "test/validation/framework-checks.test.ts",
    test: "fails for a backend of the other framework",
    reason: MIXED,
  },
  {
    file: "test/validation/framework-checks.test.ts",
    test: "fails for a fleet in an app of the other framework",
    reason: MIXED,
  },
  {
    file: "test/validation/framework-checks.test.ts",
    test: "fails if the stack has a construct of the other framework",
    reason: MIXED,
  },
  {
    file: "test/validation/framework-checks.test.ts",
    test: "fails for a construct of the other framework in a stack of a fleet",
    reason: MIXED,
  },
  {
    file: "test/validation/framework-checks.test.ts",
    test: "a version of the framework that is not tested",
    reason: VERSION,
  },
];

/** The tests of the list above, as the page names them. */
export const EXCEPTIONS: readonly Exception[] = DIFFERENT.map(({ file, test, reason }) => ({
  test: `\`${file}\`: ${test}`,
  reason,
}));

/** Tests of the packed package, which install both frameworks themselves, and of documents, among them what this run writes. */
const LEFT_OUT = ["consumer", "compatibility", "documents"].map((name) => `test/project/${name}.test.ts`);

const CONFIGURATION = `
import config from "./jest.config.mjs";
const { projects, testTimeout } = config;
export default { ...projects[0], testTimeout };
`;

interface Report {
  readonly numPassedTests: number;
  readonly testResults: readonly {
    readonly name: string;
    readonly message: string;
    readonly assertionResults: readonly { readonly fullName: string; readonly status: string }[];
  }[];
}

/** Runs the tests in a folder, and returns how many passed. Only those of the list may fail, and all of them must. */
export async function runUnitTests(folder: string, constructs: string): Promise<number> {
  await copyRepository(folder);
  await linkPackages(folder, constructs);
  fs.writeFileSync(path.join(folder, "cdktn.config.mjs"), CONFIGURATION);
  const report = path.join(folder, "report.json");
  const jest = [require.resolve("jest/bin/jest"), "--config", "cdktn.config.mjs", "--json", "--outputFile", report];
  const leftOut = ["--testPathIgnorePatterns", "/test/terraform/", ...LEFT_OUT];
  const { output } = await execute(process.execPath, [...jest, "--maxWorkers", "100%", ...leftOut], { cwd: folder });
  if (!fs.existsSync(report)) {
    throw new Error(output);
  }
  const { numPassedTests, testResults } = JSON.parse(fs.readFileSync(report, "utf8")) as Report;
  const failed = testResults.flatMap(({ name, message, assertionResults }) => {
    const file = path.relative(folder, name);
    const tests = assertionResults.filter(({ status }) => status === "failed");
    return tests.length === 0 && assertionResults.length === 0
      ? [{ file, test: message }]
      : tests.map(({ fullName }) => ({ file, test: fullName }));
  });
  const unexpected = failed.filter(
    ({ file, test }) => !DIFFERENT.some((one) => one.file === file && test.startsWith(one.test)),
  );
  const passing = DIFFERENT.filter(
    ({ file, test }) => !failed.some((one) => one.file === file && one.test.startsWith(test)),
  );
  if (unexpected.length > 0 || passing.length > 0) {
    const lines = (tests: readonly { readonly file: string; readonly test: string }[]): string =>
      tests.map(({ file, test }) => `\n  ${file}: ${test}`).join("");
    throw new Error(
      `failed:${lines(unexpected)}\nin the list of those that do not apply, but passed:${lines(passing)}`,
    );
  }
  return numPassedTests;
}

/** Copies every file of the repository that Git does not ignore. */
async function copyRepository(folder: string): Promise<void> {
  const files = await run("git", ["ls-files", "-z", "--cached", "--others", "--exclude-standard"], PROJECT_ROOT);
  for (const file of files
    .split("\0")
    .filter((name) => fs.statSync(path.join(PROJECT_ROOT, name), NO_THROW)?.isFile())) {
    fs.cpSync(path.join(PROJECT_ROOT, file), path.join(folder, file), { recursive: true });
  }
}

/** Installs CDK Terrain, and links all other packages of the repository. */
async function linkPackages(folder: string, constructs: string): Promise<void> {
  const own = path.join(folder, "cdktn");
  fs.mkdirSync(own);
  const options = ["--ignore-scripts", "--prefer-offline", "--no-audit", "--no-fund", "--loglevel=error"];
  await run("npm", ["install", "--prefix", own, ...options, ...peersOf(CDKTN), `constructs@${constructs}`], own);
  const links: { [name: string]: string } = {
    cdktf: "cdktn",
    constructs: "constructs",
    "@cdktf/provider-aws": "@cdktn/provider-aws",
  };
  const theirs = path.join(PROJECT_ROOT, "node_modules");
  const names = fs.readdirSync(theirs).filter((name) => name !== "@cdktf");
  const scoped = fs.readdirSync(path.join(theirs, "@cdktf")).map((name) => `@cdktf/${name}`);
  fs.mkdirSync(path.join(folder, "node_modules", "@cdktf"), { recursive: true });
  for (const name of [...names, ...scoped]) {
    const link = links[name];
    const target = link === undefined ? path.join(theirs, name) : path.join(own, "node_modules", link);
    fs.symlinkSync(target, path.join(folder, "node_modules", name));
  }
}

const NO_THROW = { throwIfNoEntry: false } as const;
