import * as fs from "node:fs";
import * as path from "node:path";
import * as ts from "typescript";
import { RETENTION_DAYS } from "../../src/aws/log-retention";
import { MAX_INLINE_POLICIES, MAX_MANAGED_POLICY } from "../../src/aws/policy-document";
import { PROVIDER_VERSIONS } from "../../src/aws/provider-versions";
import {
  DEFAULT_SETTINGS,
  MAX_LIFECYCLE_POLICY,
  MAX_REPOSITORY_POLICY,
  MAX_RULES,
  MAX_TAGS,
  SECRET_NAME,
} from "../../src/cache/rules";
import { WORKSPACE } from "../../src/fleet/rules";
import { MAX_ENDPOINT_POLICY } from "../../src/network/rules";
import { MAX_TEMPLATE_BYTES, MAX_VALUE_BYTES, UPDATE_MINUTES } from "../../src/stack-override/rules";
import {
  DEFAULTS,
  MAX_CHARACTERS,
  MAX_IMAGES,
  NETWORK,
  PROJECT_NAME,
  PROJECT_NAME_WITH_RUN_ON_CHANGE,
  SCHEDULE,
  TIMEOUT_MINUTES,
} from "../../src/warmer/rules";
import { ROOT } from "../support/examples";

const FOLDER = path.join(ROOT, "docs", "api");
const SOURCES = path.join(ROOT, "src");

const INDEX_PAGE = "README";
const PAGES = new Map(
  fs.readdirSync(FOLDER).map((file) => [path.basename(file, ".md"), fs.readFileSync(path.join(FOLDER, file), "utf8")]),
);

const OPTIONS: ts.CompilerOptions = { target: ts.ScriptTarget.ES2022, strict: true, types: [] };
// Without the types of the peers, which take seconds to load.
const host: ts.CompilerHost = {
  ...ts.createCompilerHost(OPTIONS),
  resolveModuleNameLiterals: (literals, file) =>
    literals.map(({ text }) => {
      const resolvedFileName = `${path.resolve(path.dirname(file), text)}.ts`;
      return {
        resolvedModule: text.startsWith(".") ? { resolvedFileName, extension: ts.Extension.Ts } : undefined,
      };
    }),
};
const program = ts.createProgram([path.join(SOURCES, "index.ts")], OPTIONS, host);
const checker = program.getTypeChecker();

/** The declarations that src/index.ts exports, by their names. */
const EXPORTED: ReadonlyMap<string, ts.Declaration | undefined> = new Map(
  exportsOf(program.getSourceFile(path.join(SOURCES, "index.ts"))).map((symbol) => [
    symbol.name,
    checker.getAliasedSymbol(symbol).declarations?.[0],
  ]),
);

function exportsOf(file: ts.SourceFile | undefined): ts.Symbol[] {
  const module = file && checker.getSymbolAtLocation(file);
  return module === undefined ? [] : checker.getExportsOfModule(module);
}

/** The part of a page below a heading of any level, up to the next heading. */
function section(page: string, heading: string): string {
  const escaped = heading.replace("()", "\\(\\)");
  const [, part = ""] = PAGES.get(page)?.split(new RegExp(`^#+ ${escaped}$`, "m")) ?? [];
  return part.split(/^#/m)[0] ?? "";
}

/** The anchors of a page, as GitHub derives them from headings. */
function anchors(page: string): string[] {
  return [...(PAGES.get(page) ?? "").matchAll(/^#+ (.+)$/gm)].map(([, heading = ""]) =>
    heading
      .toLowerCase()
      .replace(/[^a-z0-9_ -]/g, "")
      .replaceAll(" ", "-"),
  );
}

/** The public constructors, methods and getters of the exported classes, with the headings of their parts. */
function publicMembers(): [page: string, heading: string, member: ts.Node][] {
  return [...EXPORTED].flatMap(([page, declaration]) =>
    declaration === undefined || !ts.isClassDeclaration(declaration)
      ? []
      : declaration.members
          .filter((member) => (ts.getCombinedModifierFlags(member) & ts.ModifierFlags.Public) !== 0)
          .flatMap((member): [string, string, ts.Node][] => {
            const name = member.name?.getText() ?? "";
            if (ts.isConstructorDeclaration(member)) {
              return [[page, `new ${page}()`, member]];
            }
            if (name.startsWith("_")) {
              return [];
            }
            return ts.isMethodDeclaration(member)
              ? [[page, `${name}()`, member]]
              : ts.isGetAccessor(member)
                ? [[page, name, member]]
                : [];
          }),
  );
}

/** Whether code contains `throw`, or uses other code of the package that does. */
function canThrow(code: ts.Node, seen = new Set<ts.Node>()): boolean {
  if (seen.has(code)) {
    return false;
  }
  seen.add(code);
  const visit = (node: ts.Node): boolean => {
    if (ts.isThrowStatement(node)) {
      return true;
    }
    const used = usedCode(node);
    return used.some((other) => canThrow(other, seen)) || ts.forEachChild(node, visit) === true;
  };
  return ts.forEachChild(code, visit) === true;
}

/** The functions, methods, constructors and getters of the package that a node calls. */
function usedCode(node: ts.Node): ts.Node[] {
  const isCall = ts.isCallExpression(node) || ts.isNewExpression(node);
  const name = isCall ? node.expression : ts.isPropertyAccessExpression(node) ? node : undefined;
  const symbol = name && checker.getSymbolAtLocation(ts.isPropertyAccessExpression(name) ? name.name : name);
  const target = symbol && symbol.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(symbol) : symbol;
  return (target?.declarations ?? [])
    .filter((declaration) => declaration.getSourceFile().fileName.startsWith(SOURCES))
    .flatMap((declaration): ts.Node[] => {
      if (ts.isClassDeclaration(declaration)) {
        return declaration.members.filter((member) => ts.isConstructorDeclaration(member));
      }
      const isCode = isCall ? ts.isFunctionLike(declaration) : ts.isGetAccessor(declaration);
      return isCode ? [declaration] : [];
    });
}

test("every export has a page, every page is that of an export, and the index links to each of them once", () => {
  const names = [...EXPORTED.keys()].sort();
  expect(names).toContain("PullThroughCacheProps");
  expect([...PAGES.keys()].filter((page) => page !== INDEX_PAGE).sort()).toEqual(names);
  const linked = [...(PAGES.get(INDEX_PAGE) ?? "").matchAll(/\]\((\w+)\.md\)/g)].map(([, page]) => page);
  expect(linked.sort()).toEqual(names);
});

test("every property of props and options is required or has a default on its page", () => {
  const properties = [...EXPORTED].flatMap(([page, declaration]) =>
    declaration !== undefined && ts.isInterfaceDeclaration(declaration) && /(Props|Options|Settings)$/.test(page)
      ? checker
          .getTypeAtLocation(declaration)
          .getProperties()
          .map(({ name, flags }) => ({ page, name, isOptional: (flags & ts.SymbolFlags.Optional) !== 0 }))
      : [],
  );
  expect(properties.length).toBeGreaterThan(80);
  for (const { page, name, isOptional } of properties) {
    const text = section(page, name);
    const isRequired = /^Type: .*, required$/m.test(text);
    const hasDefault = /^Type: .*, optional$[^]*^\*\*Default:\*\* [^\s`]|^\*\*Default:\*\* `[^`]/m.test(text);
    expect([page, name, isRequired, hasDefault]).toEqual([page, name, !isOptional, isOptional]);
  }
});

test.each([
  ["RepositorySettings", "keepLastImages", String(DEFAULT_SETTINGS.keepLastImages)],
  ["RepositorySettings", "tagMutability", `TagMutability.${DEFAULT_SETTINGS.tagMutability}`],
  ["RepositorySettings", "encryptionType", `EncryptionType.${DEFAULT_SETTINGS.encryptionType}`],
  ["CacheWarmerProps", "schedule", JSON.stringify(DEFAULTS.schedule)],
  ["CacheWarmerProps", "timeoutInMinutes", String(DEFAULTS.timeoutInMinutes)],
  ["CacheWarmerProps", "logRetentionInDays", String(DEFAULTS.logRetentionInDays)],
  ["PullThroughCacheFleetProps", "providerVersion", JSON.stringify(PROVIDER_VERSIONS)],
  ["StackParameterOverrideProps", "updateTimeoutInMinutes", String(UPDATE_MINUTES)],
])("the default of %s.%s is that of the code", (page, name, value) => {
  expect(section(page, name)).toContain(`**Default:** \`${value}\``);
});

test.each([
  ["PullThroughCacheProps", "upstreams", [MAX_RULES]],
  ["PullThroughCache", "new PullThroughCache()", [MAX_RULES, MAX_INLINE_POLICIES]],
  ["PullThroughCacheFleet", "addPullPolicy()", [MAX_MANAGED_POLICY]],
  ["PullThroughCacheFleetProps", "upstreams", [MAX_RULES]],
  ["RepositorySettings", "lifecyclePolicy", [MAX_LIFECYCLE_POLICY]],
  ["RepositorySettings", "repositoryPolicy", [MAX_REPOSITORY_POLICY]],
  ["RepositorySettings", "tags", [MAX_TAGS]],
  ["ManagedCredentialOptions", "secretName", [SECRET_NAME.maxLength]],
  ["HcpTerraformStateOptions", "workspacePrefix", [WORKSPACE.maxLength]],
  ["RegistryEndpoints", "new RegistryEndpoints()", [MAX_ENDPOINT_POLICY]],
  ["RegistryEndpointsProps", "ecrEndpointPolicy", [MAX_ENDPOINT_POLICY]],
  ["RegistryEndpointsProps", "s3EndpointPolicy", [MAX_ENDPOINT_POLICY]],
  ["CacheWarmer", "new CacheWarmer()", [MAX_CHARACTERS]],
  ["CacheWarmerProps", "images", [MAX_IMAGES]],
  ["CacheWarmerProps", "schedule", [SCHEDULE.maxLength]],
  ["CacheWarmerProps", "runOnChange", [PROJECT_NAME_WITH_RUN_ON_CHANGE.maxLength]],
  ["CacheWarmerProps", "projectName", [PROJECT_NAME.maxLength]],
  ["CacheWarmerProps", "timeoutInMinutes", [TIMEOUT_MINUTES.min, TIMEOUT_MINUTES.max]],
  ["CacheWarmerProps", "logRetentionInDays", RETENTION_DAYS],
  ["CacheWarmerProps", "subnetIds", [NETWORK.subnetIds.max]],
  ["CacheWarmerProps", "securityGroupIds", [NETWORK.securityGroupIds.max]],
  ["StackParameterOverrideProps", "parameters", [MAX_VALUE_BYTES]],
  ["StackParameterOverrideProps", "templateUrl", [MAX_TEMPLATE_BYTES]],
])("the limits of %s, %s are those of the code", (page, heading, limits) => {
  const numbers = section(page, heading).match(/\b\d+(,\d{3})*\b/g) ?? [];
  expect(numbers.map((number) => Number(number.replace(",", "")))).toEqual(expect.arrayContaining(limits));
});

test("a constructor, method or getter has its errors on its page if its code can throw, and none otherwise", () => {
  const members = publicMembers();
  expect(members.length).toBeGreaterThan(40);
  const documented = members.filter(([page, heading]) => section(page, heading).includes("**Throws**"));
  const throwing = members.filter(([, , member]) => canThrow(member));
  const named = (found: typeof members): string[] => found.map(([page, heading]) => `${page}: ${heading}`);
  expect(named(documented)).toEqual(named(throwing));
});

test("every export, member and parameter in a table has a description", () => {
  for (const [page, text] of PAGES) {
    expect([page, text.match(/^.*\| +\|.*$/m)?.[0]]).toEqual([page, undefined]);
  }
});

test("every link between the pages leads to a heading, and every other link is an address", () => {
  for (const [page, text] of PAGES) {
    for (const line of text.match(/^See .*$/gm) ?? []) {
      expect(line).toMatch(/^See <https:[^\s<>]+>( and <https:[^\s<>]+>)*\.$/);
    }
    for (const [, file, anchor] of text.matchAll(/\]\((?!https?:)(?:(\w+)\.md)?(?:#([\w-]+))?\)/g)) {
      const target = file ?? page;
      expect([page, target, PAGES.has(target)]).toEqual([page, target, true]);
      expect([page, target, ...(anchor === undefined ? [] : [anchor])]).toEqual([
        page,
        target,
        ...anchors(target)
          .filter((other) => other === anchor)
          .slice(0, 1),
      ]);
    }
  }
});
