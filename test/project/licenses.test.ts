import * as fs from "node:fs";
import { builtinModules } from "node:module";
import * as path from "node:path";
import * as ts from "typescript";
import { noticesOf, packagesIn } from "../../scripts/bundles";
import { bundledPackages, licenceFaults, licencesPage, parseLicence, readLock } from "../../scripts/licenses";
import type { LockedPackage } from "../../scripts/licenses";
import { run } from "../support/commands";
import { ROOT } from "../support/examples";
import { packedPackage } from "../support/packed-package";
import { temporaryFolder } from "../support/temporary-folder";

const PEERS = ["cdktf", "@cdktf/provider-aws", "cdktn", "@cdktn/provider-aws", "constructs"];
const THIS_PACKAGE = "cdktf-ecr-pull-through-cache";

const lock = readLock();
const bundles = bundledPackages();
const bundled = Object.values(bundles).flat();

test("the page of dependencies is what the lock file says, and every licence is allowed: npm run licenses renews it", () => {
  expect(licenceFaults(lock, bundled)).toEqual([]);
  expect(fs.readFileSync(path.join(ROOT, "DEPENDENCIES.md"), "utf8")).toBe(licencesPage(lock, bundles));
});

test("the library contains no code of other packages, the command that of three, and the package has no dependency", () => {
  expect(bundles).toEqual({
    "lib/index.js": [],
    "lib/cdktn/index.js": [],
    "lib/cli.js": ["node_modules/commander", "node_modules/diff", "node_modules/yaml"],
  });
  const installed = Object.entries(lock.packages).filter(([folder]) => folder !== "");
  expect(installed.length).toBeGreaterThan(500);
  expect(installed.filter(([, { dev }]) => dev !== true)).toEqual([]);
});

const locked = (license: string | undefined, others: Partial<LockedPackage> = {}): LockedPackage => ({
  version: "1.0.0",
  dev: true,
  ...(license === undefined ? {} : { license }),
  ...others,
});

test.each([
  ["no licence", "tool", locked(undefined), "tool 1.0.0 has no licence in package-lock.json"],
  [
    "copyleft",
    "tool",
    locked("GPL-3.0-only"),
    "tool 1.0.0 has the licence GPL-3.0-only, which scripts/licenses.ts does",
  ],
  [
    "AGPL of another package",
    "tool",
    locked("AGPL-3.0-or-later"),
    "tool 1.0.0 has the licence AGPL-3.0-or-later, which",
  ],
  ["one of two that both hold", "tool", locked("MIT AND GPL-2.0"), "tool 1.0.0 has the licence MIT AND GPL-2.0, which"],
  ["an exception", "tool", locked("MIT WITH Other-exception"), "tool 1.0.0 has the licence MIT WITH Other-exception"],
  [
    "MPL in a bundle",
    "cdktf",
    locked("MPL-2.0"),
    "cdktf 1.0.0 is shipped, and its licence MPL-2.0 does not permit that",
  ],
  [
    "MPL of a dependency",
    "cdktf-cli",
    locked("MPL-2.0", { dev: false }),
    "cdktf-cli 1.0.0 is shipped, and its licence MPL-2.0 does not permit that",
  ],
])("fails for a lock file with %s", (_, name, entry, fault) => {
  const faults = licenceFaults({ packages: { [`node_modules/${name}`]: entry } }, ["node_modules/cdktf"]);
  expect(faults).toEqual([expect.stringContaining(fault)]);
});

test("a licence to choose from several is allowed if one of them is", () => {
  const packages = { "node_modules/a/node_modules/b": locked("(GPL-3.0-or-later OR (MIT AND ISC))") };
  expect(licenceFaults({ packages }, [])).toEqual([]);
});

test("SPDX expressions: AND binds more than OR, WITH more than both, and parentheses most", () => {
  expect(parseLicence("MIT OR ISC AND GPL-2.0+ WITH Classpath-exception-2.0")).toEqual({
    some: ["MIT", { every: ["ISC", "GPL-2.0+ WITH Classpath-exception-2.0"] }],
  });
  expect(parseLicence("(MIT OR ISC) AND 0BSD")).toEqual({ every: [{ some: ["MIT", "ISC"] }, "0BSD"] });
  expect(parseLicence("Public Domain")).toBe("LicenseRef-Public-Domain");
});

test.each(["", "MIT ISC", "MIT OR", "AND MIT", "(MIT", "MIT)", "SEE LICENSE IN LICENSE.md", "MIT/X11", "MIT WITH"])(
  "fails for %j, which is not an SPDX expression",
  (statement) => {
    expect(() => parseLicence(statement)).toThrow(`\`${statement}\` is not an SPDX expression`);
  },
);

test("the package that has a bundled file is the innermost one, also behind a link", () => {
  const inputs = ["cli/main.ts", "node_modules/a/b.js", "../x/node_modules/@c/d/node_modules/@e/f/node.js"];
  const metafile = { inputs: Object.fromEntries(inputs.map((file) => [file, { bytes: 1, imports: [] }])), outputs: {} };
  expect(packagesIn(metafile)).toEqual(["node_modules/@c/d/node_modules/@e/f", "node_modules/a"]);
});

/** What a file imports or requires, minified or not. */
function importsOf(text: string): string[] {
  const names: string[] = [];
  const visit = (node: ts.Node): void => {
    const [argument] = ts.isCallExpression(node) ? node.arguments : [];
    const isCall =
      ts.isCallExpression(node) &&
      (node.expression.kind === ts.SyntaxKind.ImportKeyword || node.expression.getText(file) === "require");
    const from = ts.isImportDeclaration(node) || ts.isExportDeclaration(node) ? node.moduleSpecifier : undefined;
    for (const name of [isCall ? argument : undefined, from]) {
      if (name !== undefined && ts.isStringLiteralLike(name)) {
        names.push(name.text);
      }
    }
    ts.forEachChild(node, visit);
  };
  const file = ts.createSourceFile("file.ts", text, ts.ScriptTarget.ES2022);
  visit(file);
  return names;
}

test("an import is found in each of its forms", () => {
  const text = `import a from "a"; export * from "b"; import type { C } from "c"; var d=require("d"),e=()=>import("e");`;
  expect(importsOf(text)).toEqual(["a", "b", "c", "d", "e"]);
});

describe("the packed package", () => {
  let folder: string;

  beforeAll(async () => {
    folder = temporaryFolder();
    await run("tar", ["-xzf", await packedPackage(), "--strip-components=1", "-C", folder], ROOT);
  });

  test("has the licence of each package that it contains", () => {
    const notices = fs.readFileSync(path.join(folder, "lib", "cli.js.LICENSES.txt"), "utf8");
    expect(notices).toBe(noticesOf(bundled));
    for (const text of ["(The MIT License)", "BSD 3-Clause License", "Copyright Eemeli Aro"]) {
      expect(notices).toContain(text);
    }
  });

  test("imports nothing but its peers and Node.js, so nothing of a development dependency under the AGPL", () => {
    const files = fs
      .readdirSync(folder, { recursive: true, encoding: "utf8" })
      .filter((file) => /\.[cm]?[jt]s$/.test(file));
    const named = files.flatMap((file) =>
      importsOf(fs.readFileSync(path.join(folder, file), "utf8")).map((name) => ({
        file,
        package: /^(@[^/]+\/)?[^/]+/.exec(name)?.[0] ?? "",
      })),
    );
    expect(named.map(({ package: name }) => name)).toEqual(expect.arrayContaining([...PEERS, "node:fs"]));
    const known = [...PEERS, THIS_PACKAGE, ".", "..", ...builtinModules];
    expect(named.filter(({ package: name }) => !known.includes(name.replace(/^node:/, "")))).toEqual([]);
  });
});
