// Writes docs/reference/deployer-permissions.md: the IAM policies that whoever runs Terraform needs. A test compares them with the
// requests that Terraform sends.
import * as fs from "node:fs";
import * as path from "node:path";
import { SECRET_PREFIX } from "../src/aws/secret-names";
import { REPOSITORY_CREATION, UPSTREAM_READING } from "../src/cache/policy-statements";

/** A statement of an IAM policy that allows something. */
export interface Statement {
  readonly Sid: string;
  readonly Action: readonly string[];
  readonly Resource: readonly string[];
  readonly Condition?: { readonly [operator: string]: { readonly [key: string]: string | readonly string[] } };
}

/** The permissions for a construct and for the module that creates the same resources. */
export interface Part {
  readonly title: string;
  readonly purpose: string;
  /** The statements for `terraform plan`. */
  readonly plan: readonly Statement[];
  /** The statements for `terraform apply` and `terraform destroy`, beside those for a plan. */
  readonly apply: readonly Statement[];
  /** Sentences about statements, by their Sid. */
  readonly notes: { readonly [sid: string]: string };
}

const PAGE = path.join(__dirname, "..", "docs", "reference", "deployer-permissions.md");

const ACCOUNT = "111122223333";
const SERVICE_AUTHORIZATION = "https://docs.aws.amazon.com/service-authorization/latest/reference";
const ECR_GUIDE = "https://docs.aws.amazon.com/AmazonECR/latest/userguide";
const PASS_ROLE = "https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_use_passrole.html";

const iam = (resource: string): string => `arn:aws:iam::${ACCOUNT}:${resource}`;
const regional = (service: string, resource: string): string => `arn:aws:${service}:*:${ACCOUNT}:${resource}`;
const ec2 = (type: string): string => regional("ec2", `${type}/*`);

/** A thing of EC2 that another account may own and share. */
const sharedEc2 = (type: string): string => `arn:aws:ec2:*:*:${type}/*`;

const READ_ROLES = ["iam:GetRole", "iam:GetRolePolicy", "iam:ListAttachedRolePolicies", "iam:ListRolePolicies"];
const WRITE_ROLES = [
  "iam:CreateRole",
  "iam:DeleteRole",
  "iam:DeleteRolePolicy",
  "iam:ListInstanceProfilesForRole",
  "iam:PutRolePolicy",
];

const TAG_ROLES = ["iam:TagRole", "iam:UntagRole"];

function passRole(Sid: string, role: string, service: string): Statement {
  const Condition = { StringEquals: { "iam:PassedToService": service } };
  return { Sid, Action: ["iam:PassRole"], Resource: [iam(`role/${role}`)], Condition };
}

const DEFAULT_TAGS = "only if the AWS provider has default tags.";

const CREATION_ROLE = `${REPOSITORY_CREATION.namePrefix}*`;
const UPSTREAM_ROLE = `${UPSTREAM_READING.namePrefix}*`;
const SECRETS = regional("secretsmanager", `secret:${SECRET_PREFIX}*`);

const CACHE: Part = {
  title: "`PullThroughCache` and module pull-through-cache",
  purpose: "The regional stacks of a `PullThroughCacheFleet` need the same.",
  plan: [
    {
      Sid: "ReadRegistry",
      Action: ["ecr:DescribePullThroughCacheRules", "ecr:DescribeRepositoryCreationTemplates"],
      Resource: ["*"],
    },
    {
      Sid: "ReadSecrets",
      Action: ["secretsmanager:DescribeSecret", "secretsmanager:GetResourcePolicy"],
      Resource: [SECRETS],
    },
    { Sid: "ReadManagedSecrets", Action: ["secretsmanager:GetSecretValue"], Resource: [SECRETS] },
    {
      Sid: "ReadRepositories",
      Action: ["ecr:DescribeRepositories", "ecr:GetRepositoryPolicy"],
      Resource: [regional("ecr", "repository/*")],
    },
    { Sid: "ReadRoles", Action: READ_ROLES, Resource: [iam(`role/${CREATION_ROLE}`), iam(`role/${UPSTREAM_ROLE}`)] },
  ],
  apply: [
    {
      Sid: "WriteRegistry",
      Action: [
        "ecr:CreatePullThroughCacheRule",
        "ecr:CreateRepositoryCreationTemplate",
        "ecr:DeletePullThroughCacheRule",
        "ecr:DeleteRepositoryCreationTemplate",
        "ecr:UpdatePullThroughCacheRule",
        "ecr:UpdateRepositoryCreationTemplate",
      ],
      Resource: ["*"],
    },
    {
      Sid: "WriteTemplates",
      Action: ["ecr:CreateRepository", "ecr:PutLifecyclePolicy", "ecr:SetRepositoryPolicy"],
      Resource: [regional("ecr", "repository/*")],
    },
    {
      Sid: "WriteRepositoryPolicies",
      Action: ["ecr:DeleteRepositoryPolicy", "ecr:SetRepositoryPolicy"],
      Resource: [regional("ecr", "repository/*")],
    },
    {
      Sid: "WriteManagedSecrets",
      Action: ["secretsmanager:CreateSecret", "secretsmanager:DeleteSecret", "secretsmanager:PutSecretValue"],
      Resource: [SECRETS],
    },
    { Sid: "WriteRoles", Action: WRITE_ROLES, Resource: [iam(`role/${CREATION_ROLE}`), iam(`role/${UPSTREAM_ROLE}`)] },
    passRole("PassCreationRole", CREATION_ROLE, REPOSITORY_CREATION.service),
    passRole("PassUpstreamRole", UPSTREAM_ROLE, UPSTREAM_READING.service),
    {
      Sid: "CreateServiceLinkedRoles",
      Action: ["iam:CreateServiceLinkedRole"],
      Resource: [
        iam("role/aws-service-role/ecr.amazonaws.com/AWSServiceRoleForECRTemplate"),
        iam("role/aws-service-role/pullthroughcache.ecr.amazonaws.com/AWSServiceRoleForECRPullThroughCache"),
      ],
      Condition: {
        StringEquals: { "iam:AWSServiceName": ["ecr.amazonaws.com", "pullthroughcache.ecr.amazonaws.com"] },
      },
    },
    {
      Sid: "WriteDefaultTags",
      Action: [...TAG_ROLES, "secretsmanager:TagResource", "secretsmanager:UntagResource"],
      Resource: [iam(`role/${CREATION_ROLE}`), iam(`role/${UPSTREAM_ROLE}`), SECRETS],
    },
  ],
  notes: {
    ReadSecrets: "only for secrets that the stack creates or looks up by name.",
    ReadManagedSecrets:
      'only for `RegistryCredential.managed`, and `credential = "managed"` of the module. The provider reads the value of the secret in every plan, so whoever plans can read the token. To prevent this, create the secret elsewhere.',
    ReadRoles:
      "only if repositories have tags or KMS encryption, or an upstream is in another account. The same holds for `WriteRoles`, `PassCreationRole` and `PassUpstreamRole`.",
    WriteTemplates: `AWS [asks for these actions](${ECR_GUIDE}/repository-creation-templates-create.html) when a template is created or updated.`,
    ReadRepositories:
      "only for `existingRepositoryCommands` and the `existingRepositories` of `allowPullFrom`, and for `allow_pull_from` of the module.",
    WriteRepositoryPolicies:
      "only for the `existingRepositories` of `allowPullFrom`, and `existing_repositories` of the module.",
    PassCreationRole: `[required](${PASS_ROLE}) to give a role to ECR. If you set \`roleArn\` to a role of your own, add its ARN here or to \`PassUpstreamRole\`.`,
    CreateServiceLinkedRoles: `ECR creates these roles with the first [template](${ECR_GUIDE}/slr-rct.html) and the first [rule](${ECR_GUIDE}/slr-pullthroughcache.html) of the account.`,
    WriteDefaultTags: DEFAULT_TAGS,
  },
};

const GRANT: Part = {
  title: "`PullThroughCache.grantPull` and module pull-policy with `role_names`",
  purpose: "Replace `eks-node` with the names of the roles that may pull.",
  plan: [{ Sid: "ReadGrants", Action: ["iam:GetRolePolicy"], Resource: [iam("role/eks-node")] }],
  apply: [
    {
      Sid: "WriteGrants",
      Action: ["iam:DeleteRolePolicy", "iam:PutRolePolicy"],
      Resource: [iam("role/eks-node")],
    },
  ],
  notes: {},
};

const MANAGED_POLICIES = iam("policy/registries-*");

const MANAGED_POLICY: Part = {
  title: "`PullThroughCacheFleet.addPullPolicy` and module pull-policy with `managed_policy`",
  purpose:
    "Replace `registries` with the id of the fleet, which is the first part of the names of its policies, or with the name of the module's policy.",
  plan: [{ Sid: "ReadPolicies", Action: ["iam:GetPolicy", "iam:GetPolicyVersion"], Resource: [MANAGED_POLICIES] }],
  apply: [
    {
      Sid: "WritePolicies",
      Action: [
        "iam:CreatePolicy",
        "iam:CreatePolicyVersion",
        "iam:DeletePolicy",
        "iam:DeletePolicyVersion",
        "iam:ListPolicyVersions",
      ],
      Resource: [MANAGED_POLICIES],
    },
    { Sid: "WriteDefaultTags", Action: ["iam:TagPolicy", "iam:UntagPolicy"], Resource: [MANAGED_POLICIES] },
  ],
  notes: { WriteDefaultTags: DEFAULT_TAGS },
};

const ENDPOINTS: Part = {
  title: "`RegistryEndpoints` and module registry-endpoints",
  purpose: "VPCs and subnets may be of any account, since another account may share them with yours.",
  plan: [
    {
      Sid: "ReadNetwork",
      Action: [
        "ec2:DescribeNetworkInterfaces",
        "ec2:DescribePrefixLists",
        "ec2:DescribeRouteTables",
        "ec2:DescribeSecurityGroupRules",
        "ec2:DescribeSecurityGroups",
        "ec2:DescribeSubnets",
        "ec2:DescribeVpcEndpoints",
        "ec2:DescribeVpcs",
      ],
      Resource: ["*"],
    },
    { Sid: "ReadVpcs", Action: ["ec2:DescribeVpcAttribute"], Resource: [sharedEc2("vpc")] },
  ],
  apply: [
    {
      Sid: "WriteEndpoints",
      Action: ["ec2:CreateVpcEndpoint", "ec2:DeleteVpcEndpoints", "ec2:ModifyVpcEndpoint"],
      Resource: [sharedEc2("vpc"), sharedEc2("subnet"), ec2("route-table"), ec2("security-group"), ec2("vpc-endpoint")],
    },
    {
      Sid: "WriteSecurityGroups",
      Action: [
        "ec2:AuthorizeSecurityGroupIngress",
        "ec2:CreateSecurityGroup",
        "ec2:DeleteSecurityGroup",
        "ec2:ModifySecurityGroupRules",
        "ec2:RevokeSecurityGroupEgress",
        "ec2:RevokeSecurityGroupIngress",
      ],
      Resource: [sharedEc2("vpc"), ec2("security-group"), ec2("security-group-rule")],
    },
    {
      Sid: "WritePrivateDns",
      Action: ["route53:AssociateVPCWithHostedZone"],
      Resource: ["arn:aws:route53:::hostedzone/*"],
    },
    {
      Sid: "WriteDefaultTags",
      Action: ["ec2:CreateTags", "ec2:DeleteTags"],
      Resource: [ec2("security-group"), ec2("security-group-rule"), ec2("vpc-endpoint")],
    },
  ],
  notes: {
    WritePrivateDns: `AWS's pages disagree. Until 2026 the [Service Authorization Reference](${SERVICE_AUTHORIZATION}/list_amazonec2.html) said that \`ec2:CreateVpcEndpoint\` requires this action; the [page on VPC endpoints](https://docs.aws.amazon.com/vpc/latest/privatelink/vpc-endpoints-iam.html) does not.`,
    WriteDefaultTags: DEFAULT_TAGS,
  },
};

const WARMER_ROLE = "ecr-cache-warmer-*";
const BUILD_LOGS = regional("logs", "log-group:/aws/codebuild/registries-*");
const ALARMS = regional("cloudwatch", "alarm:registries-*");
const PROJECTS = regional("codebuild", "project/registries-*");
const SCHEDULES = regional("scheduler", "schedule/default/registries-*");

const WARMER: Part = {
  title: "`CacheWarmer` and module cache-warmer",
  purpose:
    "Replace `registries` with the beginning of the `projectName` or `project_name`; that of `CacheWarmer` is by default the name of the stack. The cache needs its own permissions as well.",
  plan: [
    {
      Sid: "ReadWarmers",
      Action: [
        "cloudwatch:DescribeAlarms",
        "cloudwatch:ListTagsForResource",
        "codebuild:BatchGetProjects",
        "logs:ListTagsForResource",
        "scheduler:GetSchedule",
      ],
      Resource: [ALARMS, PROJECTS, BUILD_LOGS, SCHEDULES],
    },
    { Sid: "ReadLogGroups", Action: ["logs:DescribeLogGroups"], Resource: ["*"] },
    { Sid: "ReadRoles", Action: READ_ROLES, Resource: [iam(`role/${WARMER_ROLE}`)] },
  ],
  apply: [
    {
      Sid: "WriteWarmers",
      Action: [
        "cloudwatch:DeleteAlarms",
        "cloudwatch:PutMetricAlarm",
        "codebuild:CreateProject",
        "codebuild:DeleteProject",
        "codebuild:UpdateProject",
        "logs:CreateLogGroup",
        "logs:DeleteLogGroup",
        "logs:PutRetentionPolicy",
        "scheduler:CreateSchedule",
        "scheduler:DeleteSchedule",
        "scheduler:UpdateSchedule",
      ],
      Resource: [ALARMS, PROJECTS, BUILD_LOGS, SCHEDULES],
    },
    { Sid: "WriteRoles", Action: WRITE_ROLES, Resource: [iam(`role/${WARMER_ROLE}`)] },
    passRole("PassBuildRole", WARMER_ROLE, "codebuild.amazonaws.com"),
    passRole("PassScheduleRole", "ecr-cache-warmer-schedule-*", "scheduler.amazonaws.com"),
    {
      Sid: "WriteDefaultTags",
      Action: [
        "cloudwatch:TagResource",
        "cloudwatch:UntagResource",
        ...TAG_ROLES,
        "logs:TagResource",
        "logs:UntagResource",
      ],
      Resource: [ALARMS, BUILD_LOGS, iam(`role/${WARMER_ROLE}`)],
    },
  ],
  notes: {
    PassBuildRole: `[required](${PASS_ROLE}) to give CodeBuild its service role.`,
    PassScheduleRole: `the same for [EventBridge Scheduler](https://docs.aws.amazon.com/scheduler/latest/UserGuide/setting-up.html).`,
    WriteDefaultTags: DEFAULT_TAGS,
  },
};

function createServiceLinkedRole(service: string, role: string): Statement {
  return {
    Sid: "CreateServiceLinkedRole",
    Action: ["iam:CreateServiceLinkedRole"],
    Resource: [iam(`role/aws-service-role/${service}/${role}`)],
    Condition: { StringEquals: { "iam:AWSServiceName": service } },
  };
}

const SCANNING: Part = {
  title: "`RegistryScanning` and module registry-scanning",
  purpose: "AWS has one scanning configuration for each account and region.",
  plan: [{ Sid: "ReadScanning", Action: ["ecr:GetRegistryScanningConfiguration"], Resource: ["*"] }],
  apply: [
    { Sid: "WriteScanning", Action: ["ecr:PutRegistryScanningConfiguration"], Resource: ["*"] },
    {
      Sid: "UseInspector",
      Action: ["inspector2:Disable", "inspector2:Enable", "inspector2:ListAccountPermissions"],
      Resource: ["*"],
    },
    createServiceLinkedRole("inspector2.amazonaws.com", "AWSServiceRoleForAmazonInspector2"),
  ],
  notes: {
    UseInspector: `only for ENHANCED: [AWS asks for these actions](${ECR_GUIDE}/image-scanning-enhanced-iam.html) when it is turned on or off.`,
    CreateServiceLinkedRole: "only for ENHANCED: Amazon Inspector creates this role when it is first turned on.",
  },
};

const REPLICATION: Part = {
  title: "`RegistryReplication` and module registry-replication",
  purpose: "AWS has one replication configuration for each account and region.",
  plan: [{ Sid: "ReadReplication", Action: ["ecr:DescribeRegistry"], Resource: ["*"] }],
  apply: [
    { Sid: "WriteReplication", Action: ["ecr:PutReplicationConfiguration"], Resource: ["*"] },
    createServiceLinkedRole("replication.ecr.amazonaws.com", "AWSServiceRoleForECRReplication"),
  ],
  notes: {
    CreateServiceLinkedRole: `ECR creates [this role](${ECR_GUIDE}/slr-replication.html) with the first replication configuration of the account.`,
  },
};

const REGISTRY_POLICY: Part = {
  title: "`RegistryPolicy` and module registry-policy",
  purpose: "The caches beside the policy need their own permissions as well.",
  plan: [{ Sid: "ReadRegistryPolicy", Action: ["ecr:GetAccountSetting", "ecr:GetRegistryPolicy"], Resource: ["*"] }],
  apply: [
    {
      Sid: "WriteRegistryPolicy",
      Action: ["ecr:DeleteRegistryPolicy", "ecr:PutAccountSetting", "ecr:PutRegistryPolicy"],
      Resource: ["*"],
    },
  ],
  notes: {
    ReadRegistryPolicy: `these actions [have no resources](${SERVICE_AUTHORIZATION}/list_amazonelasticcontainerregistry.html), so the policies apply to all regions. The same holds for \`WriteRegistryPolicy\`.`,
  },
};

const STACKS = regional("cloudformation", "stack/acme-agent/*");
const READ_STACK: Statement = {
  Sid: "ReadStack",
  Action: ["cloudformation:DescribeStacks", "cloudformation:GetTemplate"],
  Resource: [STACKS],
};

const UPDATE_STACK: Statement = {
  Sid: "UpdateStack",
  Action: ["cloudformation:DescribeStackEvents", "cloudformation:UpdateStack"],
  Resource: [STACKS],
};

const STACK_NAME = "Replace `acme-agent` with the name of the CloudFormation stack.";
const UPDATE_STACK_NOTE =
  "CloudFormation changes resources with the [service role](https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/using-iam-servicerole.html) of the stack. The update keeps this role, so nobody needs `iam:PassRole`. If the stack has no service role, CloudFormation uses the credentials of the caller. The caller then also needs the permissions to change the resources of the vendor's template.";

const ADOPT: Part = {
  title: "`StackParameterOverride` and module stack-parameter-override with `ADOPT`",
  purpose: STACK_NAME,
  plan: [READ_STACK, { Sid: "ReadProtection", Action: ["cloudformation:GetResource"], Resource: ["*"] }],
  apply: [
    UPDATE_STACK,
    {
      Sid: "KeepTags",
      Action: ["cloudformation:TagResource"],
      Resource: [STACKS],
      Condition: { StringEquals: { "cloudformation:CreateAction": "UpdateStack" } },
    },
    { Sid: "ReadTemplate", Action: ["s3:GetObject"], Resource: ["arn:aws:s3:::acme-templates/agent.json"] },
  ],
  notes: {
    UpdateStack: UPDATE_STACK_NOTE,
    ReadProtection:
      "only with `requireTerminationProtection`: [AWS Cloud Control](https://docs.aws.amazon.com/cloudcontrolapi/latest/userguide/security.html) has no permissions for single resources.",
    KeepTags: `the update [sends the tags of the stack](${SERVICE_AUTHORIZATION}/list_awscloudformation.html) back.`,
    ReadTemplate:
      "only with a `templateUrl`, for its bucket and key: [CloudFormation reads it](https://repost.aws/knowledge-center/cfn-s3-access-denied-error) with the credentials of the caller.",
  },
};

const AWS_CLI: Part = {
  title: "`StackParameterOverride` and module stack-parameter-override with `AWS_CLI`",
  purpose: `${STACK_NAME} The AWS CLI uses the credentials of the environment, which need the same permissions as those of the provider.`,
  plan: [READ_STACK],
  apply: [UPDATE_STACK, { Sid: "FindMacros", Action: ["cloudformation:GetTemplateSummary"], Resource: [STACKS] }],
  notes: {
    UpdateStack: UPDATE_STACK_NOTE,
    FindMacros: "the update acknowledges the macros of the template.",
  },
};

const STATES = `arn:aws:s3:::terraform-states-${ACCOUNT}/ecr-pull-through-cache/*.tfstate`;
const LOCKS = `${STATES}.tflock`;

const STATE: Part = {
  title: "`StateBackend.s3`",
  purpose: "Replace the bucket, the `keyPrefix` and the KMS key. A plan writes the lock, and not the state.",
  plan: [
    { Sid: "ListStates", Action: ["s3:ListBucket"], Resource: [`arn:aws:s3:::terraform-states-${ACCOUNT}`] },
    { Sid: "ReadStates", Action: ["s3:GetObject"], Resource: [STATES, LOCKS] },
    { Sid: "WriteLocks", Action: ["s3:DeleteObject", "s3:PutObject"], Resource: [LOCKS] },
    {
      Sid: "UseKey",
      Action: ["kms:Decrypt", "kms:GenerateDataKey"],
      Resource: [regional("kms", "key/1234abcd-12ab-44cd-96ef-1234567890ab")],
    },
  ],
  apply: [{ Sid: "WriteStates", Action: ["s3:PutObject"], Resource: [STATES] }],
  notes: {
    UseKey:
      "only with a `kmsKeyId`: [S3 requires both actions](https://docs.aws.amazon.com/AmazonS3/latest/userguide/UsingKMSEncryption.html). The policy of the key must let IAM policies of the account grant them, as the default key policy does.",
  },
};

/** All parts, in the order of the page. */
export const PARTS = {
  CACHE,
  GRANT,
  MANAGED_POLICY,
  ENDPOINTS,
  WARMER,
  SCANNING,
  REPLICATION,
  REGISTRY_POLICY,
  ADOPT,
  AWS_CLI,
  STATE,
} as const;

/** A policy with these statements, in which a list of one element is that element. */
export function policyOf(statements: readonly Statement[]): object {
  const single = <T>(list: readonly T[]): readonly T[] | T => (list.length === 1 ? (list[0] as T) : list);
  const Statement = statements.map(({ Sid, Action, Resource, Condition }) => ({
    Sid,
    Effect: "Allow",
    Action: single(Action),
    Resource: single(Resource),
    ...(Condition === undefined ? {} : { Condition }),
  }));
  return { Version: "2012-10-17", Statement };
}

/** The text of docs/reference/deployer-permissions.md. */
export function permissionsPage(): string {
  return [
    "<!-- Generated by `npm run permissions` from scripts/permissions.ts. -->",
    "# Permissions to run Terraform",
    "This page has two IAM policies for each construct and module: `terraform plan` needs the first one, `terraform apply` and `terraform destroy` need both. Attach the policies of all constructs in a stack, each as a policy of its own, since their statements have the same names. The module private-registry needs the policies of pull-through-cache, registry-endpoints and pull-policy. The module image-uris has no resources and needs no policy.",
    `Replace \`${ACCOUNT}\` with your account ID, \`arn:aws:\` with \`arn:<your partition>:\`, and the region \`*\` with your regions if you like. If the provider or the backend assumes a role, this role needs the policies, and the caller needs \`sts:AssumeRole\` for the role.`,
    "A test deploys each construct and module with these policies only, with hashicorp/aws 5.100.0 against a stand-in for AWS, and fails if a policy lacks an action or has one that is not needed. The provider also calls `iam:GetUser` to find out its account. It does not need this permission: if AWS refuses, it calls `sts:GetCallerIdentity`, which [needs none](https://docs.aws.amazon.com/STS/latest/APIReference/API_GetCallerIdentity.html).",
    ...Object.values(PARTS).flatMap(sectionOf),
  ]
    .join("\n\n")
    .concat("\n");
}

function sectionOf(part: Part): string[] {
  const { title, purpose, notes } = part;
  const told = Object.entries(notes).map(([sid, note]) => `- \`${sid}\`: ${note}`);
  return [
    `## ${title}`,
    purpose,
    "For plan, apply and destroy:",
    json(part.plan),
    "For apply and destroy, in addition:",
    json(part.apply),
    ...(told.length === 0 ? [] : [told.join("\n")]),
  ];
}

function json(statements: readonly Statement[]): string {
  return `\`\`\`json\n${JSON.stringify(policyOf(statements), undefined, 2)}\n\`\`\``;
}

if (require.main === module) {
  fs.writeFileSync(PAGE, permissionsPage());
}
