import { ECRClient, GetAccountSettingCommand, PutAccountSettingCommand } from "@aws-sdk/client-ecr";
import { Sdk } from "../clients";
import { INVALID } from "./fixtures";

let sdk: Sdk;
let ecr: ECRClient;
beforeEach(async () => {
  sdk = await Sdk.start();
  ecr = sdk.client(ECRClient);
});
afterEach(() => sdk.stop());

const SCOPE = "REGISTRY_POLICY_SCOPE";

function valueOf(client: ECRClient, name = SCOPE) {
  return client.send(new GetAccountSettingCommand({ name }));
}

test("the scope of registry policies is V2 until somebody puts another one, in each region", async () => {
  const elsewhere = sdk.client(ECRClient, { region: "eu-west-1" });
  expect(await valueOf(ecr)).toMatchObject({ name: SCOPE, value: "V2" });
  expect(await ecr.send(new PutAccountSettingCommand({ name: SCOPE, value: "V1" }))).toMatchObject({ value: "V1" });
  expect(await valueOf(ecr)).toMatchObject({ value: "V1" });
  expect(await valueOf(elsewhere)).toMatchObject({ value: "V2" });
  // Nothing deletes a setting, so it is not left over.
  expect(sdk.aws.contents()).toEqual([]);
});

test("an account setting fails with a name or a value that Amazon ECR does not have", async () => {
  await expect(valueOf(ecr, "SCOPE")).rejects.toMatchObject({ name: "ValidationException" });
  await expect(ecr.send(new PutAccountSettingCommand({ name: SCOPE, value: "CLAIR" }))).rejects.toMatchObject({
    name: INVALID,
  });
});
