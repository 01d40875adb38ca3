import { readdirSync } from "node:fs";
import { join } from "node:path";

/** The files that Terraform or CloudFormation reads, one for each stack. */
export function synthesizedFiles(outdir: string): string[] {
  return readdirSync(outdir, { recursive: true, encoding: "utf8" })
    .filter((file) => /(^|\/)cdk\.tf\.json$|\.template\.json$/.test(file))
    .map((file) => join(outdir, file))
    .sort();
}
