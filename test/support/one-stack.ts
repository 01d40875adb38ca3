import * as fs from "node:fs";
import * as path from "node:path";
import { ROOT } from "./examples";
import type { TerraformJson } from "./synthesis";

/** A program with a fleet in one stack of two regions, which needs @cdktf/provider-aws 21. */
interface OneStackProgram {
  readonly file: string;
  readonly source: string;
  readonly stack: string;
  /** How many resources the stack imports in each region. */
  readonly importsOfRegion: number;
}

export const ONE_STACK_PROGRAMS: readonly OneStackProgram[] = [
  {
    file: "one-stack.ts",
    source: path.join(ROOT, "test/project/one-stack-program.ts"),
    stack: "caches-regions",
    importsOfRegion: 3,
  },
  {
    file: "to-one-stack.ts",
    source: path.join(ROOT, "examples/pipeline/to-one-stack.ts"),
    stack: "registries-regions",
    importsOfRegion: 5,
  },
];

const REGION = /(?<![\w-])(?:[\w-]+-)?(us-east-1|eu-west-1)_/;
// What exists once, or in no region.
const GLOBAL = /^(aws_(iam_.*|caller_identity|partition)|terraform_data)$/;

/**
 * Checks that the stack of a program has one provider, that each of its regional resources and data sources is in the
 * region that its address names, and that it has its imports, each of which names this region.
 */
export function expectOneStack(outdir: string, { stack, importsOfRegion }: OneStackProgram): void {
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
  const imports = json.import ?? [];
  for (const { to, id } of imports) {
    expect([to, id.replace(/^.*@/, "")]).toEqual([to, REGION.exec(to)?.[1]]);
  }
  const regions = imports.map(({ id }) => id.replace(/^.*@/, ""));
  expect(regions.sort()).toEqual(
    ["eu-west-1", "us-east-1"].flatMap((region) => Array<string>(importsOfRegion).fill(region)),
  );
}
