// Runs the app of cdktf.json without Terraform and sums up what it wrote.
import { spawnSync } from "node:child_process";
import * as fs from "node:fs";
import * as path from "node:path";

interface Manifest {
  readonly stacks: {
    readonly [name: string]: { readonly synthesizedStackPath: string };
  };
}

interface Stack {
  readonly resource?: { readonly [type: string]: object };
  readonly data?: { readonly [type: string]: object };
  readonly output?: { readonly [name: string]: { readonly value: unknown } };
}

const OUTDIR = process.env["CDKTF_OUTDIR"] ?? "cdktf.out";

function read<T>(file: string): T {
  return JSON.parse(fs.readFileSync(file, "utf8")) as T;
}

function count(blocks: { readonly [type: string]: object } | undefined): number {
  return Object.values(blocks ?? {}).reduce((sum, named) => sum + Object.keys(named).length, 0);
}

/** A value for people: what only Terraform knows is named for what it is. */
function readable(value: unknown): string {
  return String(value)
    .replace(/\$\{data\.aws_caller_identity\.[^}]*}/g, "<account>")
    .replace(/\$\{data\.aws_region\.[^}]*}/g, "<region>");
}

const { app } = read<{ readonly app: string }>("cdktf.json");
const { status } = spawnSync(app, { shell: true, stdio: "inherit" });
if (status !== 0) {
  process.exit(status ?? 1);
}

const { stacks } = read<Manifest>(path.join(OUTDIR, "manifest.json"));
const lines: string[] = [];
const images: string[] = [];
for (const [name, { synthesizedStackPath }] of Object.entries(stacks)) {
  const file = path.join(OUTDIR, synthesizedStackPath);
  const stack = read<Stack>(file);
  lines.push(`  ${file}: ${count(stack.resource)} resources, ${count(stack.data)} data sources`);
  images.push(
    ...Object.entries(stack.output ?? {}).map(([output, { value }]) => `  ${name}, ${output}: ${readable(value)}`),
  );
}
console.log(`Wrote Terraform JSON for ${Object.keys(stacks).length} stacks:\n${lines.join("\n")}`);
console.log(`\nPull from:\n${images.join("\n")}`);
console.log("\nDeploy with: npx cdktf deploy '*', or terraform init and apply in each stack's folder.");
