import * as fs from "node:fs";
import * as path from "node:path";
import {
  CDKTF_5,
  CDKTF_6,
  CDKTN,
  CDKTN_OLDEST,
  CELLS,
  MANAGERS,
  NEWEST_CONSTRUCTS,
  NODE_VERSIONS,
  OLDEST_CONSTRUCTS,
  TYPESCRIPT_5,
  TYPESCRIPT_7,
  columnsOf,
} from "../../scripts/matrix/cells";
import type { Cell } from "../../scripts/matrix/cells";
import { PAGE, combinationsOf, pageText, readmeWith } from "../../scripts/matrix/page";
import { complaints } from "../../scripts/matrix/project";
import { EXCEPTIONS } from "../../scripts/matrix/unit-tests";
import { FRAMEWORKS } from "../../src/terraform/framework";
import { RESOLUTIONS } from "../support/consumer-project";
import { tableRows } from "../support/documents";
import { ROOT } from "../support/examples";
import { majorOf, minorOf } from "../support/versions";

const read = (file: string): string => fs.readFileSync(path.join(ROOT, file), "utf8");

const page = read(PAGE);
const combinations = combinationsOf(page);
const { engines, peerDependencies } = JSON.parse(read("package.json")) as {
  readonly engines: { readonly node: string };
  readonly peerDependencies: { readonly [name: string]: string };
};

/** package.json names the packages of CDK Terrain without versions; docs/reference/upgrades.md has these. */
const RANGES: { readonly [name: string]: string } = {
  cdktn: `^${CDKTN_OLDEST.version}`,
  "@cdktn/provider-aws": `>=${CDKTN_OLDEST.providerVersion} <${String(majorOf(CDKTN.providerVersion) + 1)}`,
  ...peerDependencies,
};

/** A version as a number that grows with it. */
function ordinal(version: string): number {
  const [major = 0, minor = 0, patch = 0] = version.split(".").map(Number);
  return (major * 1_000 + minor) * 1_000 + patch;
}

/** Whether a range of package.json has a version. */
function admits(range: string, version: string): boolean {
  return range.split(" ").every((comparator) => {
    const [, operator, bound = ""] = /^(\^|>=|<)([\d.]+)$/.exec(comparator) ?? [];
    if (operator === "<") {
      return ordinal(version) < ordinal(bound);
    }
    const [major = "", minor = ""] = bound.split(".");
    const next = major === "0" ? `0.${String(Number(minor) + 1)}` : String(Number(major) + 1);
    return ordinal(version) >= ordinal(bound) && (operator === ">=" || ordinal(version) < ordinal(next));
  });
}

test("the page has every cell of the matrix with its result, when and where it ran: npm run matrix renews it", () => {
  expect(page).toMatch(/tested version \d+\.\d+\.\d+ on \d{1,2} [A-Z][a-z]+ \d{4}, on [a-z0-9]+-[a-z0-9]+\./);
  const rows = combinations.map(({ result, ...columns }) => [columns, /^(passed|not run: .+)$/.test(result)]);
  expect(rows).toEqual(CELLS.map((cell) => [columnsOf(cell), true]));
});

test("the page has the text that npm run matrix would write for its results", () => {
  const [, version = "", date = "", machine = ""] = /tested version (\S+) on (.+?), on (\S+)\./.exec(page) ?? [];
  const passed = Number(/(\d+) tests passed/.exec(page)?.[1]);
  const written = pageText({
    date,
    machine,
    version,
    resolutions: Object.keys(RESOLUTIONS),
    combinations,
    tarball: tableRows(page, "check", "result").map(([check = "", result = ""]) => [check, result]),
    unitTests: { framework: CDKTN, passed, exceptions: EXCEPTIONS },
  });
  expect(page).toBe(written);
});

test.each([CDKTF_5, CDKTF_6, CDKTN])(
  "the cells cover what the page says about $name with provider-aws $providerVersion",
  (framework) => {
    const { name } = framework;
    const cells = CELLS.filter((cell) => cell.framework === framework);
    const covered = (valueOf: (cell: Cell) => string | number): unknown => new Set(cells.map(valueOf));
    expect(covered(({ node }) => majorOf(node))).toEqual(new Set(NODE_VERSIONS.map(majorOf)));
    expect(covered(({ typescript }) => typescript)).toEqual(new Set([TYPESCRIPT_5, TYPESCRIPT_7]));
    expect(covered(({ constructs }) => constructs)).toEqual(
      new Set([OLDEST_CONSTRUCTS[name], NEWEST_CONSTRUCTS[name]]),
    );
    expect(covered(({ manager }) => manager)).toEqual(new Set(Object.keys(MANAGERS)));
  },
);

test("the cells have no other versions of the provider packages, and none that the page says was not run", () => {
  expect(new Set(CELLS.map(({ framework }) => framework))).toEqual(new Set([CDKTF_5, CDKTF_6, CDKTN_OLDEST, CDKTN]));
  expect(ordinal(CDKTN.providerVersion)).toBeGreaterThanOrEqual(ordinal(CDKTN_OLDEST.providerVersion));
  const inArchives = CELLS.filter(({ manager }) => manager === "Yarn PnP");
  expect(inArchives.map(({ typescript }) => majorOf(typescript))).not.toContain(7);
  const onNode20 = CELLS.filter(({ framework, node }) => framework === CDKTN && majorOf(node) === 20);
  expect(onNode20.map(({ manager }) => manager)).toContain("npm 10");
});

test.each(FRAMEWORKS)("programs get no warning with the versions of $package that the cells have", (framework) => {
  const own = CELLS.filter((cell) => cell.framework.name === framework.package);
  expect(new Set(own.map((cell) => minorOf(cell.framework.version)))).toEqual(new Set([framework.testedVersion]));
});

test("the page has no version that is not supported", () => {
  const refused = combinations.flatMap(({ framework, provider, constructs, node }) => {
    const packages = [framework, provider].map((cell) => cell.replaceAll("`", "").split(" "));
    const named = [...packages, ["constructs", constructs]];
    const versions = named.map(([name = "", version = ""]) => [name, RANGES[name] ?? "", version] as const);
    return [...versions, ["Node.js", engines.node, node] as const].filter(
      ([, range, version]) => !admits(range, version),
    );
  });
  expect(combinations.length).toBeGreaterThan(0);
  expect(refused).toEqual([]);
});

test("the README has the versions of the page: npm run matrix renews them", () => {
  expect(read("README.md")).toBe(readmeWith(read("README.md"), page));
});

test.each([
  ["npm refuses a peer", "npm error ERESOLVE unable to resolve dependency tree"],
  ["npm overrides a peer", "npm warn ERESOLVE overriding peer dependency"],
  ["npm warns about the package", "npm warn deprecated cdktf-ecr-pull-through-cache@0.1.0: use another"],
  ["pnpm misses a peer", "✕ unmet peer cdktf"],
  ["Yarn misses a peer", "➤ YN0002: │ consumer doesn't provide constructs (p1)"],
  ["Yarn has a peer of another version", "➤ YN0060: │ cdktf is listed by your project with version 0.20.12"],
  ["Yarn sums up", "➤ YN0086: │ Some peer dependencies are incorrectly met by your project"],
])("an installation fails where %s", (_, line) => {
  expect(complaints(`added 7 packages\n${line}\n`)).toEqual([line]);
});

test("an installation may warn about other packages", () => {
  const output = [
    "npm warn EBADENGINE   package: '@cdktn/provider-aws@25.7.0',",
    "+ cdktf-ecr-pull-through-cache 0.1.0",
    "➤ YN0092: │ ESM support for PnP uses the experimental loader API and is therefore experimental",
  ];
  expect(complaints(output.join("\n"))).toEqual([]);
});
