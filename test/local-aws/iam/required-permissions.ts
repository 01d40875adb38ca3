import { optionalList, optionalText, partitionOf, text } from "../service";
import type { Fields, Scope } from "../service";

/** An action on a resource that AWS must allow, with the keys that its conditions can compare. */
export interface Permission {
  readonly action: string;
  readonly resource: string;
  readonly context?: { readonly [key: string]: string };
}

/** A request, as AWS sees it when it authorizes the request. */
export interface AuthorizedRequest extends Scope {
  readonly service: string;
  readonly operation: string;
  readonly input: Fields;
}

type Ask = (request: AuthorizedRequest) => readonly Permission[];

const ANY = "*";
/** What stands in the ARN of a resource that a request is about to create. */
const NEW = "new";

/**
 * The permissions that AWS asks of the sender of a request: that of the operation, and those that depend on its
 * parameters. Throws for an operation that is not known here.
 * https://docs.aws.amazon.com/service-authorization/latest/reference/reference_policies_actions-resources-contextkeys.html
 */
export function requiredPermissions(request: AuthorizedRequest): readonly Permission[] {
  const ask = SERVICES[request.service]?.[request.operation];
  if (ask === undefined) {
    throw new Error(`the permissions for ${request.service}:${request.operation} are not known here`);
  }
  return ask(request);
}

/** The permission that has the name of the operation, on some resources. */
function own(service: string, resources: (request: AuthorizedRequest) => readonly string[]): Ask {
  return (request) => allow(`${service}:${request.operation}`, resources(request));
}

function allow(action: string, resources: readonly string[], context?: Permission["context"]): Permission[] {
  return resources.map((resource) => ({ action, resource, context }));
}

/** Gives some operations of a service the same permissions. */
function each(operations: readonly string[], ask: Ask): { readonly [operation: string]: Ask } {
  return Object.fromEntries(operations.map((operation) => [operation, ask]));
}

function all(...asks: readonly Ask[]): Ask {
  return (request) => asks.flatMap((ask) => ask(request));
}

/** A permission that is needed only for requests with a parameter that is not empty. */
function ifGiven(parameter: string, ask: (value: string, request: AuthorizedRequest) => readonly Permission[]): Ask {
  return (request) => {
    const value = request.input[parameter];
    const isGiven =
      typeof value === "object" ? Object.keys(value ?? {}).length > 0 : value !== undefined && value !== "";
    return isGiven ? ask(typeof value === "string" ? value : "", request) : [];
  };
}

function arnOf(service: string, { accountId, region }: Scope, rest: string): string {
  return `arn:${partitionOf(region)}:${service}:${region}:${accountId}:${rest}`;
}

function globalArnOf(service: string, { accountId, region }: Scope, rest: string): string {
  return `arn:${partitionOf(region)}:${service}::${service === "iam" ? accountId : ""}:${rest}`;
}

/** https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_use_passrole.html */
function passRole(service: string): (roleArn: string) => Permission[] {
  return (roleArn) => (roleArn === "" ? [] : allow("iam:PassRole", [roleArn], { "iam:PassedToService": service }));
}

/** https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_create-service-linked-role.html */
function serviceLinkedRole(service: string, role: string): Ask {
  return (request) =>
    allow("iam:CreateServiceLinkedRole", [globalArnOf("iam", request, `role/aws-service-role/${service}/${role}`)], {
      "iam:AWSServiceName": service,
    });
}

// What depends on the parameters of ECR's operations is on these pages:
// https://docs.aws.amazon.com/AmazonECR/latest/userguide/repository-creation-templates-create.html
// https://docs.aws.amazon.com/AmazonECR/latest/userguide/slr-rct.html
// https://docs.aws.amazon.com/AmazonECR/latest/userguide/slr-pullthroughcache.html
const ecr = own("ecr", () => [ANY]);
const repository = (action: string, { input, ...scope }: AuthorizedRequest): Permission[] =>
  allow(action, [arnOf("ecr", scope, `repository/${optionalText(input, "prefix") ?? ""}/${NEW}`)]);
const repositoryNamed = own("ecr", ({ input, ...scope }) => [
  arnOf("ecr", scope, `repository/${text(input, "repositoryName")}`),
]);
const creationTemplate = all(
  ecr,
  (request) => repository("ecr:CreateRepository", request),
  ifGiven("lifecyclePolicy", (_, request) => repository("ecr:PutLifecyclePolicy", request)),
  ifGiven("repositoryPolicy", (_, request) => repository("ecr:SetRepositoryPolicy", request)),
  ifGiven("customRoleArn", passRole("ecr.amazonaws.com")),
  serviceLinkedRole("ecr.amazonaws.com", "AWSServiceRoleForECRTemplate"),
);
const CACHE_SERVICE = "pullthroughcache.ecr.amazonaws.com";
const passCacheRole = ifGiven("customRoleArn", passRole(CACHE_SERVICE));

const enhancedScanning = all(
  () => [...allow("inspector2:Enable", [ANY]), ...allow("inspector2:ListAccountPermissions", [ANY])],
  serviceLinkedRole("inspector2.amazonaws.com", "AWSServiceRoleForAmazonInspector2"),
);

const ECR: { readonly [operation: string]: Ask } = {
  ...each(
    [
      "DescribePullThroughCacheRules",
      "DeletePullThroughCacheRule",
      "DescribeRepositoryCreationTemplates",
      "DeleteRepositoryCreationTemplate",
      "GetRegistryPolicy",
      "PutRegistryPolicy",
      "DeleteRegistryPolicy",
      "GetAccountSetting",
      "PutAccountSetting",
    ],
    ecr,
  ),
  ...each(["GetRegistryScanningConfiguration", "DescribeRegistry"], ecr),
  // https://docs.aws.amazon.com/AmazonECR/latest/userguide/image-scanning-enhanced-iam.html
  PutRegistryScanningConfiguration: all(ecr, (request) =>
    request.input["scanType"] === "ENHANCED" ? enhancedScanning(request) : allow("inspector2:Disable", [ANY]),
  ),
  // https://docs.aws.amazon.com/AmazonECR/latest/userguide/slr-replication.html
  PutReplicationConfiguration: all(
    ecr,
    serviceLinkedRole("replication.ecr.amazonaws.com", "AWSServiceRoleForECRReplication"),
  ),
  // Without names it lists the repositories of the registry.
  DescribeRepositories: own("ecr", (scope) => [arnOf("ecr", scope, `repository/${NEW}`)]),
  ...each(["GetRepositoryPolicy", "SetRepositoryPolicy", "DeleteRepositoryPolicy"], repositoryNamed),
  CreatePullThroughCacheRule: all(
    ecr,
    passCacheRole,
    serviceLinkedRole(CACHE_SERVICE, "AWSServiceRoleForECRPullThroughCache"),
  ),
  UpdatePullThroughCacheRule: all(ecr, passCacheRole),
  CreateRepositoryCreationTemplate: creationTemplate,
  UpdateRepositoryCreationTemplate: creationTemplate,
};

// The name of a new secret gets a hyphen and six characters at its end.
// https://docs.aws.amazon.com/secretsmanager/latest/userguide/reference_iam-permissions.html
const secrets = ({ input, ...scope }: AuthorizedRequest): string[] => {
  const id = optionalText(input, "SecretId") ?? optionalText(input, "Name") ?? "";
  return [id.startsWith("arn:") ? id : arnOf("secretsmanager", scope, `secret:${id}-AbCdEf`)];
};
const secret = own("secretsmanager", secrets);

const SECRETS_MANAGER: { readonly [operation: string]: Ask } = {
  ...each(
    [
      "DescribeSecret",
      "GetResourcePolicy",
      "GetSecretValue",
      "PutSecretValue",
      "ReplicateSecretToRegions",
      "RemoveRegionsFromReplication",
      "DeleteSecret",
      "TagResource",
      "UntagResource",
    ],
    secret,
  ),
  CreateSecret: all(
    secret,
    ifGiven("Tags", (_, request) => allow("secretsmanager:TagResource", secrets(request))),
    ifGiven("AddReplicaRegions", (_, request) => allow("secretsmanager:ReplicateSecretToRegions", secrets(request))),
  ),
};

const roles = ({ input, ...scope }: AuthorizedRequest): string[] => [
  globalArnOf("iam", scope, `role/${optionalText(input, "RoleName") ?? ""}`),
];
const policies = ({ input, ...scope }: AuthorizedRequest): string[] => [
  optionalText(input, "PolicyArn") ?? globalArnOf("iam", scope, `policy/${optionalText(input, "PolicyName") ?? ""}`),
];
const role = own("iam", roles);
const policy = own("iam", policies);

const IAM: { readonly [operation: string]: Ask } = {
  ...each(
    [
      "GetRole",
      "DeleteRole",
      "PutRolePolicy",
      "GetRolePolicy",
      "DeleteRolePolicy",
      "ListRolePolicies",
      "ListAttachedRolePolicies",
      "ListInstanceProfilesForRole",
      "TagRole",
      "UntagRole",
    ],
    role,
  ),
  CreateRole: all(
    role,
    ifGiven("Tags", (_, request) => allow("iam:TagRole", roles(request))),
  ),
  ...each(
    [
      "GetPolicy",
      "GetPolicyVersion",
      "ListPolicyVersions",
      "CreatePolicyVersion",
      "DeletePolicyVersion",
      "DeletePolicy",
      "TagPolicy",
      "UntagPolicy",
    ],
    policy,
  ),
  CreatePolicy: all(
    policy,
    ifGiven("Tags", (_, request) => allow("iam:TagPolicy", policies(request))),
  ),
  GetUser: own("iam", (request) => [globalArnOf("iam", request, "user/caller")]),
};

/** The ARNs of the things of EC2 with these IDs, or of a new one where there are none. */
function ec2Arns(type: string, request: AuthorizedRequest, ids: readonly string[] = [NEW]): string[] {
  return ids.map((id) => arnOf("ec2", request, `${type}/${id}`));
}

/** The permission of an EC2 operation on the things whose IDs are in a parameter. */
function onIds(type: string, ...parameters: readonly string[]): Ask {
  return (request) =>
    parameters.flatMap((parameter) => {
      const value = request.input[parameter];
      const ids =
        typeof value === "string" && value !== "" ? [value] : (optionalList<string>(request.input, parameter) ?? []);
      return allow(`ec2:${request.operation}`, ec2Arns(type, request, ids));
    });
}

/** The permission of an EC2 operation on a thing that it creates, and that to tag it. */
function creating(type: string): Ask {
  return all(
    own("ec2", (request) => ec2Arns(type, request)),
    ifGiven("TagSpecification", (_, request) =>
      allow("ec2:CreateTags", ec2Arns(type, request), { "ec2:CreateAction": request.operation }),
    ),
  );
}

/** What the parameters of an endpoint name. */
const endpointParts = all(
  onIds("route-table", "RouteTableId", "AddRouteTableId", "RemoveRouteTableId"),
  onIds("subnet", "SubnetId", "AddSubnetId", "RemoveSubnetId"),
  onIds("security-group", "SecurityGroupId", "AddSecurityGroupId", "RemoveSecurityGroupId"),
);

const RESOURCE_TYPES: { readonly [prefix: string]: string } = {
  sg: "security-group",
  sgr: "security-group-rule",
  vpce: "vpc-endpoint",
};
const taggedThings = own("ec2", (request) =>
  (optionalList<string>(request.input, "ResourceId") ?? []).flatMap((id) =>
    ec2Arns(RESOURCE_TYPES[id.split("-")[0] ?? ""] ?? "unknown", request, [id]),
  ),
);

const EC2: { readonly [operation: string]: Ask } = {
  ...each(
    [
      "DescribeVpcEndpoints",
      "DescribePrefixLists",
      "DescribeNetworkInterfaces",
      "DescribeSecurityGroups",
      "DescribeSecurityGroupRules",
      "DescribeVpcs",
      "DescribeSubnets",
      "DescribeRouteTables",
    ],
    own("ec2", () => [ANY]),
  ),
  DescribeVpcAttribute: onIds("vpc", "VpcId"),
  // AWS listed these dependent actions in the Service Authorization Reference until 2026; its page on endpoints lists none.
  // https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonec2.html
  CreateVpcEndpoint: all(
    creating("vpc-endpoint"),
    onIds("vpc", "VpcId"),
    endpointParts,
    () => [
      ...allow("ec2:DescribeVpcs", [ANY]),
      ...allow("ec2:DescribeSubnets", [ANY]),
      ...allow("ec2:DescribeSecurityGroups", [ANY]),
    ],
    (request) =>
      request.input["PrivateDnsEnabled"] === "true"
        ? allow("route53:AssociateVPCWithHostedZone", [globalArnOf("route53", request, `hostedzone/${NEW}`)])
        : [],
  ),
  ModifyVpcEndpoint: all(onIds("vpc-endpoint", "VpcEndpointId"), endpointParts),
  DeleteVpcEndpoints: onIds("vpc-endpoint", "VpcEndpointId"),
  CreateSecurityGroup: all(creating("security-group"), onIds("vpc", "VpcId")),
  DeleteSecurityGroup: onIds("security-group", "GroupId"),
  AuthorizeSecurityGroupIngress: all(onIds("security-group", "GroupId"), creating("security-group-rule")),
  RevokeSecurityGroupIngress: onIds("security-group", "GroupId"),
  RevokeSecurityGroupEgress: onIds("security-group", "GroupId"),
  ModifySecurityGroupRules: all(
    onIds("security-group", "GroupId"),
    own("ec2", (request) => ec2Arns("security-group-rule", request)),
  ),
  CreateTags: taggedThings,
  DeleteTags: taggedThings,
};

const projects = own("codebuild", ({ input, ...scope }) =>
  [optionalText(input, "name") ?? optionalList<string>(input, "names") ?? []]
    .flat()
    .map((name) => (name.startsWith("arn:") ? name : arnOf("codebuild", scope, `project/${name}`))),
);
// https://docs.aws.amazon.com/codebuild/latest/userguide/setting-up-service-role.html
const passBuildRole = ifGiven("serviceRole", passRole("codebuild.amazonaws.com"));

const schedules = own("scheduler", ({ input, ...scope }) => [
  arnOf("scheduler", scope, `schedule/${optionalText(input, "GroupName") ?? "default"}/${String(input["Name"])}`),
]);
// https://docs.aws.amazon.com/scheduler/latest/UserGuide/setting-up.html
const passScheduleRole: Ask = ({ input }) =>
  passRole("scheduler.amazonaws.com")(optionalText((input["Target"] ?? {}) as Fields, "RoleArn") ?? "");

const logGroups = ({ input, ...scope }: AuthorizedRequest): string[] => [
  optionalText(input, "resourceArn") ?? arnOf("logs", scope, `log-group:${optionalText(input, "logGroupName") ?? ""}`),
];
const logGroup = own("logs", logGroups);

const alarms = ({ input, ...scope }: AuthorizedRequest): string[] => {
  const names = [optionalText(input, "AlarmName") ?? optionalList<string>(input, "AlarmNames") ?? []].flat();
  const arn = optionalText(input, "ResourceARN");
  return arn === undefined ? names.map((name) => arnOf("cloudwatch", scope, `alarm:${name}`)) : [arn];
};
const alarm = own("cloudwatch", alarms);

const stacks = ({ input, ...scope }: AuthorizedRequest): string[] => {
  const id = optionalText(input, "StackName") ?? "";
  return [id.startsWith("arn:") ? id : arnOf("cloudformation", scope, `stack/${id}/${NEW}`)];
};
const stack = own("cloudformation", stacks);

const objects = ({ input, region }: AuthorizedRequest): string[] => [
  `arn:${partitionOf(region)}:s3:::${String(input["Bucket"])}/${String(input["Key"])}`,
];

const SERVICES: { readonly [signingName: string]: { readonly [operation: string]: Ask } } = {
  ecr: ECR,
  secretsmanager: SECRETS_MANAGER,
  iam: IAM,
  ec2: EC2,
  // https://docs.aws.amazon.com/STS/latest/APIReference/API_GetCallerIdentity.html
  sts: { GetCallerIdentity: () => [] },
  codebuild: {
    ...each(["BatchGetProjects", "DeleteProject"], projects),
    ...each(["CreateProject", "UpdateProject"], all(projects, passBuildRole)),
  },
  scheduler: {
    ...each(["GetSchedule", "DeleteSchedule"], schedules),
    ...each(["CreateSchedule", "UpdateSchedule"], all(schedules, passScheduleRole)),
  },
  logs: {
    DescribeLogGroups: own("logs", () => [ANY]),
    ...each(["PutRetentionPolicy", "DeleteLogGroup", "ListTagsForResource", "TagResource", "UntagResource"], logGroup),
    CreateLogGroup: all(
      logGroup,
      ifGiven("tags", (_, request) => allow("logs:TagResource", logGroups(request))),
    ),
  },
  monitoring: {
    ...each(["DescribeAlarms", "DeleteAlarms", "ListTagsForResource", "TagResource", "UntagResource"], alarm),
    PutMetricAlarm: all(
      alarm,
      ifGiven("Tags", (_, request) => allow("cloudwatch:TagResource", alarms(request))),
    ),
  },
  cloudcontrolapi: {
    // https://docs.aws.amazon.com/cloudcontrolapi/latest/userguide/security.html
    GetResource: ({ input }) => [
      ...allow("cloudformation:GetResource", ["*"]),
      ...allow("cloudformation:DescribeStacks", [String(input["Identifier"])]),
    ],
  },
  cloudformation: {
    ...each(["DescribeStacks", "DescribeStackEvents", "GetTemplate", "GetTemplateSummary"], stack),
    UpdateStack: all(
      stack,
      // https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/using-iam-servicerole.html
      ifGiven("RoleARN", passRole("cloudformation.amazonaws.com")),
      // https://docs.aws.amazon.com/service-authorization/latest/reference/list_awscloudformation.html
      ifGiven("Tags", (_, request) =>
        allow("cloudformation:TagResource", stacks(request), { "cloudformation:CreateAction": "UpdateStack" }),
      ),
      // https://repost.aws/knowledge-center/cfn-s3-access-denied-error
      ifGiven("TemplateURL", (url) => {
        const { hostname, pathname } = new URL(url);
        return allow("s3:GetObject", [`arn:aws:s3:::${hostname.replace(/\.s3[.-].*$/, "")}${pathname}`]);
      }),
    ),
  },
  s3: {
    ListObjectsV2: ({ input, region }) =>
      allow("s3:ListBucket", [`arn:${partitionOf(region)}:s3:::${String(input["Bucket"])}`]),
    ...each(["GetObject", "HeadObject"], (request) => allow("s3:GetObject", objects(request))),
    DeleteObject: own("s3", objects),
    // Parts of an object are decrypted when they are put together.
    // https://docs.aws.amazon.com/AmazonS3/latest/userguide/UsingKMSEncryption.html
    PutObject: all(
      own("s3", objects),
      ifGiven("SSEKMSKeyId", (key) => [...allow("kms:GenerateDataKey", [key]), ...allow("kms:Decrypt", [key])]),
    ),
  },
};
