import * as path from "node:path";
import { execute } from "./commands";
import { PROJECT_ROOT } from "./example-program";

/** What GitHub's parser says of workflows, by the names of their files. */
export async function lintWorkflows(
  files: readonly string[],
): Promise<{ readonly [workflow: string]: readonly string[] }> {
  const program = path.join(PROJECT_ROOT, "test", "support", "lint-workflows.ts");
  const { status, output } = await execute("node", ["--import", require.resolve("tsx"), program, ...files], {
    cwd: PROJECT_ROOT,
  });
  expect(`${String(status)} ${status === 0 ? "" : output}`).toBe("0 ");
  return JSON.parse(output) as { readonly [workflow: string]: readonly string[] };
}

/** What a shell has against commands, without running them. */
export async function syntaxErrors(shell: string, commands: string): Promise<string> {
  // What GitHub puts in before the shell reads it is no syntax of the shell's.
  const { output } = await execute(shell, ["-n", "-c", commands.replace(/\$\{\{.*?\}\}/g, "value")], {
    cwd: PROJECT_ROOT,
  });
  return output;
}
