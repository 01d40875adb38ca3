import * as fs from "node:fs";
import * as path from "node:path";
import { Construct } from "constructs";
import * as ts from "typescript";
import { execute } from "../support/commands";
import { ROOT } from "../support/examples";

const SRC = path.join(ROOT, "src");

/** The files that a fresh process has loaded after it has required something. */
async function loadedBy(code: string): Promise<string[]> {
  const script = `${code}; process.stdout.write(JSON.stringify(Object.keys(require.cache)))`;
  const { status, output } = await execute(process.execPath, ["--require", require.resolve("tsx/cjs"), "-e", script], {
    cwd: ROOT,
  });
  if (status !== 0) {
    throw new Error(output);
  }
  return JSON.parse(output) as string[];
}

function sources(): string[] {
  return fs
    .readdirSync(SRC, { recursive: true, encoding: "utf8" })
    .filter((file) => file.endsWith(".ts"))
    .map((file) => path.join(SRC, file));
}

/** The modules outside the package that its sources name, types aside. */
function imports(): string[] {
  const named = sources().flatMap((file) =>
    [...fs.readFileSync(file, "utf8").matchAll(/^import (?!type)[^;]*? from "([^.][^"]*)";$/gm)].map(
      (match) => match[1] ?? "",
    ),
  );
  return [...new Set(named)].sort();
}

test("importing the package loads what cdktf and its own deep imports load, its own files, and nothing else", async () => {
  const index = path.join(SRC, "index.ts");
  const ours = await loadedBy(`require(${JSON.stringify(index)})`);
  const peers = await loadedBy(
    imports()
      .map((name) => `require(${JSON.stringify(name)})`)
      .join(";"),
  );
  const outside = ours.filter((file) => !file.startsWith(SRC + path.sep));
  expect(outside.filter((file) => !peers.includes(file))).toEqual([]);
  expect(ours.length).toBeLessThanOrEqual(peers.length + sources().length);
});

test("the provider's root, which loads every resource of AWS, is never loaded", async () => {
  const root = require.resolve("@cdktf/provider-aws");
  expect(await loadedBy('require("@cdktf/provider-aws")')).toContain(root);
  const files = sources().map((file) => `require(${JSON.stringify(file)})`);
  expect(await loadedBy(files.join(";"))).not.toContain(root);
});

test("the sources import their peers' public parts only, and Node not at all", () => {
  for (const name of imports()) {
    expect(name).toMatch(/^(cdktf|constructs|@cdktf\/provider-aws\/lib\/[a-z-]+)$/);
  }
});

test("the sources do not use Intl: its data takes longer to load than the package", () => {
  expect(sources().filter((file) => /\bIntl\./.test(fs.readFileSync(file, "utf8")))).toEqual([]);
});

test("a source only declares: package.json promises bundlers that loading it has no side effects", () => {
  const statementsOf = (file: string): readonly ts.Statement[] =>
    ts.createSourceFile(file, fs.readFileSync(file, "utf8"), ts.ScriptTarget.ES2022).statements;
  const declares = (statement: ts.Statement): boolean =>
    (ts.isImportDeclaration(statement) && statement.importClause !== undefined) ||
    ts.isExportDeclaration(statement) ||
    ts.isVariableStatement(statement) ||
    ts.isDeclarationStatement(statement);
  for (const file of sources()) {
    expect([file, statementsOf(file).filter((statement) => !declares(statement))]).toEqual([file, []]);
  }
  expect(JSON.parse(fs.readFileSync(path.join(ROOT, "package.json"), "utf8"))).toMatchObject({ sideEffects: false });
});

test("nothing private is exported, and every construct is in the README's table", () => {
  const exported = Object.entries(jest.requireActual<{ readonly [name: string]: unknown }>("../../src")).sort();
  expect(exported.map(([name]) => name)).toEqual([
    "AlertDestination",
    "CacheWarmer",
    "ClientConfiguration",
    "CredentialExpiryAlert",
    "EncryptionType",
    "EndpointService",
    "ExistingSettings",
    "FailurePolicy",
    "FirstPull",
    "FleetLayout",
    "ImageReference",
    "OverrideAction",
    "OverrideStrategy",
    "PullThroughCache",
    "PullThroughCacheFleet",
    "RegistryCredential",
    "RegistryEndpoints",
    "RegistryPolicy",
    "RegistryReplication",
    "RegistryScanning",
    "ScanFrequency",
    "ScanType",
    "StackParameterOverride",
    "StateBackend",
    "SyncFailureAlert",
    "TagMutability",
    "Upstream",
  ]);
  const readme = fs.readFileSync(path.join(ROOT, "README.md"), "utf8");
  const constructs = exported.filter(([, value]) => Object.getPrototypeOf(value) === Construct);
  expect(constructs.length).toBeGreaterThanOrEqual(5);
  for (const [name] of constructs) {
    expect(readme).toMatch(new RegExp(`^\\|[^|]*\`${name}\``, "m"));
  }
});
