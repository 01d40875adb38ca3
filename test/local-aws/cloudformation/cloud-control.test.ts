import { CloudControlClient, GetResourceCommand } from "@aws-sdk/client-cloudcontrol";
import { Sdk } from "../clients";
import { createElastioStack, protectStack } from "./vendor-stacks";

const TypeName = "AWS::CloudFormation::Stack";

let sdk: Sdk;
let client: CloudControlClient;
beforeEach(async () => {
  sdk = await Sdk.start();
  client = sdk.client(CloudControlClient);
});
afterEach(() => sdk.stop());

test("tells whether a stack has termination protection", async () => {
  const { StackId = "", StackName = "" } = await createElastioStack(sdk.aws, {});
  const isProtected = async (): Promise<unknown> => {
    const { ResourceDescription } = await client.send(new GetResourceCommand({ TypeName, Identifier: StackId }));
    return (JSON.parse(ResourceDescription?.Properties ?? "") as { readonly [name: string]: unknown })[
      "EnableTerminationProtection"
    ];
  };
  expect(await isProtected()).toBe(false);
  await protectStack(sdk.aws, {}, StackName);
  expect(await isProtected()).toBe(true);
});

test.each([
  ["ResourceNotFoundException", TypeName, "arn:aws:cloudformation:us-east-1:111122223333:stack/none/0"],
  ["UnsupportedActionException", "AWS::EC2::Instance", "i-0"],
])("answers %s for %s %s", async (name, type, Identifier) => {
  await expect(client.send(new GetResourceCommand({ TypeName: type, Identifier }))).rejects.toMatchObject({ name });
});
