// Checks of the packed package by tools that know how packages go wrong.
import { execute } from "../../test/support/commands";
import type { Tools } from "./tools";

/** The tools, with the arguments that make them report everything. */
const ARGUMENTS = { publint: ["run", "--strict"], attw: ["--no-color"] } as const;
const SCRIPTS = { publint: "src/cli.js", attw: "dist/index.js" } as const;

/** Runs a tool on the tarball: it must report nothing. */
export async function checkTarball(tool: keyof typeof SCRIPTS, tarball: string, tools: Tools): Promise<string> {
  const missing = tools.missing(tool);
  if (missing !== undefined) {
    return `not run: ${missing}`;
  }
  const script = `${tools.folder(tool)}/${SCRIPTS[tool]}`;
  const args = [script, ...ARGUMENTS[tool], tarball];
  const { status, output } = await execute(process.execPath, args, { cwd: tools.folder(tool) });
  if (status !== 0 || !/All good!|No problems found/.test(output)) {
    throw new Error(output);
  }
  return "no problems";
}
