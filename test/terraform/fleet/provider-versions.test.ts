import * as fs from "node:fs";
import * as path from "node:path";
import { PullThroughCache, PullThroughCacheFleet, Upstream } from "cdktf-ecr-pull-through-cache";
import { VERSION_CONSTRAINT } from "../../../src/aws/provider-versions";
import { matches } from "../../../src/validation/rule";
import { stackIn, synthesized, testApp } from "../../support/synthesis";
import { temporaryFolder } from "../../support/temporary-folder";
import { STARTS_PROVIDERS, Workspace, describeWithTerraform } from "../../support/terraform";

const CONSTRAINT = ">= 5.100.0, < 7.0.0";
const INIT = ["init", "-input=false", "-no-color"];
const env = {
  ...STARTS_PROVIDERS,
  TF_CLI_ARGS_init: `-plugin-dir=${mirrorWith(["5.100.0", "5.101.0", "6.25.0", "7.0.0"])}`,
};

/** A mirror with these versions of the provider. Terraform installs them without starting them, so any file does. */
function mirrorWith(versions: readonly string[]): string {
  const mirror = temporaryFolder();
  const architecture = { x64: "amd64", arm64: "arm64" }[process.arch as "x64" | "arm64"];
  for (const version of versions) {
    const folder = path.join(
      mirror,
      "registry.terraform.io/hashicorp/aws",
      version,
      `${process.platform}_${architecture}`,
    );
    fs.mkdirSync(folder, { recursive: true });
    fs.writeFileSync(path.join(folder, `terraform-provider-aws_v${version}`), version, { mode: 0o755 });
  }
  return mirror;
}

function fleetStack(providerVersion?: string): object {
  const props = { regions: ["us-east-1"], upstreams: [Upstream.ecrPublic()], providerVersion };
  return synthesized(new PullThroughCacheFleet(testApp(), "fleet", props).stackIn("us-east-1"));
}

function ownStack(constraint?: string): object {
  const stack = stackIn("us-east-1");
  new PullThroughCache(stack, "cache", { upstreams: [Upstream.ecrPublic()] });
  if (constraint !== undefined) {
    stack.addOverride("terraform.required_providers.aws.version", constraint);
  }
  return synthesized(stack);
}

describeWithTerraform("a pipeline whose lock file has another version of the provider than the bindings", () => {
  /** The lock file of a configuration of somebody else's, which requires one version. */
  async function lockFile(version: string): Promise<string> {
    const required_providers = { aws: { source: "hashicorp/aws", version } };
    const workspace = new Workspace({ terraform: { required_providers } }, env);
    await workspace.init();
    return workspace.read(".terraform.lock.hcl");
  }

  /** Initializes a configuration with a lock file that must stay as it is. */
  async function initialize(json: object, lock: string) {
    const workspace = new Workspace(json, env);
    workspace.write(".terraform.lock.hcl", lock);
    const outcome = await workspace.try([...INIT, "-lockfile=readonly"]);
    expect(workspace.read(".terraform.lock.hcl")).toBe(lock);
    return { status: outcome.status, output: outcome.output.replace(/[│╷╵\s]+/g, " ") };
  }

  test.each([
    ["5.101.0", "of a fleet", fleetStack()],
    ["6.25.0", "of a fleet", fleetStack()],
    ["5.101.0", "of a stack with the constraint as an override", ownStack(CONSTRAINT)],
  ])("initializes with version %s the JSON %s", async (version, _, json) => {
    const { status, output } = await initialize(json, await lockFile(version));
    expect([status, output]).toEqual([0, expect.stringContaining(`Installed hashicorp/aws v${version}`)]);
  });

  test.each([
    ["7.0.0", "of a fleet, which does not allow it", fleetStack(), CONSTRAINT],
    ["5.101.0", "of a fleet that requires another one", fleetStack("5.100.0"), "5.100.0"],
    ["5.101.0", "of a stack that has no override", ownStack(), "5.100.0"],
  ])("does not initialize with version %s the JSON %s", async (version, _, json, constraint) => {
    const { status, output } = await initialize(json, await lockFile(version));
    expect([status, output]).toEqual([
      1,
      expect.stringContaining(
        `locked provider registry.terraform.io/hashicorp/aws ${version} does not match configured version constraint ${constraint};`,
      ),
    ]);
  });

  test("installs the newest version that a fleet allows where there is no lock file", async () => {
    const workspace = new Workspace(fleetStack(), env);
    expect(await workspace.run(INIT)).toContain("Installed hashicorp/aws v6.25.0");
  });
});

describeWithTerraform("the version constraint", () => {
  test.each([
    "5.100.0",
    "=5.100.0",
    "~> 5.100",
    ">=5.100.0,<7.0.0",
    " >= 5.100 , != 6.0.0 ",
    "~> 6.0.0-beta.1",
    ">= 6.0.0-beta-1+build.1",
    "",
    "latest",
    "5.x",
    "^5.100.0",
    "=> 5.100",
    ">=\t5.100",
    ">= 5.100,",
    ">= 5.100 < 7",
    "v5.100.0",
    "5.100.0.1",
    "5.100.0beta1",
    "5.100.0+",
  ])("%j is refused by a fleet exactly if Terraform refuses it", async (version) => {
    const workspace = new Workspace(
      { terraform: { required_providers: { aws: { source: "hashicorp/aws", version } } } },
      env,
    );
    const { output } = await workspace.try(INIT);
    expect(output.includes("Invalid version constraint")).toBe(!matches(version, VERSION_CONSTRAINT));
  });
});
