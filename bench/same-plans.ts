import { deepStrictEqual } from "node:assert";
import { join } from "node:path";
import { cost } from "./processes";

interface PlannedResources {
  readonly resource_changes?: readonly {
    readonly type: string;
    readonly mode: string;
    readonly change: { readonly after: unknown; readonly after_unknown: unknown };
  }[];
}

/** Throws, with the difference, unless all folders plan the same resources, whatever their addresses are. */
export async function assertSamePlans(
  folders: readonly string[],
  env: NodeJS.ProcessEnv,
  options: readonly string[] = [],
): Promise<void> {
  const plans: string[][] = [];
  for (const cwd of folders) {
    const file = join(cwd, "tfplan");
    await cost(["terraform", "plan", "-input=false", ...options, `-out=${file}`], { cwd, env });
    const { stdout } = await cost(["terraform", "show", "-json", file], { cwd, env });
    const { resource_changes: changes = [] } = JSON.parse(stdout) as PlannedResources;
    plans.push(
      changes
        .filter(({ mode }) => mode === "managed")
        .map(({ type, change }) => JSON.stringify([type, change.after, change.after_unknown]))
        .sort(),
    );
  }
  const [first, ...others] = plans;
  for (const other of others) {
    deepStrictEqual(other, first, "The configurations plan different things");
  }
}
