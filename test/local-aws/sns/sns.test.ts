import { CreateRoleCommand, IAMClient, PutRolePolicyCommand } from "@aws-sdk/client-iam";
import { REGION, Sdk, trusting } from "../clients";
import { ACCOUNT } from "../server";
import type { Fields } from "../service";

const SCOPE = { accountId: ACCOUNT, region: REGION };
const TOPIC = `arn:aws:sns:${REGION}:${ACCOUNT}:ops`;
const ROLE = `arn:aws:iam::${ACCOUNT}:role/publisher`;
const MAIL = { TopicArn: TOPIC, Protocol: "email", Endpoint: "ops@example.com", ReturnSubscriptionArn: "true" };

let sdk: Sdk;
beforeEach(async () => {
  sdk = await Sdk.start();
});
afterEach(() => sdk.stop());

async function ask(operation: string, input: Fields): Promise<Fields> {
  return (await sdk.aws.sns.operations[operation]?.(input, SCOPE)) ?? {};
}

async function codeOf(operation: string, input: Fields): Promise<string> {
  return ask(operation, input).then(
    () => "none",
    (error: { readonly code: string }) => error.code,
  );
}

/** The attributes of a topic or a subscription. */
async function attributesOf(operation: string, input: Fields): Promise<Map<unknown, unknown>> {
  const { Attributes } = await ask(operation, input);
  const { entry } = Attributes as { readonly entry: readonly { readonly key: string; readonly value: string }[] };
  return new Map(entry.map(({ key, value }) => [key, value]));
}

test("a topic has a policy for its account, attributes and tags, and is created twice without harm", async () => {
  const Attributes = { entry: [{ key: "KmsMasterKeyId", value: "key" }] };
  expect(await ask("CreateTopic", { Name: "ops", Attributes, Tags: [{ Key: "a", Value: "b" }] })).toEqual({
    TopicArn: TOPIC,
  });
  await ask("CreateTopic", { Name: "ops" });
  const attributes = await attributesOf("GetTopicAttributes", { TopicArn: TOPIC });
  expect(attributes.get("KmsMasterKeyId")).toBe("key");
  expect(String(attributes.get("Policy"))).toContain("__default_policy_ID");
  expect(await ask("ListTagsForResource", { ResourceArn: TOPIC })).toEqual({ Tags: [{ Key: "a", Value: "b" }] });
  await ask("SetTopicAttributes", { TopicArn: TOPIC, AttributeName: "KmsMasterKeyId", AttributeValue: "" });
  expect((await attributesOf("GetTopicAttributes", { TopicArn: TOPIC })).has("KmsMasterKeyId")).toBe(false);
  await ask("DeleteTopic", { TopicArn: TOPIC });
  expect(await codeOf("GetTopicAttributes", { TopicArn: TOPIC })).toBe("NotFound");
  expect(sdk.aws.sns.contents()).toEqual([]);
});

test.each<readonly [string, string, Fields]>([
  ["a name with a dot", "CreateTopic", { Name: "ops.fifo" }],
  ["an attribute that SNS does not have", "SetTopicAttributes", { TopicArn: TOPIC, AttributeName: "Name" }],
  ["a policy that is no JSON", "SetTopicAttributes", { TopicArn: TOPIC, AttributeName: "Policy", AttributeValue: "{" }],
  ["an address without a domain", "Subscribe", { ...MAIL, Endpoint: "ops" }],
])("%s is refused", async (_, operation, input) => {
  await ask("CreateTopic", { Name: "ops" });
  expect(await codeOf(operation, input)).toBe("InvalidParameter");
});

test("a subscription is pending until it is confirmed, and can be deleted only then", async () => {
  await ask("CreateTopic", { Name: "ops" });
  expect(await ask("Subscribe", { ...MAIL, ReturnSubscriptionArn: undefined })).toEqual({
    SubscriptionArn: "pending confirmation",
  });
  const { SubscriptionArn } = await ask("Subscribe", MAIL);
  expect((await attributesOf("GetSubscriptionAttributes", { SubscriptionArn })).get("PendingConfirmation")).toBe(
    "true",
  );
  expect(await codeOf("Unsubscribe", { SubscriptionArn })).toBe("InvalidParameter");
  sdk.aws.sns.confirm("ops@example.com", SCOPE);
  expect((await attributesOf("GetSubscriptionAttributes", { SubscriptionArn })).get("PendingConfirmation")).toBe(
    "false",
  );
  await ask("Unsubscribe", { SubscriptionArn });
  expect(await codeOf("GetSubscriptionAttributes", { SubscriptionArn })).toBe("NotFound");
});

test("a role publishes what its policy, and the policy of the key, allow", async () => {
  const iam = sdk.client(IAMClient);
  await iam.send(
    new CreateRoleCommand({ RoleName: "publisher", AssumeRolePolicyDocument: trusting("scheduler.amazonaws.com") }),
  );
  const publish = (): Promise<string | undefined> =>
    sdk.aws.sns.publish({ principal: ROLE, topicArn: TOPIC, message: "m", scope: SCOPE });
  const allow = (Action: readonly string[]): Promise<unknown> => {
    const Statement = [{ Effect: "Allow", Action, Resource: "*" }];
    const PolicyDocument = JSON.stringify({ Version: "2012-10-17", Statement });
    return iam.send(new PutRolePolicyCommand({ RoleName: "publisher", PolicyName: "p", PolicyDocument }));
  };
  expect(await publish()).toBe(`the topic ${TOPIC} does not exist`);
  await ask("CreateTopic", { Name: "ops" });
  expect(await publish()).toContain("does not allow sns:Publish");
  await allow(["sns:Publish"]);
  expect(await publish()).toBeUndefined();
  expect(sdk.aws.sns.publications).toEqual([{ topicArn: TOPIC, message: "m", receivers: [] }]);

  const KmsMasterKeyId = `arn:aws:kms:${REGION}:${ACCOUNT}:key/1234abcd-12ab-34cd-56ef-1234567890ab`;
  const encrypt = (AttributeValue: string): Promise<Fields> =>
    ask("SetTopicAttributes", { TopicArn: TOPIC, AttributeName: "KmsMasterKeyId", AttributeValue });
  await encrypt("alias/aws/sns");
  expect(await publish()).toBe("alias/aws/sns allows no service to publish");
  await encrypt(KmsMasterKeyId);
  const Principal = { AWS: `arn:aws:iam::${ACCOUNT}:root` };
  const Statement = [{ Effect: "Allow", Principal, Action: "kms:*", Resource: "*" }];
  sdk.aws.sns.keyPolicies.set(KmsMasterKeyId, { Version: "2012-10-17", Statement });
  expect(await publish()).toContain("does not allow kms:GenerateDataKey");
  await allow(["sns:Publish", "kms:GenerateDataKey*", "kms:Decrypt"]);
  expect(await publish()).toBeUndefined();
  const message = "m".repeat(262_145);
  expect(await sdk.aws.sns.publish({ principal: ROLE, topicArn: TOPIC, message, scope: SCOPE })).toBe(
    "the message is too long",
  );
});
