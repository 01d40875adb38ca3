import * as path from "node:path";
import { createElastioStack } from "../../local-aws/cloudformation/vendor-stacks";
import { describeWithCdktfCli } from "../../support/cdktf-cli";
import { execute } from "../../support/commands";
import type { Edit } from "../../support/example-program";
import { ROOT, stackFolders, synthesizeExample } from "../../support/examples";
import { temporaryFolder } from "../../support/temporary-folder";
import { STARTS_PROVIDERS, Workspace, changesOf, describeWithTerraform } from "../../support/terraform";
import { terraformEnvironment } from "../../support/terraform-environment";
import { useLocalAws } from "../../support/use-local-aws";
import { without } from "../../support/without";

const variables = { TF_VAR_docker_hub_username: "bot", TF_VAR_docker_hub_access_token: "not-a-token" };

/** One more upstream, which needs no credential. */
const MORE: Edit = ["  upstreams: [\n", '  upstreams: [\n    Upstream.quay({ prefix: "more" }),\n'];

describeWithTerraform("an apply that fails midway", () => {
  const aws = useLocalAws();

  test("converges when it is run again", async () => {
    const [folder = ""] = stackFolders(await synthesizeExample("docker-hub", { edits: [MORE] }));
    const workspace = new Workspace(folder, { ...variables, ...aws.environment() });
    await workspace.init();
    aws.refuseOnce({
      operation: "CreatePullThroughCacheRule",
      code: "UnableToAccessSecretException",
      when: ({ ecrRepositoryPrefix }) => ecrRepositoryPrefix === "docker-hub",
    });
    const { status, output } = await workspace.try(["apply", "-no-color", "-auto-approve"]);
    expect([status, output]).toEqual([1, expect.stringContaining("UnableToAccessSecretException")]);
    expect(await workspace.changes()).toEqual({
      "aws_ecr_pull_through_cache_rule.cache_docker-hub-rule_78E9EDE4": "create",
    });
    await workspace.apply();
    expect(await workspace.isUpToDate()).toBe(true);
    await workspace.destroy();
    expect(aws.contents()).toEqual([]);
  });
});

describeWithTerraform("a provider that is attached to Terraform", () => {
  const aws = useLocalAws();

  test("plans what a provider plans that Terraform starts", async () => {
    const [folder = ""] = stackFolders(await synthesizeExample("docker-hub"));
    const workspace = new Workspace(folder, { ...variables, ...aws.environment() });
    await workspace.init(STARTS_PROVIDERS);
    const started = await workspace.plan(STARTS_PROVIDERS);
    const attached = await workspace.plan();
    expect(without(attached, "timestamp")).toEqual(without(started, "timestamp"));
    expect(Object.keys(changesOf(attached)).length).toBeGreaterThan(3);
  });
});

describeWithCdktfCli("the CLI of cdktf", () => {
  describeWithTerraform("one command of cdktf", () => {
    const aws = useLocalAws();

    test("makes the policy to pull, the caches of all regions, and then changes the connector's parameters", async () => {
      await createElastioStack(aws, { region: "us-east-1" });
      const output = path.join(temporaryFolder(), "cdktf.out");
      const args = [
        "--no-install",
        "cdktf",
        "deploy",
        "*",
        "--auto-approve",
        "--skip-provider-lock",
        "--output",
        output,
      ];
      const deploy = await execute("npx", args, {
        cwd: ROOT,
        env: terraformEnvironment({ CI: "1", ...aws.environment() }),
      });
      expect(`${String(deploy.status)} ${deploy.status === 0 ? "" : deploy.output}`).toBe("0 ");
      const made = aws.requests.filter(({ operation }) =>
        /^(CreatePolicy|CreatePullThroughCacheRule|UpdateStack)$/.test(operation),
      );
      expect(
        made
          .slice(1, 4)
          .map(({ region }) => region)
          .sort(),
      ).toEqual(["ap-southeast-2", "eu-west-1", "us-east-1"]);
      expect(made.map(({ operation }) => operation)).toEqual([
        "CreatePolicy",
        ...Array<string>(3).fill("CreatePullThroughCacheRule"),
        "UpdateStack",
      ]);
    });
  });
});
