import * as fs from "node:fs";
import * as path from "node:path";
import { ROOT } from "./examples";
import type { TerraformJson } from "./synthesis";

/** The programs with a fleet in one stack, which need @cdktf/provider-aws 21, and the names of their stacks. */
export const ONE_STACK_PROGRAMS = [
  { file: "one-stack.ts", source: path.join(ROOT, "test/project/one-stack-program.ts"), stack: "caches-regions" },
  {
    file: "to-one-stack.ts",
    source: path.join(ROOT, "examples/pipeline/to-one-stack.ts"),
    stack: "registries-regions",
  },
] as const;

const REGION = /(?<![\w-])(?:[\w-]+-)?(us-east-1|eu-west-1)_/;
// What exists once, or in no region.
const GLOBAL = /^(aws_(iam_.*|caller_identity|partition)|terraform_data)$/;

/**
 * Checks that a stack of two regions has one provider, that each of its regional resources and data sources is in the
 * region that its address names, and that each import names this region.
 */
export function expectOneStack(outdir: string, stack: string): void {
  const text = fs.readFileSync(path.join(outdir, "stacks", stack, "cdk.tf.json"), "utf8");
  const json = JSON.parse(text) as TerraformJson & { readonly import?: readonly { to: string; id: string }[] };
  expect(json.provider).toEqual({ aws: [{ allowed_account_ids: ["111122223333"], region: "us-east-1" }] });
  expect(json.terraform?.["required_providers"]).toMatchObject({ aws: { version: ">= 6.0.0, < 7.0.0" } });
  const found = new Map<string | undefined, number>();
  for (const [type, named] of [...Object.entries(json.resource ?? {}), ...Object.entries(json.data ?? {})]) {
    for (const [name, { region }] of Object.entries(named)) {
      const expected = GLOBAL.test(type) ? undefined : REGION.exec(name)?.[1];
      expect([type, name, region]).toEqual([type, name, expected]);
      found.set(expected, (found.get(expected) ?? 0) + 1);
    }
  }
  expect(found.get("us-east-1")).toBe(found.get("eu-west-1"));
  expect(found.get("us-east-1")).toBeGreaterThan(5);
  expect(json.import).not.toEqual([]);
  for (const { to, id } of json.import ?? []) {
    expect([to, id.replace(/^.*@/, "")]).toEqual([to, REGION.exec(to)?.[1]]);
  }
}
