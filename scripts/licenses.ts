// Writes DEPENDENCIES.md: the licences of what the package contains and of what it is developed with, from
// package-lock.json. Fails for a licence that PERMISSIVE and EXCEPTIONS do not list.
import * as fs from "node:fs";
import * as path from "node:path";
import { buildSync } from "esbuild";
import { COMMAND_BUNDLE, libraryBundle, packagesIn } from "./bundles";

/** An installed package, as package-lock.json has it. */
export interface LockedPackage {
  readonly version: string;
  readonly license?: string;
  readonly dev?: boolean;
}

/** package-lock.json. */
export interface Lock {
  /** By folder; the folder "" is this package. */
  readonly packages: { readonly [folder: string]: LockedPackage };
}

/** An SPDX expression: a licence, or several that all hold or of which the user chooses one. */
export type Licence = string | { readonly every: readonly Licence[] } | { readonly some: readonly Licence[] };

interface Exception {
  /** The names of the packages that may have the licence. */
  readonly packages: readonly string[];
  readonly reason: string;
}

const ROOT = path.join(__dirname, "..");
const PAGE = path.join(ROOT, "DEPENDENCIES.md");

/** The licences that ask for a notice at most. A package with one of them may also be bundled. */
const PERMISSIVE = [
  "0BSD",
  "Apache-2.0",
  "BSD-2-Clause",
  "BSD-3-Clause",
  "BlueOak-1.0.0",
  "CC0-1.0",
  "ISC",
  "LicenseRef-Public-Domain",
  "MIT",
  "PSF-2.0",
  "Python-2.0",
  "Unlicense",
];

/** The licences with further conditions, each with the packages that may have it. Such a package is never bundled. */
const EXCEPTIONS: { readonly [licence: string]: Exception } = {
  "AGPL-3.0-or-later": {
    packages: ["@cloud-copilot/iam-policy", "@cloud-copilot/iam-simulate", "@cloud-copilot/iam-utils"],
    reason:
      "Tests evaluate IAM policies with it. Whoever distributes code that is combined with it, or offers a modified version over a network, must give its users the source under the AGPL. Only `test/local-aws/iam/policy-evaluation.ts` may import it.",
  },
  "CC-BY-4.0": {
    packages: ["caniuse-lite"],
    reason: "Data about browsers, which Babel reads for jest. Whoever distributes the data must name its authors.",
  },
  "MPL-2.0": {
    packages: [
      "@cdktf/cli-core",
      "@cdktf/commons",
      "@cdktf/hcl-tools",
      "@cdktf/hcl2cdk",
      "@cdktf/hcl2json",
      "@cdktf/provider-aws",
      "@cdktf/provider-generator",
      "@cdktf/provider-schema",
      "cdktf",
      "cdktf-cli",
    ],
    reason:
      "CDKTF and its AWS provider, which are peers, and tools of CDKTF. Whoever distributes changed files of it must publish them. The package imports CDKTF and contains no file of it.",
  },
};

/** What packages state in place of an SPDX expression. */
const NO_SPDX: { readonly [statement: string]: string } = { "Public Domain": "LicenseRef-Public-Domain" };

/** Parses an SPDX expression. https://spdx.github.io/spdx-spec/v2.3/SPDX-license-expressions/ */
export function parseLicence(statement: string): Licence {
  const text = NO_SPDX[statement] ?? statement;
  const tokens = text.match(/[()]|[^\s()]+/g) ?? [];
  const fail = (): never => {
    throw new Error(`\`${statement}\` is not an SPDX expression`);
  };
  const either = (): Licence => {
    const some = [both()];
    while (tokens[0] === "OR") {
      tokens.shift();
      some.push(both());
    }
    return some.length === 1 ? (some[0] ?? fail()) : { some };
  };
  const both = (): Licence => {
    const every = [single()];
    while (tokens[0] === "AND") {
      tokens.shift();
      every.push(single());
    }
    return every.length === 1 ? (every[0] ?? fail()) : { every };
  };
  const single = (): Licence => {
    const token = tokens.shift() ?? fail();
    if (token === "(") {
      const inner = either();
      return tokens.shift() === ")" ? inner : fail();
    }
    if (tokens[0] !== "WITH") {
      return name(token);
    }
    tokens.shift();
    return `${name(token)} WITH ${name(tokens.shift() ?? fail())}`;
  };
  const name = (token: string): string =>
    /^[A-Za-z0-9.:-]+\+?$/.test(token) && !/^(AND|OR|WITH)$/.test(token) ? token : fail();
  const licence = either();
  return tokens.length === 0 ? licence : fail();
}

/** Whether a package may have a licence, if it may have each of the single ones that `admits` names. */
function isAllowed(licence: Licence, admits: (single: string) => boolean): boolean {
  if (typeof licence === "string") {
    return admits(licence);
  }
  return "some" in licence
    ? licence.some.some((one) => isAllowed(one, admits))
    : licence.every.every((one) => isAllowed(one, admits));
}

const isPermissive = (licence: Licence): boolean => isAllowed(licence, (single) => PERMISSIVE.includes(single));

const nameOf = (folder: string): string => folder.replace(/^.*node_modules\//, "");

/** What is wrong with the licences of a lock file, if the folders are those of the packages that the build bundles. */
export function licenceFaults({ packages }: Lock, bundled: readonly string[]): string[] {
  const installed = Object.entries(packages).filter(([folder]) => folder !== "");
  return installed.flatMap(([folder, { version, license, dev }]) => {
    const name = nameOf(folder);
    const where = `${name} ${version}`;
    if (license === undefined) {
      return `${where} has no licence in package-lock.json`;
    }
    const licence = parseLicence(license);
    if (bundled.includes(folder) || dev !== true) {
      return isPermissive(licence) ? [] : `${where} is shipped, and its licence ${license} does not permit that`;
    }
    const admits = (single: string): boolean =>
      PERMISSIVE.includes(single) || EXCEPTIONS[single]?.packages.includes(name) === true;
    return isAllowed(licence, admits)
      ? []
      : `${where} has the licence ${license}, which scripts/licenses.ts does not list`;
  });
}

/** The folders of the packages in what the build writes, by file of lib/. */
export function bundledPackages(): { readonly [file: string]: readonly string[] } {
  const bundles = [libraryBundle("cdktf"), libraryBundle("cdktn"), COMMAND_BUNDLE];
  return Object.fromEntries(
    bundles.map((bundle) => [String(bundle.outfile), packagesIn(buildSync({ ...bundle, write: false }).metafile)]),
  );
}

/** The lock file of this package. */
export function readLock(): Lock {
  return JSON.parse(fs.readFileSync(path.join(ROOT, "package-lock.json"), "utf8")) as Lock;
}

/** The text of DEPENDENCIES.md. */
export function licencesPage(lock: Lock, bundles: { readonly [file: string]: readonly string[] }): string {
  const installed = Object.entries(lock.packages).filter(([folder]) => folder !== "");
  const rowOf = (folder: string): string[] => {
    const { version = "", license = "" } = lock.packages[folder] ?? {};
    return [nameOf(folder), version, license];
  };
  const { peerDependencies } = JSON.parse(fs.readFileSync(path.join(ROOT, "package.json"), "utf8")) as {
    readonly peerDependencies: { readonly [name: string]: string };
  };
  const byLicence = new Map<string, string[]>();
  for (const [folder, { license = "" }] of installed) {
    byLicence.set(license, [...(byLicence.get(license) ?? []), folder]);
  }
  const groups = [...byLicence].sort(([one, { length }], [other, { length: more }]) =>
    more === length ? (one < other ? -1 : 1) : more - length,
  );
  const exceptions = groups.filter(([license]) => !isPermissive(parseLicence(license)));
  return [
    "<!-- Generated by `npm run licenses` from package-lock.json. -->",
    "# Dependencies and their licences",
    "## In the package",
    "The package has no dependencies, so its installation adds nothing but peers. The build bundles the following packages. `lib/cli.js.LICENSES.txt` has their licences.",
    table(
      ["file", "package", "version", "licence"],
      Object.entries(bundles).flatMap(([file, folders]) =>
        folders.length === 0
          ? [[`\`${file}\``, "none", "", ""]]
          : folders.map((folder) => [`\`${file}\``, ...rowOf(folder)]),
      ),
    ),
    "## Peers",
    "You install the peers. The versions are those of development; `cdktn` and `@cdktn/provider-aws` are not in the lock file.",
    table(
      ["package", "version", "licence"],
      Object.keys(peerDependencies).map((name) => rowOf(`node_modules/${name}`)),
    ),
    "## For development",
    `The lock file has ${installed.length} packages, each version and each copy counted. The package contains only those above. \`scripts/licenses.ts\` lists the allowed licences, and a test refuses all others.`,
    "### Licences with further conditions",
    ...exceptions.flatMap(([license, folders]) => [
      `**${license}.** ${EXCEPTIONS[license]?.reason ?? ""}`,
      table(
        ["package", "version"],
        folders.map((folder) => rowOf(folder).slice(0, 2)),
      ),
    ]),
    "### All others",
    ...groups
      .filter(([license]) => isPermissive(parseLicence(license)))
      .map(
        ([license, folders]) =>
          `**${license}** (${folders.length}): ${[...new Set(folders.map(nameOf))].sort().join(", ")}`,
      ),
  ]
    .join("\n\n")
    .concat("\n");
}

function table(headings: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]): string => `| ${cells.join(" | ")} |`;
  return [line(headings), `|${"---|".repeat(headings.length)}`, ...rows.map(line)].join("\n");
}

if (require.main === module) {
  const lock = readLock();
  const bundles = bundledPackages();
  const faults = licenceFaults(lock, Object.values(bundles).flat());
  if (faults.length > 0) {
    console.error(`${faults.join("\n")}\nReplace these packages, or add an entry with the reason to EXCEPTIONS.`);
    process.exitCode = 1;
  } else {
    fs.writeFileSync(PAGE, licencesPage(lock, bundles));
    console.log(`${Object.keys(lock.packages).length - 1} packages, all licences allowed`);
  }
}
