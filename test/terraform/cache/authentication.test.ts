import { PullThroughCache, RegistryCredential, Upstream } from "cdktf-ecr-pull-through-cache";
import { stackIn, synthesized } from "../../support/synthesis";
import { Workspace, describeWithTerraform } from "../../support/terraform";
import { useLocalAws } from "../../support/use-local-aws";

const HOST = "registry.example.com";
const env = { TF_VAR_example_username: "bot", TF_VAR_example_token: "not-a-token" };
const credential = RegistryCredential.managed({
  usernameVariable: "example_username",
  accessTokenVariable: "example_token",
  version: 1,
});

/** Terraform JSON of a cache of a registry whose host does not say whether it wants a credential. */
function cacheOf(upstream: Upstream): string {
  const stack = stackIn("us-east-1");
  new PullThroughCache(stack, "Default", { upstreams: [upstream] });
  return JSON.stringify(synthesized(stack));
}

describeWithTerraform("a rule whose credential is taken away", () => {
  const aws = useLocalAws({ addedSince: [HOST] });
  let workspace: Workspace;

  beforeAll(async () => {
    workspace = new Workspace(
      JSON.parse(cacheOf(Upstream.unlisted(HOST, { prefix: "example", credential }))) as object,
      { ...env, ...aws.environment() },
    );
    await workspace.init();
    await workspace.apply();
  });

  test("in the naive form is planned to change again after every apply, and never does", async () => {
    const naive = JSON.parse(cacheOf(Upstream.unlisted(HOST, { prefix: "example", credential }))) as {
      resource: { aws_ecr_pull_through_cache_rule: { [name: string]: { credential_arn?: string } } };
    };
    delete naive.resource.aws_ecr_pull_through_cache_rule["example-rule"]?.credential_arn;
    workspace.write("main.tf.json", JSON.stringify(naive));
    expect(await workspace.changes()).toEqual({ "aws_ecr_pull_through_cache_rule.example-rule": "update" });
    await workspace.apply();
    expect(await workspace.changes()).toEqual({ "aws_ecr_pull_through_cache_rule.example-rule": "update" });
  });

  test("is replaced, and then is as declared", async () => {
    workspace.write("main.tf.json", cacheOf(Upstream.unlisted(HOST, { prefix: "example" })));
    expect(await workspace.changes()).toMatchObject({
      "aws_ecr_pull_through_cache_rule.example-rule": "delete,create",
      "terraform_data.example-authentication": "update",
    });
    await workspace.apply();
    expect(await workspace.changes()).toEqual({});
  });
});
