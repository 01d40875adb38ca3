import { requiredPermissions } from "./required-permissions";
import type { AuthorizedRequest, Permission } from "./required-permissions";

const SCOPE = { accountId: "111122223333", region: "eu-west-1" };
const ROLE = "arn:aws:iam::111122223333:role/reader";

function permissions(service: string, operation: string, input: AuthorizedRequest["input"]): readonly Permission[] {
  return requiredPermissions({ ...SCOPE, service, operation, input });
}

function actions(service: string, operation: string, input: AuthorizedRequest["input"]): string[] {
  return permissions(service, operation, input).map(({ action }) => action);
}

test("a request needs the permission that is named after its operation, on what it is about", () => {
  expect(permissions("codebuild", "DeleteProject", { name: "warmer" })).toEqual([
    { action: "codebuild:DeleteProject", resource: "arn:aws:codebuild:eu-west-1:111122223333:project/warmer" },
  ]);
  expect(permissions("monitoring", "DescribeAlarms", { AlarmNames: ["a", "b"] })).toEqual([
    { action: "cloudwatch:DescribeAlarms", resource: "arn:aws:cloudwatch:eu-west-1:111122223333:alarm:a" },
    { action: "cloudwatch:DescribeAlarms", resource: "arn:aws:cloudwatch:eu-west-1:111122223333:alarm:b" },
  ]);
  expect(permissions("s3", "HeadObject", { Bucket: "states", Key: "a/b.tfstate" })).toEqual([
    { action: "s3:GetObject", resource: "arn:aws:s3:::states/a/b.tfstate" },
  ]);
});

test("a request needs none to learn who the caller is", () => {
  expect(permissions("sts", "GetCallerIdentity", {})).toEqual([]);
});

test("fails for an operation that it does not know", () => {
  expect(() => permissions("ecr", "DeleteRepository", {})).toThrow(
    "the permissions for ecr:DeleteRepository are not known here",
  );
});

test.each<[string, string, string, object, Permission]>([
  [
    "a template with a role",
    "ecr",
    "CreateRepositoryCreationTemplate",
    { prefix: "quay", customRoleArn: ROLE },
    { action: "iam:PassRole", resource: ROLE, context: { "iam:PassedToService": "ecr.amazonaws.com" } },
  ],
  [
    "a rule with a role",
    "ecr",
    "UpdatePullThroughCacheRule",
    { customRoleArn: ROLE },
    {
      action: "iam:PassRole",
      resource: ROLE,
      context: { "iam:PassedToService": "pullthroughcache.ecr.amazonaws.com" },
    },
  ],
  [
    "a project",
    "codebuild",
    "CreateProject",
    { name: "warmer", serviceRole: ROLE },
    { action: "iam:PassRole", resource: ROLE, context: { "iam:PassedToService": "codebuild.amazonaws.com" } },
  ],
  [
    "a schedule",
    "scheduler",
    "UpdateSchedule",
    { Name: "warmer", Target: { RoleArn: ROLE } },
    { action: "iam:PassRole", resource: ROLE, context: { "iam:PassedToService": "scheduler.amazonaws.com" } },
  ],
  [
    "a CloudFormation stack that gets another service role",
    "cloudformation",
    "UpdateStack",
    { StackName: "vendor", RoleARN: ROLE },
    { action: "iam:PassRole", resource: ROLE, context: { "iam:PassedToService": "cloudformation.amazonaws.com" } },
  ],
  [
    "a template in a bucket",
    "cloudformation",
    "UpdateStack",
    { StackName: "vendor", TemplateURL: "https://templates.s3.eu-west-1.amazonaws.com/a/b.json" },
    { action: "s3:GetObject", resource: "arn:aws:s3:::templates/a/b.json" },
  ],
  [
    "an endpoint with tags",
    "ec2",
    "CreateVpcEndpoint",
    { VpcId: "vpc-1", TagSpecification: [{ ResourceType: "vpc-endpoint" }] },
    {
      action: "ec2:CreateTags",
      resource: "arn:aws:ec2:eu-west-1:111122223333:vpc-endpoint/new",
      context: { "ec2:CreateAction": "CreateVpcEndpoint" },
    },
  ],
])("%s needs a permission that depends on it", (_, service, operation, input, permission) => {
  expect(permissions(service, operation, input as AuthorizedRequest["input"])).toContainEqual(permission);
});

test("a request about a role concerns its ARN with its path, and conditions can compare its boundary", () => {
  const boundary = "arn:aws:iam::111122223333:policy/bounds";
  const resource = "arn:aws:iam::111122223333:role/team/reader";
  const context = { "iam:PermissionsBoundary": boundary };
  const input = { RoleName: "reader" };
  const created = { ...input, Path: "/team/", PermissionsBoundary: boundary };
  expect(permissions("iam", "CreateRole", created)).toEqual([{ action: "iam:CreateRole", resource, context }]);
  const later = (operation: string, more: object = {}): readonly Permission[] =>
    requiredPermissions({
      ...SCOPE,
      service: "iam",
      operation,
      input: { ...input, ...more },
      role: { path: "/team/", boundary },
    });
  expect(later("PutRolePolicy")).toEqual([{ action: "iam:PutRolePolicy", resource, context }]);
  expect(later("GetRole")).toEqual([{ action: "iam:GetRole", resource }]);
  const other = "arn:aws:iam::aws:policy/PowerUserAccess";
  expect(later("PutRolePermissionsBoundary", { PermissionsBoundary: other })).toEqual([
    { action: "iam:PutRolePermissionsBoundary", resource, context: { "iam:PermissionsBoundary": other } },
  ]);
});

test.each([
  ["secretsmanager", "CreateSecret", { Name: "a" }, { Tags: [{ Key: "k" }] }, "secretsmanager:TagResource"],
  [
    "secretsmanager",
    "CreateSecret",
    { Name: "a" },
    { AddReplicaRegions: [{ Region: "eu-west-1" }] },
    "secretsmanager:ReplicateSecretToRegions",
  ],
  ["iam", "CreateRole", { RoleName: "a" }, { Tags: [{ Key: "k" }] }, "iam:TagRole"],
  ["iam", "CreatePolicy", { PolicyName: "a" }, { Tags: [{ Key: "k" }] }, "iam:TagPolicy"],
  ["logs", "CreateLogGroup", { logGroupName: "a" }, { tags: { k: "v" } }, "logs:TagResource"],
  ["monitoring", "PutMetricAlarm", { AlarmName: "a" }, { Tags: [{ Key: "k" }] }, "cloudwatch:TagResource"],
  ["cloudformation", "UpdateStack", { StackName: "a" }, { Tags: [{ Key: "k" }] }, "cloudformation:TagResource"],
  ["ecr", "CreateRepositoryCreationTemplate", { prefix: "a" }, { lifecyclePolicy: "{}" }, "ecr:PutLifecyclePolicy"],
  ["ecr", "CreateRepositoryCreationTemplate", { prefix: "a" }, { repositoryPolicy: "{}" }, "ecr:SetRepositoryPolicy"],
  ["s3", "PutObject", { Bucket: "a", Key: "b" }, { SSEKMSKeyId: "key" }, "kms:GenerateDataKey"],
  ["ec2", "CreateVpcEndpoint", { VpcId: "a" }, { PrivateDnsEnabled: "true" }, "route53:AssociateVPCWithHostedZone"],
])("%s:%s needs one more permission for %j if the request has %j: %s", (service, operation, input, more, action) => {
  const without = actions(service, operation, input);
  expect(without).not.toContain(action);
  expect(actions(service, operation, { ...input, ...more })).toEqual(expect.arrayContaining([...without, action]));
});
