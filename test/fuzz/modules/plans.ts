import * as fs from "node:fs";
import * as path from "node:path";
import { copyModules } from "../../support/module-folders";
import { overridesIn } from "../../support/module-runs";
import type { Diagnostic, ResourceChange } from "../../support/terraform";
import { Workspace } from "../../support/terraform";
import type { FuzzedCall } from "./calls";

/** What Terraform says of a call of a module. */
export interface Outcome {
  readonly call: FuzzedCall;
  /** The errors and warnings of the plan. */
  readonly diagnostics: readonly PlanDiagnostic[];
  /** The planned changes; undefined if the plan fails, or if a check waits for the apply. */
  readonly plan?: readonly PlannedChange[];
}

export interface PlanDiagnostic extends Diagnostic {
  readonly range?: { readonly filename: string; readonly start: { readonly line: number } };
}

export interface PlannedChange extends ResourceChange {
  readonly index?: string | number;
  readonly change: ResourceChange["change"] & { readonly after_sensitive?: unknown };
}

/** One line of `terraform test -json`. */
interface Line {
  readonly "@testfile"?: string;
  readonly diagnostic?: PlanDiagnostic;
  readonly test_plan?: { readonly resource_changes?: readonly PlannedChange[] };
}

/**
 * Plans calls with the mocks of their tests. Terraform runs once for all, and each call has a test file of its own: an
 * error stops no other call, and says of which call it is.
 */
export async function planFuzzed(calls: readonly FuzzedCall[]): Promise<Outcome[]> {
  const workspace = new Workspace({});
  copyModules(path.join(workspace.folder, "modules"));
  fs.mkdirSync(path.join(workspace.folder, "tests"));
  for (const [index, { module, run, hcl }] of calls.entries()) {
    fs.mkdirSync(path.join(workspace.folder, `call_${index}`));
    workspace.write(`call_${index}/main.tf`, hcl);
    const blocks = [run.mocks, ...overridesIn(run, "module.subject")].map((block) =>
      block.replaceAll('"./tests/', `"./modules/${module}/tests/`).replaceAll('"../', '"./modules/'),
    );
    const plan = `run "plan" {\n  command = plan\n\n  module {\n    source = "./call_${index}"\n  }\n}\n`;
    workspace.write(testFile(index), [...blocks, plan].join("\n"));
  }
  await workspace.init();
  const { output } = await workspace.try(["test", "-json", "-verbose"]);
  const lines = output.split("\n").filter((line) => line.startsWith("{"));
  const byFile = new Map<string, Line[]>();
  for (const line of lines.map((text) => JSON.parse(text) as Line)) {
    const file = line["@testfile"] ?? "";
    byFile.set(file, [...(byFile.get(file) ?? []), line]);
  }
  return calls.map((call, index) => {
    const told = byFile.get(testFile(index));
    if (told === undefined) {
      throw new Error(`terraform test says nothing of call ${index}:\n${output.slice(-2_000)}`);
    }
    return {
      call,
      diagnostics: told.flatMap(({ diagnostic }) => diagnostic ?? []),
      plan: told.find(({ test_plan: plan }) => plan !== undefined)?.test_plan?.resource_changes,
    };
  });
}

function testFile(index: number): string {
  return `tests/call_${index}.tftest.hcl`;
}
