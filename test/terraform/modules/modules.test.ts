import * as fs from "node:fs";
import * as path from "node:path";
import { MODULES_FOLDER, conditionsOf, parsedModule } from "../../../modules/generator/parsed-module";
import { execute } from "../../support/commands";
import { PROJECT_ROOT } from "../../support/example-program";
import { MODULE_NAMES, copyModules } from "../../support/module-folders";
import { brokenRules, ruleOf, testRuns, withoutFailures } from "../../support/module-runs";
import { Workspace, describeWithTerraform } from "../../support/terraform";

/** A module, with those that it may call beside it. */
async function inModule(name: string): Promise<Workspace> {
  const workspace = new Workspace(path.join(MODULES_FOLDER, name));
  copyModules(path.join(workspace.folder, ".."));
  await workspace.init();
  return workspace;
}

/**
 * What no run can break by itself: no text so long fits into one, a plan reads a stack once, a mocked record has no former
 * value, and a pending update tells the last one too.
 */
const PROVEN_ELSEWHERE = new RegExp(
  [
    "^The template of the stack … is larger than",
    "^The stack … is …, but Terraform's state has the former values of …",
    "^Somebody has changed the stack … since this plan was made",
    "^These parameters of the stack … were empty",
    "^Somebody has changed these parameters",
  ].join("|"),
);

/** What Terraform says of a check that only an apply tells. */
const UNKNOWN_YET =
  "The condition could not be evaluated at this time, a result will be known when this plan is applied.";

describeWithTerraform("the plain modules", () => {
  test("are written as terraform fmt writes, tests and all", async () => {
    const workspace = new Workspace({});
    const folders = [MODULES_FOLDER, path.join(PROJECT_ROOT, "examples")];
    expect(await workspace.try(["fmt", "-check", "-diff", "-recursive", ...folders])).toEqual({
      status: 0,
      output: "",
    });
  });

  test.each(MODULE_NAMES)("%s is valid without a warning, and passes its tests", async (name) => {
    const workspace = await inModule(name);
    expect(await workspace.validate()).toEqual([]);
    const tests = path.join(workspace.folder, "tests");
    for (const file of fs.readdirSync(tests).filter((entry) => entry.endsWith(".tftest.hcl"))) {
      fs.writeFileSync(path.join(tests, file), withoutFailures(fs.readFileSync(path.join(tests, file), "utf8")));
    }
    const { status, output } = await workspace.try(["test", "-no-color"]);
    const summary = /^(?:Success|Failure)!.*$/m.exec(output)?.[0] ?? output;
    const failed = output.split("\n").filter((line) => /\.\.\. (fail|skip)$/.test(line));
    expect({ status, summary, failed }).toEqual({
      status: 0,
      summary: `Success! ${testRuns(name).filter(({ expectedFailures }) => expectedFailures.length === 0).length} passed, 0 failed.`,
      failed: [],
    });
  });

  // One plan of all these runs takes a quarter of the time of `terraform test`, which evaluates one run after the other.
  test.each(MODULE_NAMES)("%s has runs that break each of its rules where they expect it", async (name) => {
    const broken = await brokenRules(name);
    expect(broken.filter(({ rules, run }) => rules.length !== 1 || run.applies)).toEqual([]);
    expect(broken.map(({ run, blocks }) => [run.name, ...[...blocks].sort()])).toEqual(
      broken.map(({ run }) => [run.name, ...[...run.expectedFailures].sort()]),
    );
    // Several resources may hold to one rule.
    const rules = [...new Set(conditionsOf(await parsedModule(name)).map(ruleOf))];
    const proven = [...new Set(broken.flatMap((run) => run.rules))];
    expect(rules.filter((rule) => !proven.includes(rule) && !PROVEN_ELSEWHERE.test(rule))).toEqual([]);
    expect(proven.filter((rule) => !rules.includes(rule) && rule !== UNKNOWN_YET)).toEqual([]);
  });

  test("fail a test when the rule that it proves is gone", async () => {
    const workspace = await inModule("pull-through-cache");
    const variables = workspace.read("variables.tf");
    const from = variables.indexOf("  validation {", variables.indexOf('variable "acknowledged_warnings"'));
    workspace.write("variables.tf", variables.slice(0, from) + variables.slice(variables.indexOf("\n  }\n", from) + 5));
    const { status, output } = await workspace.try(["test", "-no-color", "-filter=tests/warnings.tftest.hcl"]);
    expect(status).toBe(1);
    expect(output).toContain('run "fails_with_an_acknowledgement_of_no_warning"... fail');
    expect(output).toMatch(/^Failure! \d+ passed, 1 failed\.$/m);
  });

  test("are found by every form of source that their READMEs name", async () => {
    const workspace = new Workspace({});
    const clone = path.join(workspace.folder, "..", "clone");
    copyModules(path.join(clone, "modules"));
    copyModules(path.join(workspace.folder, "node_modules", "cdktf-ecr-pull-through-cache", "modules"));
    const identity = ["-c", "user.name=test", "-c", "user.email=test@example.com", "-c", "commit.gpgsign=false"];
    for (const args of [
      ["init", "--quiet"],
      ["add", "."],
      [...identity, "commit", "--quiet", "-m", "all"],
      ["tag", "v1"],
    ]) {
      expect(await execute("git", args, { cwd: clone })).toEqual({ status: 0, output: "" });
    }
    const sources = MODULE_NAMES.flatMap((name) => [
      `../clone/modules/${name}`,
      `./node_modules/cdktf-ecr-pull-through-cache/modules/${name}`,
      `${path.resolve(clone)}//modules/${name}`,
      `git::file://${path.resolve(clone)}//modules/${name}?ref=v1`,
    ]);
    const calls = sources.map((source, index) => [`call_${index}`, { source }] as const);
    workspace.write("main.tf.json", JSON.stringify({ module: Object.fromEntries(calls) }));
    await workspace.init();
  });
});
