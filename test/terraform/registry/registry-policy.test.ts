import {
  DeleteRegistryPolicyCommand,
  ECRClient,
  GetAccountSettingCommand,
  GetRegistryPolicyCommand,
  PutAccountSettingCommand,
  PutRegistryPolicyCommand,
} from "@aws-sdk/client-ecr";
import { ExistingSettings, RegistryPolicy } from "cdktf-ecr-pull-through-cache";
import type { RegistryPolicyProps } from "cdktf-ecr-pull-through-cache";
import { clientConfig } from "../../local-aws/clients";
import { ACCOUNT } from "../../local-aws/server";
import { stackIn, synthesized } from "../../support/synthesis";
import { Workspace, changesOf, configuration, describeWithTerraform } from "../../support/terraform";
import { useLocalAws } from "../../support/use-local-aws";

const REGION = "us-east-1";
const ADDRESS = {
  policy: "aws_ecr_registry_policy.registry_policy_E9F40E0B",
  scope: "aws_ecr_account_setting.registry_scope_BF3BFDA0",
};

/** A statement that the scope V1 does not allow, with a policy variable and with quotes. */
const statement = (Sid: string): object => ({
  Sid,
  Effect: "Allow",
  Principal: "*",
  Action: "ecr:BatchGetImage",
  Resource: `arn:aws:ecr:${REGION}:${ACCOUNT}:repository/\${aws:PrincipalTag/team}/*`,
  Condition: { StringEquals: { "aws:PrincipalOrgID": "o-a1b2c3d4e5", "aws:PrincipalTag/note": 'a "\\" b' } },
});

function json(props: Partial<RegistryPolicyProps>, sid = "Teams", accountId: string | undefined = ACCOUNT): object {
  const stack = stackIn(REGION);
  const policy = new RegistryPolicy(stack, "registry", { accountId, ...props });
  policy.addPolicy(JSON.stringify({ Statement: statement(sid) }));
  policy.allowReplicationFrom({ accountIds: ["444455556666"] });
  return synthesized(stack);
}

const documentOf = (sid: string): object => ({
  Version: "2012-10-17",
  Statement: [
    statement(sid),
    {
      Sid: "ReplicationFromOtherAccounts",
      Effect: "Allow",
      Principal: { AWS: ["arn:aws:iam::444455556666:root"] },
      Action: ["ecr:CreateRepository", "ecr:ReplicateImage"],
      Resource: [`arn:aws:ecr:${REGION}:${ACCOUNT}:repository/*`],
    },
  ],
});

describeWithTerraform("the registry policy of an account", () => {
  const aws = useLocalAws();
  let workspace: Workspace;
  let ecr: ECRClient;

  beforeAll(async () => {
    ecr = new ECRClient(clientConfig(aws, { region: REGION }));
    workspace = new Workspace(configuration(), aws.environment());
    await workspace.init();
  });

  const write = (program: object): void => workspace.write("main.tf.json", JSON.stringify(program));
  const policy = async (): Promise<unknown> =>
    JSON.parse((await ecr.send(new GetRegistryPolicyCommand({}))).policyText ?? "") as unknown;
  const absent = { name: "RegistryPolicyNotFoundException" };

  test("is created where there is none, with the scope before it, and a wrong OVERWRITE fails the plan", async () => {
    await ecr.send(new PutAccountSettingCommand({ name: "REGISTRY_POLICY_SCOPE", value: "V1" }));
    write(json({ existing: ExistingSettings.OVERWRITE }));
    expect(await workspace.refusal()).toContain("Cannot import non-existent remote object");

    write(json({ existing: ExistingSettings.NONE }));
    await workspace.apply();
    expect(await policy()).toEqual(documentOf("Teams"));
    const scope = await ecr.send(new GetAccountSettingCommand({ name: "REGISTRY_POLICY_SCOPE" }));
    expect(scope.value).toBe("V2");
    expect(await workspace.isUpToDate()).toBe(true);

    write(json({ existing: ExistingSettings.NONE }, "Others"));
    expect(await workspace.changes()).toEqual({ [ADDRESS.policy]: "update" });
  });

  test("stays when Terraform forgets it, and a plan with NONE does not see it", async () => {
    write(json({ forget: true }));
    await workspace.apply();
    expect(await workspace.run(["state", "list"])).toBe("");
    expect(await policy()).toEqual(documentOf("Teams"));

    write(json({ existing: ExistingSettings.NONE }));
    const plan = await workspace.plan();
    expect(changesOf(plan)).toEqual({ [ADDRESS.policy]: "create", [ADDRESS.scope]: "create" });
  });

  test("is shown in the plan before OVERWRITE replaces it, and a destroy deletes all of it", async () => {
    const old = JSON.stringify(documentOf("Old"));
    await ecr.send(new PutRegistryPolicyCommand({ policyText: old }));
    // With an account that only Terraform looks up.
    write(json({ existing: ExistingSettings.OVERWRITE, accountId: undefined }));
    const { resource_changes: changes = [] } = await workspace.plan();
    const change = changes.find(({ address }) => address === ADDRESS.policy)?.change;
    expect(change).toMatchObject({ actions: ["update"], importing: { id: ACCOUNT } });
    const [before, after] = [change?.before, change?.after].map(
      (values) => JSON.parse(String(values?.["policy"])) as object,
    );
    expect([before, after]).toEqual([documentOf("Old"), documentOf("Teams")]);
    await workspace.apply();
    expect(await policy()).toEqual(documentOf("Teams"));
    expect(await workspace.isUpToDate()).toBe(true);

    await workspace.destroy();
    await expect(policy()).rejects.toMatchObject(absent);
    await expect(ecr.send(new DeleteRegistryPolicyCommand({}))).rejects.toMatchObject(absent);
  });
});
