import * as fs from "node:fs";
import * as path from "node:path";
import { parse } from "yaml";
import { execute } from "../support/commands";
import { ROOT } from "../support/examples";
import { faultsOf } from "../support/github-schemas";
import { MODULE_NAMES } from "../support/module-folders";
import { temporaryFolder } from "../support/temporary-folder";
import { lintWorkflows, syntaxErrors } from "../support/workflows";

interface Manifest {
  readonly name: string;
  readonly version: string;
  readonly engines: { readonly node: string };
  readonly repository: { readonly url: string };
  readonly homepage: string;
  readonly bugs: { readonly url: string };
  readonly files: readonly string[];
  readonly devDependencies: { readonly [name: string]: string };
  readonly peerDependencies: { readonly [name: string]: string };
}

interface Step {
  readonly name?: string;
  readonly run?: string;
  readonly uses?: string;
  readonly with?: { readonly [input: string]: unknown };
}

interface Job {
  readonly environment?: string;
  readonly permissions?: { readonly [name: string]: string };
  readonly strategy?: { readonly matrix: { readonly node: readonly number[] } };
  readonly steps: readonly Step[];
}

interface Workflow {
  readonly permissions: { readonly [name: string]: string };
  readonly jobs: { readonly [name: string]: Job };
}

/** The workflows that run all checks. */
const WORKFLOWS = ["ci.yml", "publish.yml"];
const ALL_WORKFLOWS = [...WORKFLOWS, "advisories.yml"];
const FORMS = ["bug.yml", "feature.yml"];

const text = (...segments: string[]): string => fs.readFileSync(path.join(ROOT, ...segments), "utf8");
const form = (name: string): string => text(".github", "ISSUE_TEMPLATE", name);
const workflowFile = (name: string): string => path.join(ROOT, ".github", "workflows", name);
const workflow = (name: string): Workflow => parse(fs.readFileSync(workflowFile(name), "utf8")) as Workflow;
const stepsOf = (name: string): Step[] => Object.values(workflow(name).jobs).flatMap(({ steps }) => steps);

const manifest = JSON.parse(text("package.json")) as Manifest;
const address = manifest.repository.url.replace(/^git\+/, "").replace(/\.git$/, "");

test("every file that names the repository's address names the one of package.json", () => {
  expect(manifest.repository.url).toMatch(/^git\+https:\/\/github\.com\/[\w.-]+\/[\w.-]+\.git$/);
  expect(manifest.homepage).toBe(`${address}#readme`);
  expect(manifest.bugs.url).toBe(`${address}/issues`);
  for (const file of ["SECURITY.md", ".github/ISSUE_TEMPLATE/config.yml", ".github/ISSUE_TEMPLATE/bug.yml"]) {
    const links = text(file).match(/https:\/\/github\.com\/[^\s)]+/g) ?? [];
    expect(links.length).toBeGreaterThan(0);
    expect(links.filter((link) => !link.startsWith(`${address}/`) && !link.startsWith(`${address}#`))).toEqual([]);
  }
  expect(text("docs", "getting-started.md")).toContain(`git clone ${address}\``);
  expect(text("SECURITY.md")).toContain(`(${address}/security/advisories/new)`);
});

test("GitHub's parser accepts the workflows, and the shell reads each of their scripts", async () => {
  expect(fs.readdirSync(path.dirname(workflowFile("ci.yml"))).sort()).toEqual([...ALL_WORKFLOWS].sort());
  expect(await lintWorkflows(ALL_WORKFLOWS.map(workflowFile))).toEqual(
    Object.fromEntries(ALL_WORKFLOWS.map((name) => [name, []])),
  );
  for (const script of ALL_WORKFLOWS.flatMap(stepsOf).flatMap(({ run }) => run ?? [])) {
    expect([script, await syntaxErrors("bash", script)]).toEqual([script, ""]);
  }
});

test("CI runs on each even version of Node.js, from the oldest of package.json's engines to the one after .nvmrc", () => {
  const oldest = Number(/^>=(\d+)\./.exec(manifest.engines.node)?.[1]);
  const usual = Number(text(".nvmrc"));
  const tested = workflow("ci.yml").jobs["check"]?.strategy?.matrix.node ?? [];
  expect(tested).toEqual(Array.from({ length: (usual - oldest) / 2 + 2 }, (_, index) => oldest + 2 * index));
});

test("the workflows have the Terraform that the README and the modules ask for", () => {
  const asked = [
    ...text("README.md").matchAll(/Terraform (\d+)\.(\d+)/g),
    ...MODULE_NAMES.flatMap((name) => [
      ...text("modules", name, "versions.tf").matchAll(/required_version = ">= (\d+)\.(\d+)"/g),
    ]),
  ].map(([, major, minor]) => [Number(major), Number(minor)] as const);
  expect(asked.length).toBeGreaterThan(MODULE_NAMES.length);
  for (const name of WORKFLOWS) {
    const setup = stepsOf(name).find(({ uses = "" }) => uses.startsWith("hashicorp/setup-terraform@"));
    const [major = 0, minor = 0] = String(setup?.with?.["terraform_version"]).split(".").map(Number);
    expect(setup?.with?.["terraform_wrapper"]).toBe(false);
    expect(asked.filter(([least, then]) => least > major || (least === major && then > minor))).toEqual([]);
  }
});

test("one job can sign in to npm, after a person's approval, and it runs nothing of the repository", () => {
  for (const name of ALL_WORKFLOWS) {
    expect(workflow(name).permissions).toEqual({ contents: "read" });
  }
  const jobs = ALL_WORKFLOWS.flatMap((name) => Object.entries(workflow(name).jobs));
  expect(jobs.filter(([, { permissions }]) => permissions !== undefined).map(([name]) => name)).toEqual(["publish"]);
  const { publish } = workflow("publish.yml").jobs;
  expect([publish?.permissions, publish?.environment]).toEqual([{ "id-token": "write" }, "npm"]);
  expect(publish?.steps.flatMap(({ run }) => run ?? [])).toEqual([
    `npm publish ./${manifest.name}-*.tgz --provenance --access public`,
  ]);
  expect(JSON.stringify(publish?.steps)).not.toContain("checkout");
});

test("every action has a version, and those that publish have a commit and its version in a comment", () => {
  for (const { uses } of ["ci.yml", "advisories.yml"].flatMap(stepsOf)) {
    expect(uses ?? "none@v0").toMatch(/^[\w/-]+@v\d+$/);
  }
  const lines = fs.readFileSync(workflowFile("publish.yml"), "utf8").match(/uses: .*/g) ?? [];
  expect(lines.length).toBeGreaterThan(4);
  for (const line of lines) {
    expect(line).toMatch(/^uses: [\w-]+\/[\w-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+$/);
  }
});

describe("the check before a release", () => {
  const { run: script = "" } =
    workflow("publish.yml").jobs["package"]?.steps.find(({ name }) => name === "Check the tag and the changelog") ?? {};

  async function check(tag: string, heading: string): Promise<{ status: number | null; output: string }> {
    const folder = temporaryFolder();
    fs.writeFileSync(path.join(folder, "package.json"), JSON.stringify({ version: "1.2.3" }));
    fs.writeFileSync(path.join(folder, "CHANGELOG.md"), `# Changelog\n\n${heading}\n\n- A change.\n`);
    return execute("bash", ["-e", "-c", script], { cwd: folder, env: { ...process.env, GITHUB_REF_NAME: tag } });
  }

  test("passes with the tag of the version and a section with a date", async () => {
    expect(await check("v1.2.3", "## 1.2.3 (2026-01-31)")).toEqual({ status: 0, output: "" });
  });

  test.each([
    ["another version", "v1.2.4", "## 1.2.3 (2026-01-31)", "the tag is v1.2.4, but package.json has the version 1.2.3"],
    ["a tag without v", "1.2.3", "## 1.2.3 (2026-01-31)", "the tag is 1.2.3, but package.json has the version 1.2.3"],
    ["no date", "v1.2.3", "## 1.2.3", 'CHANGELOG.md must have the heading "## 1.2.3 (YYYY-MM-DD)"'],
    ["the section of a longer version", "v1.2.3", "## 11.2.3 (2026-01-31)", "CHANGELOG.md must have the heading"],
    ["a section that only looks alike", "v1.2.3", "## 1x2.3 (2026-01-31)", "CHANGELOG.md must have the heading"],
  ])("fails with %s", async (_, tag, heading, message) => {
    const { status, output } = await check(tag, heading);
    expect([status, output]).toEqual([1, expect.stringContaining(`::error::${message}`)]);
  });
});

test("the changelog has a section for the version of package.json, with or without a date", () => {
  const headings = text("CHANGELOG.md").match(/^## .*$/gm) ?? [];
  expect(headings[0]).toMatch(
    new RegExp(`^## ${manifest.version.replaceAll(".", "\\.")}( \\(\\d{4}-\\d\\d-\\d\\d\\))?$`),
  );
});

test("GitHub accepts the issue forms, their chooser and dependabot.yml", () => {
  for (const name of FORMS) {
    expect([name, faultsOf("issue form", parse(form(name)))]).toEqual([name, []]);
  }
  expect(faultsOf("issue chooser", parse(form("config.yml")))).toEqual([]);
  expect(faultsOf("dependabot", parse(text(".github", "dependabot.yml")))).toEqual([]);
});

test.each([
  ["an unknown key", "labels: [bug]", "label: [bug]", "must NOT have additional properties"],
  ["an unknown key of a field", "placeholder: 1.11.4", "example: 1.11.4", "must NOT have additional properties"],
  ["a field without an id", "    id: terraform-version\n", "", "must have required property 'id'"],
  ["an id that two fields have", "id: actual", "id: expected", 'must pass "uniqueFields" keyword validation'],
  ["a label that two fields have", "label: Declaration", "label: Message or plan", 'must pass "uniqueFields"'],
  ["an unknown type", "type: dropdown", "type: select", 'value of tag "type" must be in oneOf'],
  ["a space in an id", "id: actual", "id: the message", "must match pattern"],
  ["a description that is no text", /^description: .*$/m, "description: true", "must be string"],
  ["an option that GitHub reserves", "Synthesized JSON in plain Terraform", "None", "must NOT be valid"],
  ["a dropdown without options", /^ {6}options:\n(?: {8}- .*\n)+/m, "", "must have required property 'options'"],
])("the schema of issue forms refuses %s", (_, from, to, message) => {
  const changed = form("bug.yml").replace(from, to);
  expect(changed).not.toBe(form("bug.yml"));
  expect(faultsOf("issue form", parse(changed)).join("\n")).toContain(message);
});

test.each([
  ["an unknown key", "interval: weekly", "every: weekly", "must NOT have additional properties"],
  ["an unknown interval", "interval: weekly", "interval: often", "must be equal to one of the allowed values"],
  ["an unknown ecosystem", "package-ecosystem: npm", "package-ecosystem: node", "must be equal to one of"],
  ["an entry without a schedule", / {4}schedule:\n.*\n/, "", "must have required property 'schedule'"],
  ["another version", "version: 2", "version: 1", "must be equal to constant"],
])("the schema of dependabot.yml refuses %s", (_, from, to, message) => {
  const original = text(".github", "dependabot.yml");
  const changed = original.replace(from, to);
  expect(changed).not.toBe(original);
  expect(faultsOf("dependabot", parse(changed)).join("\n")).toContain(message);
});

test.each([
  ["an unknown key", "blank_issues_enabled", "blank_issues", "must NOT have additional properties"],
  ["a link without a text", /^ {4}about: .*\n/m, "", "must have required property 'about'"],
  ["a link that is not encrypted", "https://", "http://", "must match pattern"],
])("the schema of the issue chooser refuses %s", (_, from, to, message) => {
  const changed = form("config.yml").replace(from, to);
  expect(changed).not.toBe(form("config.yml"));
  expect(faultsOf("issue chooser", parse(changed)).join("\n")).toContain(message);
});

test("the bug form asks for everything that a report needs", () => {
  const { body } = parse(form("bug.yml")) as { body: { id?: string; validations?: { required: boolean } }[] };
  expect(body.flatMap(({ id, validations }) => (validations?.required ? (id ?? "") : []))).toEqual([
    "part",
    "package-version",
    "terraform-version",
    "provider-version",
    "declaration",
    "actual",
    "expected",
  ]);
});

test("dependabot leaves the peers and the pinned Node.js types alone", () => {
  const { updates } = parse(text(".github", "dependabot.yml")) as {
    updates: { ignore?: { "dependency-name": string }[]; groups: object }[];
  };
  const ignored = updates.flatMap(({ ignore = [] }) => ignore.map((entry) => entry["dependency-name"]));
  const isIgnored = (name: string): boolean => ignored.includes(name) || ignored.includes(name.replace(/\/.*/, "/*"));
  const updated = Object.keys(manifest.peerDependencies).filter((name) => name in manifest.devDependencies);
  expect(updated.filter((name) => !isIgnored(name))).toEqual([]);
  for (const name of ignored) {
    expect(Object.keys(manifest.devDependencies).filter((key) => key.startsWith(name.replace("*", "")))).not.toEqual(
      [],
    );
  }
});

test("the package takes in nothing of .github", () => {
  expect(manifest.files.filter((name) => name.startsWith("."))).toEqual([]);
});

test("every entry point has its types where TypeScript does not read `exports`, as with module commonjs", () => {
  const { exports: entries, typesVersions } = JSON.parse(text("package.json")) as {
    readonly exports: { readonly [entry: string]: string | { readonly types: string } };
    readonly typesVersions: unknown;
  };
  const types = Object.entries(entries).flatMap(([entry, target]) =>
    typeof target === "string" || entry === "." ? [] : [[entry.replace("./", ""), [target.types]]],
  );
  expect(types.length).toBeGreaterThan(0);
  expect(typesVersions).toEqual({ "*": Object.fromEntries(types) as object });
});
