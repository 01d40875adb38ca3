import * as fs from "node:fs";
import * as path from "node:path";
import { Ajv } from "ajv";
import type { FleetManifest } from "cdktf-ecr-pull-through-cache";
import { parse } from "yaml";
import { BUILDSPEC_SCHEMA } from "../support/buildspec-schema";
import { ROOT, synthesizeExample } from "../support/examples";
import { temporaryFolder } from "../support/temporary-folder";
import { lintWorkflows, syntaxErrors } from "../support/workflows";

const EXAMPLE = path.join(ROOT, "examples", "pipeline");
const GITHUB = path.join(EXAMPLE, "github");
const WORKFLOWS = ["deploy-from-program.yml", "deploy-from-repository.yml", "stage.yml"];

interface Step {
  readonly run?: string;
  readonly uses?: string;
  readonly env?: { readonly [name: string]: string };
}

interface Workflow {
  readonly concurrency?: { readonly group: string };
  readonly permissions: { readonly [name: string]: string };
  readonly jobs: { readonly [name: string]: { readonly steps?: readonly Step[]; readonly environment?: string } };
}

interface Buildspec {
  readonly env: { readonly "secrets-manager": { readonly [name: string]: string } };
  readonly batch: {
    readonly "build-graph": readonly {
      readonly identifier: string;
      readonly "depend-on"?: readonly string[];
      readonly env: { readonly variables: { readonly STACK: string } };
    }[];
  };
  readonly phases: { readonly [name: string]: { readonly commands: readonly string[] } };
}

const textOf = (workflow: string): string => fs.readFileSync(path.join(GITHUB, workflow), "utf8");
const read = (workflow: string): Workflow => parse(textOf(workflow)) as Workflow;
const buildspecText = fs.readFileSync(path.join(EXAMPLE, "buildspec.yml"), "utf8");
const isBuildspec = new Ajv({ allErrors: true }).compile(BUILDSPEC_SCHEMA);

let outdir: string;
let fleet: FleetManifest;
beforeAll(async () => {
  outdir = await synthesizeExample("pipeline");
  fleet = JSON.parse(fs.readFileSync(path.join(outdir, "fleet.json"), "utf8")) as FleetManifest;
});

/** What GitHub's parser says of workflows, some of them edited. */
async function lint(edits: { readonly [workflow: string]: readonly [from: string, to: string] } = {}) {
  const folder = temporaryFolder();
  for (const workflow of WORKFLOWS) {
    const [from, to] = edits[workflow] ?? ["", ""];
    expect(textOf(workflow)).toContain(from);
    fs.writeFileSync(path.join(folder, workflow), textOf(workflow).replace(from, to));
  }
  return lintWorkflows(WORKFLOWS.map((workflow) => path.join(folder, workflow)));
}

test("the workflows are what GitHub takes", async () => {
  expect(await lint()).toEqual(Object.fromEntries(WORKFLOWS.map((workflow) => [workflow, []])));
});

test.each([
  ["a key that there is none of", "stage.yml", "timeout-minutes", "timeout", "Unexpected value 'timeout'"],
  ["a context that there is none of", "stage.yml", "matrix.stack.region", "stack.region", "named-value: 'stack'"],
  ["a job that is not there", "deploy-from-repository.yml", "[stacks, regions]", "[stacks, all]", "unknown job 'all'"],
  ["an input that the stage does not have", "deploy-from-program.yml", "environment:", "env:", "Invalid input, env"],
] as const)("the linter refuses %s", async (_, workflow, from, to, message) => {
  const faults = await lint({ [workflow]: [from, to] });
  expect(faults[workflow]?.join("\n")).toContain(message);
});

test("every step is a script that its shell can read, and one with an open quote is not", async () => {
  const steps = WORKFLOWS.flatMap((workflow) => Object.values(read(workflow).jobs)).flatMap(({ steps = [] }) => steps);
  const scripts = steps.flatMap(({ run }) => run ?? []);
  expect(scripts.length).toBeGreaterThan(10);
  for (const script of scripts) {
    expect([script, await syntaxErrors("bash", script)]).toEqual([script, ""]);
  }
  for (const { commands } of Object.values((parse(buildspecText) as Buildspec).phases)) {
    for (const command of [...commands, commands.join("\n")]) {
      expect([command, await syntaxErrors("sh", command)]).toEqual([command, ""]);
    }
  }
  expect(await syntaxErrors("sh", 'cd "$STACK')).toMatch(/[Uu]nterminated|unexpected EOF/);
});

test("the two ways to deploy differ in where the stacks come from, and in nothing after that", () => {
  const { stacks: built, ...fromProgram } = read("deploy-from-program.yml").jobs;
  const { stacks: checkedIn, ...fromRepository } = read("deploy-from-repository.yml").jobs;
  expect(fromProgram).toEqual(fromRepository);
  expect(Object.keys(fromProgram)).toEqual(["policies", "regions", "connector"]);
  expect(JSON.stringify(built?.steps)).toMatch(/setup-node.*npm ci/);
  for (const workflow of [checkedIn, ...Object.values(read("stage.yml").jobs)]) {
    expect(JSON.stringify(workflow?.steps)).not.toMatch(/node|npm|npx|cdktf/);
  }
});

test("two runs do not race, somebody approves each apply, and every action has a version", () => {
  for (const workflow of WORKFLOWS.slice(0, 2)) {
    expect(read(workflow).concurrency).toEqual({ group: "pull-through-caches" });
  }
  expect(read("stage.yml").jobs["apply"]?.environment).toBe("${{ inputs.environment }}");
  const steps = WORKFLOWS.flatMap((workflow) => Object.values(read(workflow).jobs)).flatMap(({ steps = [] }) => steps);
  for (const uses of steps.flatMap((step) => step.uses ?? [])) {
    expect(uses).toMatch(/^[\w-]+\/[\w-]+@(v\d+|[0-9a-f]{40})$/);
  }
});

test("both pipelines set the variables that the stacks ask for, and no others", () => {
  const asked = new Set(fleet.stages.flat().flatMap(({ variables }) => variables.map((name) => `TF_VAR_${name}`)));
  expect([...asked].sort()).toEqual(["TF_VAR_docker_hub_access_token", "TF_VAR_docker_hub_username"]);
  // Where Terraform asks, and in no other step.
  for (const job of Object.values(read("stage.yml").jobs)) {
    const setting = (job.steps ?? []).filter(({ env = {} }) =>
      Object.keys(env).some((name) => name.startsWith("TF_VAR_")),
    );
    expect(setting.map(({ run }) => /^terraform (plan|apply) /.test(run ?? ""))).toEqual([true]);
    expect(setting.flatMap(({ env = {} }) => Object.keys(env)).sort()).toEqual([...asked].sort());
  }
  expect(Object.keys((parse(buildspecText) as Buildspec).env["secrets-manager"]).sort()).toEqual([...asked].sort());
});

test("buildspec.yml is as main.ts writes it: copy cdktf.out/buildspec.yml when that changes", () => {
  expect(fs.readFileSync(path.join(outdir, "buildspec.yml"), "utf8")).toBe(buildspecText);
});

test("buildspec.yml is what CodeBuild takes, and has a build for each stack that waits as the stack does", () => {
  const buildspec = parse(buildspecText) as Buildspec;
  expect([isBuildspec(buildspec), isBuildspec.errors]).toEqual([true, null]);
  const builds = buildspec.batch["build-graph"];
  const stackOf = new Map(builds.map(({ identifier, env }) => [identifier, env.variables.STACK]));
  expect(stackOf.size).toBe(builds.length);
  expect(
    builds.map((build) => ({
      name: stackOf.get(build.identifier),
      waitsFor: (build["depend-on"] ?? []).map((identifier) => stackOf.get(identifier)),
    })),
  ).toEqual(fleet.stages.flat().map(({ name, waitsFor }) => ({ name, waitsFor })));
});

test.each([
  ["a key that there is none of", "depend-on:", "depends-on:", "must NOT have additional properties"],
  ["a hyphen in an identifier", "identifier: registries_iam", "identifier: registries-iam", "must match pattern"],
  ["another version", "version: 0.2", "version: 0.3", "must be equal to constant"],
  ["a variable that is no text", "STACK: registries-iam", "STACK: 1", "must be string"],
])("the schema refuses %s", (_, from, to, message) => {
  expect(buildspecText).toContain(from);
  expect(isBuildspec(parse(buildspecText.replace(from, to)))).toBe(false);
  expect(isBuildspec.errors?.map((error) => error.message).join("\n")).toContain(message);
});
