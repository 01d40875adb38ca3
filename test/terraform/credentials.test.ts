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
    const log = { TF_LOG: "INFO", TF_LOG_PATH: "terraform.log" };
    workspace = new Workspace(folder, { ...env, ...log, ...aws.environment() });
    await workspace.init();
  });
  afterAll(() => aws.stop());

  test("reaches Secrets Manager, and is in no JSON, plan, state, log or output of Terraform", async () => {
    const outputs = [JSON.stringify(await workspace.plan())];
    outputs.push(await workspace.run(["show", "-no-color", "tfplan"]));
    outputs.push(await workspace.apply());
    outputs.push(await workspace.run(["show", "-json"]));

    const written = aws.requests.filter((request) => request.operation === "PutSecretValue");
    expect(written).toHaveLength(1);
    expect(JSON.parse(String(written[0]?.input["SecretString"]))).toEqual({
      username: "bot",
      accessToken: MARKER,
    });
    const files = workspace.files();
    expect(files.filter((file) => /tfstate|tfplan|tf\.json$|\.log$/.test(file)).length).toBeGreaterThanOrEqual(5);
    for (const text of [...outputs, ...files.map((file) => fs.readFileSync(file, "latin1"))]) {
      expect(text).not.toContain(MARKER);
    }
  });

  test("exists before the rule that needs it, in one apply", () => {
    const order = aws.operations.filter((operation) => /^(Create|Put)/.test(operation));
    expect(order.indexOf("PutSecretValue")).toBeLessThan(order.indexOf("CreatePullThroughCacheRule"));
    expect(order.indexOf("CreateRepositoryCreationTemplate")).toBeLessThan(order.indexOf("CreatePullThroughCacheRule"));
  });

  test("is written again only when its version is raised, and nothing else is written", async () => {
    expect(await workspace.changes()).toEqual({});
    const raised = workspace
      .read("cdk.tf.json")
      .replace('"secret_string_wo_version": 1', '"secret_string_wo_version": 2');
    workspace.write("cdk.tf.json", raised);
    expect(Object.keys(await workspace.changes())).toEqual([
      expect.stringMatching(/^aws_secretsmanager_secret_version\./),
    ]);
    const before = aws.requests.length;
    await workspace.apply({ TF_VAR_docker_hub_access_token: "r0t4t3d-t0k3n" });
    const writes = aws.requests.slice(before).filter(({ operation }) => !/^(Get|Describe|List)/.test(operation));
    expect(writes.map(({ operation, errorCode }) => [operation, errorCode])).toEqual([["PutSecretValue", undefined]]);
    expect(writes[0]?.input["SecretString"]).toContain("r0t4t3d-t0k3n");
    expect(await workspace.isUpToDate()).toBe(true);
  });

  test("fails the plan when its variable is empty", async () => {
    const { status, output } = await workspace.try(["plan", "-input=false", "-no-color"], {
      TF_VAR_docker_hub_access_token: " ",
    });
    expect(status).toBe(1);
    expect(output).toContain("The variable docker_hub_access_token must not be empty.");
  });

  test("goes with everything else when it is destroyed, and its name is free again", async () => {
    await workspace.destroy();
    const deleted = aws.requests.find((request) => request.operation === "DeleteSecret");
    expect(deleted?.input).toMatchObject({ ForceDeleteWithoutRecovery: true });
    expect(aws.contents()).toEqual([]);
  });
});
