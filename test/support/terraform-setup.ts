import { spawnSync } from "node:child_process";
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import makeRunFolder from "./run-folder";
import { terraformEnvironment } from "./terraform-environment";

/** The result of the search for Terraform and the provider, for all tests that run them. */
export interface TerraformSetup {
  /** Why Terraform cannot be run; undefined where it can. */
  readonly missing?: string;
  /** The executable of the AWS provider. */
  readonly provider?: string;
  /** Holds a line with the command for every Terraform run. */
  readonly log: string;
  /** Holds the provider's schema once a test has asked for it. */
  readonly schema: string;
}

const VARIABLE = "TERRAFORM_SETUP";

/** The result of the search. Jest makes it only for the tests in test/terraform. */
export function terraformSetup(): TerraformSetup {
  const found = process.env[VARIABLE];
  if (found === undefined) {
    throw new Error("tests that run Terraform must be in test/terraform");
  }
  return JSON.parse(found) as TerraformSetup;
}

/** Jest calls this once, before all tests that run Terraform. */
export default function setUp(): void {
  makeRunFolder();
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), "ecr-pull-through-cache-setup-"));
  process.on("exit", () => fs.rmSync(folder, { recursive: true, force: true }));
  const log = path.join(folder, "runs");
  fs.writeFileSync(log, "");
  const schema = path.join(folder, "schema");
  process.env[VARIABLE] = JSON.stringify({ log, schema, ...findTerraform(folder, log) });
}

function findTerraform(folder: string, log: string): Pick<TerraformSetup, "missing" | "provider"> {
  const terraform = (args: string[]) =>
    spawnSync("terraform", args, { cwd: folder, env: terraformEnvironment(), encoding: "utf8" });
  if (terraform(["version"]).status !== 0) {
    return { missing: "terraform is not on PATH" };
  }
  const aws = { source: "hashicorp/aws", version: "5.100.0" };
  fs.writeFileSync(path.join(folder, "main.tf.json"), JSON.stringify({ terraform: { required_providers: { aws } } }));
  const { status, stderr } = terraform(["init", "-input=false", "-no-color"]);
  if (status !== 0) {
    return { missing: `the AWS provider cannot be installed: ${stderr.trim()}` };
  }
  process.env["PATH"] = [countingFolder(folder, log), process.env["PATH"]].join(path.delimiter);
  return { provider: findProvider(path.join(folder, ".terraform", "providers")) };
}

function findProvider(folder: string): string {
  const provider = filesIn(folder).find((file) => path.basename(file).startsWith("terraform-provider-aws"));
  if (provider === undefined) {
    throw new Error(`no provider is installed in ${folder}`);
  }
  return provider;
}

/** All files below a folder; a plugin's folder may be a link, which `recursive` does not follow. */
function filesIn(folder: string): string[] {
  return fs.readdirSync(folder).flatMap((name) => {
    const file = path.join(folder, name);
    return fs.statSync(file).isDirectory() ? filesIn(file) : file;
  });
}

/** A folder whose `terraform` notes the command and then is Terraform. */
function countingFolder(folder: string, log: string): string {
  const real = spawnSync("/bin/sh", ["-c", "command -v terraform"], { encoding: "utf8" }).stdout.trim();
  const bin = path.join(folder, "bin");
  fs.mkdirSync(bin);
  fs.writeFileSync(
    path.join(bin, "terraform"),
    `#!/bin/sh
for word; do case $word in -*) ;; *) break ;; esac; done
echo "$word" >> '${log}'
exec '${real}' "$@"
`,
    { mode: 0o755 },
  );
  return bin;
}
