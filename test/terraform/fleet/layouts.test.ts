import * as fs from "node:fs";
import * as path from "node:path";
import type { Edit } from "../../support/example-program";
import { synthesizeExample } from "../../support/examples";
import type { TerraformJson } from "../../support/synthesis";
import { Workspace, describeWithTerraform } from "../../support/terraform";
import type { Plan } from "../../support/terraform";
import { useLocalAws } from "../../support/use-local-aws";
import { without } from "../../support/without";

const REGION = "us-east-1";
const variables = { TF_VAR_docker_hub_username: "bot", TF_VAR_docker_hub_access_token: "not-a-token" };

/** Takes the layout with @cdktf/provider-aws 20, whose resources leave the argument `region` out of the JSON. */
const TAKES_REGION: Edit = [
  "const app = new App();",
  `import { EcrPullThroughCacheRule } from "@cdktf/provider-aws/lib/ecr-pull-through-cache-rule";
Object.defineProperty(EcrPullThroughCacheRule.prototype, "region", { value: undefined });
const app = new App();`,
];

interface Import {
  readonly to: string;
  readonly id: string;
}

interface StackJson extends TerraformJson {
  readonly import?: readonly Import[];
  readonly removed?: readonly { readonly from: string }[];
}

/**
 * A stack of an output folder with the resources of one region, for hashicorp/aws 5 with a provider in that region: this
 * provider has neither the argument `region` nor IDs to import with a region.
 */
function inRegion(outdir: string, stack: string, secretArn = ""): StackJson {
  const json = JSON.parse(fs.readFileSync(path.join(outdir, "stacks", stack, "cdk.tf.json"), "utf8")) as StackJson;
  const isOwn = (address: string): boolean => !address.includes(".eu-west-1_");
  const resource =
    json.resource &&
    Object.fromEntries(
      Object.entries(json.resource).map(([type, named]) => [
        type,
        Object.fromEntries(Object.entries(named).filter(([name]) => isOwn(`.${name}`))),
      ]),
    );
  const imported = json.import
    ?.filter(({ to }) => isOwn(to))
    .map(({ to, id }) => ({ to, id: id.replace(`@${REGION}`, "").replace(/^arn:.*/, secretArn) }));
  const removed = json.removed?.filter(({ from }) => isOwn(from));
  return {
    ...json,
    terraform: { required_providers: { aws: { source: "aws", version: "5.100.0" } } },
    ...(resource && { resource }),
    ...(imported && { import: imported }),
    ...(removed && { removed }),
  };
}

/** How many resources a plan imports, and how many it changes in which way. */
function summary({ resource_changes: changes = [] }: Plan): { readonly [action: string]: number } {
  const actions = changes
    .filter(({ mode }) => mode === "managed")
    .flatMap(({ change }) => [...(change.importing === undefined ? [] : ["import"]), change.actions.join()])
    .filter((action) => action !== "no-op");
  return Object.fromEntries(
    [...new Set(actions)].sort().map((action) => [action, actions.filter((one) => one === action).length]),
  );
}

describeWithTerraform("a fleet that moves from one layout to the other and back", () => {
  const aws = useLocalAws();
  const deleted = (): string[] =>
    aws.requests.map(({ operation }) => operation).filter((operation) => operation.startsWith("Delete"));

  test("keeps its rules, templates and secrets, and replaces its roles", async () => {
    const [toOne, toEach] = await Promise.all([
      synthesizeExample("pipeline/to-one-stack.ts", { edits: [TAKES_REGION] }),
      synthesizeExample("pipeline/to-stack-per-region.ts"),
    ]);
    const env = { ...variables, ...aws.environment() };
    const ofRegion = `registries-${REGION}`;
    const each = new Workspace(without(inRegion(toEach, ofRegion), "import"), env);
    await each.init();
    await each.apply();
    const secretArn = /"(arn:aws:secretsmanager:[^"]+)"/.exec(await each.run(["state", "pull"]))?.[1] ?? "";

    const one = new Workspace(inRegion(toOne, "registries-regions", secretArn), env);
    await one.init();
    each.write("main.tf.json", JSON.stringify(inRegion(toOne, ofRegion)));
    await move(one, each);

    each.write("main.tf.json", JSON.stringify(inRegion(toEach, ofRegion, secretArn)));
    one.write("main.tf.json", JSON.stringify(inRegion(toEach, "registries-regions")));
    await move(each, one);

    each.write("main.tf.json", JSON.stringify(without(inRegion(toEach, ofRegion), "import")));
    expect(await each.isUpToDate()).toBe(true);
    await each.destroy();
    expect(aws.contents()).toEqual([]);
  });

  /** Applies the new stack, which imports, and then the former one, which forgets. */
  async function move(to: Workspace, from: Workspace): Promise<void> {
    const before = deleted().length;
    expect(summary(await to.plan())).toEqual({ create: 5, import: 5, update: 2 });
    await to.run(["apply", "tfplan"]);
    expect(summary(await from.plan())).toEqual({ delete: 4, forget: 6 });
    await from.run(["apply", "tfplan"]);
    expect(await from.run(["state", "list"])).toBe("");
    expect(await to.isUpToDate()).toBe(true);
    expect(deleted().slice(before)).toEqual(["DeleteRolePolicy", "DeleteRole"]);
  }
});
