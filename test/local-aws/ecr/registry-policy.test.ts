import {
  DeleteRegistryPolicyCommand,
  ECRClient,
  GetRegistryPolicyCommand,
  PutAccountSettingCommand,
  PutRegistryPolicyCommand,
} from "@aws-sdk/client-ecr";
import { Sdk } from "../clients";
import { ACCOUNT } from "../server";
import { INVALID, OTHER_ACCOUNT } from "./fixtures";

let sdk: Sdk;
let ecr: ECRClient;
beforeEach(async () => {
  sdk = await Sdk.start();
  ecr = sdk.client(ECRClient);
});
afterEach(() => sdk.stop());

function policy(Sid: string, Action: string | string[] = "ecr:BatchImportUpstreamImage") {
  const Resource = `arn:aws:ecr:us-east-1:${ACCOUNT}:repository/*`;
  const Principal = { AWS: `arn:aws:iam::${OTHER_ACCOUNT}:root` };
  const statement = { Sid, Effect: "Allow", Principal, Action, Resource };
  return JSON.stringify({ Version: "2012-10-17", Statement: [statement] });
}

describe("registry policy", () => {
  const [first, second] = [policy("First"), policy("Second")];
  const absent = { name: "RegistryPolicyNotFoundException" };

  function put(policyText: string) {
    return ecr.send(new PutRegistryPolicyCommand({ policyText }));
  }

  test("the registry policy is not there until it is put, nor after it is deleted", async () => {
    await expect(ecr.send(new GetRegistryPolicyCommand({}))).rejects.toMatchObject(absent);
    await expect(ecr.send(new DeleteRegistryPolicyCommand({}))).rejects.toMatchObject(absent);
    expect(await put(first)).toMatchObject({ registryId: ACCOUNT, policyText: first });
    expect(await ecr.send(new DeleteRegistryPolicyCommand({}))).toMatchObject({ policyText: first });
    await expect(ecr.send(new GetRegistryPolicyCommand({}))).rejects.toMatchObject(absent);
    expect(sdk.aws.contents()).toEqual([]);
  });

  test("the registry policy is one, which another put silently replaces", async () => {
    await put(first);
    await put(second);
    expect(await ecr.send(new GetRegistryPolicyCommand({}))).toMatchObject({ policyText: second });
    expect(sdk.aws.contents()).toHaveLength(1);
  });

  test("the registry policy is another one in each region", async () => {
    await put(first);
    const elsewhere = sdk.client(ECRClient, { region: "eu-west-1" });
    await expect(elsewhere.send(new GetRegistryPolicyCommand({}))).rejects.toMatchObject(absent);
  });

  test.each([
    ["not JSON", "{"],
    ["without a statement", "{}"],
    ["without a resource", JSON.stringify({ Statement: { Effect: "Allow", Principal: "*", Action: "ecr:*" } })],
    ["without a principal", JSON.stringify({ Statement: { Effect: "Allow", Resource: "*", Action: "ecr:*" } })],
  ])("the registry policy fails when it is %s", async (_, document) => {
    await expect(put(document)).rejects.toMatchObject({
      name: INVALID,
      message: "Invalid parameter at 'PolicyText' failed to satisfy constraint: 'Invalid registry policy provided'",
    });
  });

  test("the registry policy has actions of Amazon ECR only, and under the scope V1 only three of them", async () => {
    const refused = { name: INVALID };
    const ofV1 = policy("Three", ["ecr:CreateRepository", "ecr:ReplicateImage", "ecr:BatchImportUpstreamImage"]);
    const others = policy("Others", ["ecr:BatchGetImage", "ecr:GetImageCopyStatus"]);
    await expect(put(policy("Objects", "s3:GetObject"))).rejects.toMatchObject(refused);
    await put(others);
    await ecr.send(new PutAccountSettingCommand({ name: "REGISTRY_POLICY_SCOPE", value: "V1" }));
    await expect(put(others)).rejects.toMatchObject(refused);
    await expect(put(policy("Any", "ecr:*"))).rejects.toMatchObject(refused);
    await put(ofV1);
  });

  test("the registry policy has 10,240 characters at most", async () => {
    await put(first.padEnd(10_240));
    await expect(put(first.padEnd(10_241))).rejects.toMatchObject({
      name: INVALID,
      message:
        "Invalid parameter at 'PolicyText' failed to satisfy constraint: " +
        "'Member must have length less than or equal to 10240'",
    });
  });
});
