import * as fs from "node:fs";
import { LocalAws } from "../local-aws/server";
import { stackFolders, synthesizeExample } from "../support/examples";
import { Workspace, describeWithTerraform } from "../support/terraform";

const MARKER = "m4rk3r-0f-th3-t0k3n";
const env = { TF_VAR_docker_hub_username: "bot", TF_VAR_docker_hub_access_token: MARKER };

describeWithTerraform("a managed credential", () => {
  let aws: LocalAws;
  let workspace: Workspace;

  beforeAll(async () => {
    aws = await LocalAws.start();
    const [folder = ""] = stackFolders(await synthesizeExample("docker-hub"));
    workspace = new Workspace(folder);
    workspace.write("provider_override.tf.json", aws.providerOverride);
    await workspace.init();
  });
  afterAll(() => aws.stop());

  test("reaches Secrets Manager, and is in no JSON, plan, state or output of Terraform", async () => {
    const outputs = [JSON.stringify(await workspace.plan(env))];
    outputs.push(await workspace.run(["show", "-no-color", "tfplan"], env));
    outputs.push(await workspace.run(["apply", "-input=false", "-no-color", "-auto-approve"], env));
    outputs.push(await workspace.run(["show", "-json"], env));

    const written = aws.requests.filter((request) => request.operation === "PutSecretValue");
    expect(written).toHaveLength(1);
    expect(JSON.parse((JSON.parse(written[0]?.body ?? "") as { SecretString: string }).SecretString)).toEqual({
      username: "bot",
      accessToken: MARKER,
    });
    const files = workspace.files();
    expect(files.filter((file) => /tfstate|tfplan|tf\.json$/.test(file)).length).toBeGreaterThanOrEqual(4);
    for (const text of [...outputs, ...files.map((file) => fs.readFileSync(file, "latin1"))]) {
      expect(text).not.toContain(MARKER);
    }
  });

  test("exists before the rule that needs it, in one apply", () => {
    const order = aws.operations.filter((operation) => /^(Create|Put)/.test(operation));
    expect(order.indexOf("PutSecretValue")).toBeLessThan(order.indexOf("CreatePullThroughCacheRule"));
    expect(order.indexOf("CreateRepositoryCreationTemplate")).toBeLessThan(order.indexOf("CreatePullThroughCacheRule"));
  });

  test("is written again only when its version is raised, and nothing else changes", async () => {
    expect(changed(await workspace.plan(env))).toEqual([]);
    const file = `${workspace.folder}/cdk.tf.json`;
    fs.writeFileSync(
      file,
      fs.readFileSync(file, "utf8").replace('"secret_string_wo_version": 1', '"secret_string_wo_version": 2'),
    );
    expect(changed(await workspace.plan(env))).toEqual(["aws_secretsmanager_secret_version"]);
  });

  test("fails the plan when its variable is empty", async () => {
    const { status, output } = await workspace.try(["plan", "-input=false", "-no-color"], {
      ...env,
      TF_VAR_docker_hub_access_token: " ",
    });
    expect(status).toBe(1);
    expect(output).toContain("The variable docker_hub_access_token must not be empty.");
  });

  test("goes with everything else when it is destroyed, and its name is free again", async () => {
    await workspace.run(["destroy", "-input=false", "-no-color", "-auto-approve"], env);
    const deleted = aws.requests.find((request) => request.operation === "DeleteSecret");
    expect(JSON.parse(deleted?.body ?? "")).toMatchObject({ ForceDeleteWithoutRecovery: true });
  });
});

function changed(plan: Awaited<ReturnType<Workspace["plan"]>>): string[] {
  return (plan.resource_changes ?? [])
    .filter((resource) => resource.change.actions.join() !== "no-op" && resource.mode === "managed")
    .map((resource) => resource.type);
}
