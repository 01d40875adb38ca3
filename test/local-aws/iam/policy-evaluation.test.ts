import { FULL_ACCESS, whyDenied } from "./policy-evaluation";
import type { Access } from "./policy-evaluation";

const ACCOUNT = "111122223333";
const ENDPOINT = "the endpoint policy";
const IDENTITY = "the identity policy";

type Asked = readonly [action: string, resource: string];

function repository(partition: string, region: string, name = "docker-hub/library/nginx") {
  return `arn:${partition}:ecr:${region}:${ACCOUNT}:repository/${name}`;
}

function ask(action: string, resource: string, more: Partial<Access> = {}) {
  const [, partition = "aws"] = resource.split(":");
  return whyDenied({
    principalArn: `arn:${partition}:iam::${ACCOUNT}:role/puller`,
    action,
    resource,
    accountId: ACCOUNT,
    ...more,
  });
}

function endpoint(...Statement: object[]) {
  return { Version: "2012-10-17", Statement: Statement.map((statement) => ({ Principal: "*", ...statement })) };
}

function identity(...Statement: object[]) {
  return { Version: "2012-10-17", Statement };
}

describe.each([
  ["aws", "us-east-1"],
  ["aws-cn", "cn-north-1"],
  ["aws-us-gov", "us-gov-west-1"],
])("in %s", (partition, region) => {
  const cached = repository(partition, region);
  const layer = `arn:${partition}:s3:::prod-${region}-starport-layer-bucket/layer`;
  const policy = endpoint(
    { Effect: "Allow", Action: "ecr:GetAuthorizationToken", Resource: "*" },
    {
      Effect: "Allow",
      Action: ["ecr:BatchGet*", "ecr:CreateRepository"],
      Resource: repository(partition, region, "docker-hub/*"),
    },
    {
      Effect: "Allow",
      Action: "s3:GetObject",
      Resource: `arn:${partition}:s3:::prod-${region}-starport-layer-bucket/*`,
    },
  );

  test.each<Asked>([
    ["ecr:GetAuthorizationToken", "*"],
    ["ecr:BatchGetImage", cached],
    ["ecr:CreateRepository", cached],
    ["s3:GetObject", layer],
  ])("%s on %s is allowed", async (action, resource) => {
    expect(await ask(action, resource, { endpointPolicy: policy })).toBeUndefined();
  });

  test.each<Asked>([
    ["ecr:PutImage", cached],
    ["ecr:BatchImportUpstreamImage", cached],
    ["ecr:BatchGetImage", repository(partition, region, "team/app")],
    ["ecr:BatchGetImage", repository(partition, region).replace(ACCOUNT, "444455556666")],
    ["s3:PutObject", layer],
    ["s3:GetObject", `arn:${partition}:s3:::somebody-elses-bucket/layer`],
  ])("%s on %s is not", async (action, resource) => {
    const reason = `${ENDPOINT} does not allow ${action} on ${resource}`;
    expect(await ask(action, resource, { endpointPolicy: policy })).toBe(reason);
  });
});

const NGINX = repository("aws", "us-east-1");
const ALLOW = { Effect: "Allow", Action: "*", Resource: "*" };

test.each<[string, Partial<Access>, string | undefined]>([
  ["no policies at all", {}, undefined],
  ["identity policies that allow it", { identityPolicies: [identity(), FULL_ACCESS] }, undefined],
  ["no identity policy", { identityPolicies: [] }, `${IDENTITY} does not allow`],
  ["a wildcard", { identityPolicies: [identity({ ...ALLOW, Action: "ecr:Batch*Image" })] }, undefined],
  ["a wildcard of one letter", { identityPolicies: [identity({ ...ALLOW, Action: "ecr:BatchGetImage?" })] }, IDENTITY],
  ["other letter case", { identityPolicies: [identity({ ...ALLOW, Action: "ECR:batchgetimage" })] }, undefined],
  [
    "all but this action",
    { endpointPolicy: endpoint({ Effect: "Allow", NotAction: "ecr:Batch*", Resource: "*" }) },
    ENDPOINT,
  ],
  [
    "all but another",
    { endpointPolicy: endpoint({ Effect: "Allow", NotAction: "ecr:Put*", Resource: "*" }) },
    undefined,
  ],
  [
    "all but this resource",
    { endpointPolicy: endpoint({ Effect: "Allow", Action: "*", NotResource: NGINX }) },
    ENDPOINT,
  ],
  [
    "only a denial of another action",
    { endpointPolicy: endpoint({ ...ALLOW, Effect: "Deny", Action: "s3:*" }) },
    `${ENDPOINT} does not allow`,
  ],
  [
    "a denial beside an allowance",
    { endpointPolicy: endpoint(ALLOW, { ...ALLOW, Effect: "Deny" }) },
    `${ENDPOINT} denies`,
  ],
  [
    "an identity's denial",
    { identityPolicies: [FULL_ACCESS, identity({ ...ALLOW, Effect: "Deny" })] },
    `${IDENTITY} denies`,
  ],
  [
    "an endpoint that allows it to an identity that is not allowed",
    { endpointPolicy: endpoint(ALLOW), identityPolicies: [identity({ ...ALLOW, Action: "s3:*" })] },
    IDENTITY,
  ],
])("%s", async (_, more, reason) => {
  const answer = await ask("ecr:BatchGetImage", NGINX, more);
  expect(answer === undefined).toBe(reason === undefined);
  expect(answer ?? "").toContain(reason ?? "");
});

test.each([
  ["StringEquals", ACCOUNT, true],
  ["StringEquals", "444455556666", false],
  ["StringNotEquals", ACCOUNT, false],
  ["StringLike", "1111*", true],
])("a condition %s %s of the principal's account is looked at: %s", async (operator, value, expected) => {
  const endpointPolicy = endpoint({ ...ALLOW, Condition: { [operator]: { "aws:PrincipalAccount": value } } });
  const context = { "aws:PrincipalAccount": ACCOUNT };
  const answer = await ask("ecr:BatchGetImage", NGINX, { endpointPolicy, context });
  expect(answer === undefined).toBe(expected);
});

test.each<[string, Asked, Partial<Access>]>([
  ["invalid.action", ["ecr:PullImage", NGINX], {}],
  ["must.use.wildcard", ["ecr:GetAuthorizationToken", NGINX], {}],
  ["it is not one resource", ["ecr:BatchGetImage", `${NGINX}*`], {}],
  ["no.resource.types", ["ecr:BatchGetImage", "arn:aws:s3:::bucket"], {}],
  ["vpcEndpointErrors", ["ecr:BatchGetImage", NGINX], { endpointPolicy: identity(ALLOW) }],
  ["identityPolicyErrors", ["ecr:BatchGetImage", NGINX], { identityPolicies: [endpoint(ALLOW)] }],
  ["has no ecr:Colour", ["ecr:BatchGetImage", NGINX], { context: { "ecr:Colour": "red" } }],
])("fails with %s rather than judge %j", async (message, [action, resource], more) => {
  await expect(ask(action, resource, more)).rejects.toThrow(message);
});

test("a KMS key can be used by those whom its own policy and theirs allow it", async () => {
  const key = `arn:aws:kms:us-east-1:${ACCOUNT}:key/1234abcd-12ab-34cd-56ef-1234567890ab`;
  const keyPolicy = (principal: string): object =>
    identity({ Effect: "Allow", Principal: { AWS: principal }, Action: "kms:*", Resource: "*" });
  const resourcePolicy = keyPolicy(`arn:aws:iam::${ACCOUNT}:root`);
  expect(await ask("kms:Decrypt", key, { resourcePolicy })).toBeUndefined();
  expect(await ask("kms:Decrypt", key, { resourcePolicy, identityPolicies: [] })).toBe(
    `${IDENTITY} does not allow kms:Decrypt on ${key}`,
  );
  const others = keyPolicy("arn:aws:iam::444455556666:root");
  expect(await ask("kms:Decrypt", key, { resourcePolicy: others })).toBe(
    `the resource policy does not allow kms:Decrypt on ${key}`,
  );
});
