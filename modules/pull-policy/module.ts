import { REGION_NAME } from "../../src/aws/partitions";
import {
  INLINE_POLICIES,
  MANAGED_POLICY,
  MAX_INLINE_POLICIES,
  MAX_MANAGED_POLICY,
} from "../../src/aws/policy-document";
import { PULL_POLICY_NAME_PREFIX, createStatement, pullStatement } from "../../src/cache/policy-statements";
import { AT_LEAST_ONE_PREFIX, POLICY_NAME, REPOSITORY_PREFIX, ROLE_NAME } from "../../src/cache/rules";
import type { ModuleDefinition } from "../generator/definition";
import { expression, hcl } from "../generator/hcl";
import {
  ACCOUNT_INPUT,
  PARTITION,
  REGION_EXPRESSION,
  REGISTRY_DATA,
  REGISTRY_LOCALS,
  TAGGED_PREFIXES_FAULT,
  TAGGED_PREFIXES_INPUT,
  UNTAGGED_PREFIXES,
  partitionOf,
  pullStatements,
  registryArn,
  repositoryArns,
} from "../generator/registry";
import { conditionOf, following, givenOnce } from "../generator/rules";

const UNTAGGED = "${local.untagged_arns}";
const UNTAGGED_STATEMENT = `var.create_repositories ? ${hcl(createStatement(UNTAGGED))} : ${hcl(pullStatement(UNTAGGED))}`;

const FEWER = "name fewer prefixes, or call the module once for some of them and once for the others";

/** The ARNs of the repositories under prefixes, in all regions. */
function arnsInRegions(prefixes: string): string {
  return expression(
    `distinct(flatten([for region in local.regions : ${repositoryArns(prefixes, registryArn("region"))}]))`,
  );
}

/** The permission to pull through caches, attached to roles or as a managed policy. */
export const pullPolicy: ModuleDefinition = {
  name: "pull-policy",
  purpose: [
    "The permission to pull through the caches of one account, and no more: as inline policies of roles, as a managed policy, or as JSON for any other tool.",
    "AWS's managed policies for pulling from Amazon ECR lack one or both of the two actions that pulls through a cache need as well: `ecr:BatchImportUpstreamImage` for every image that is new or refreshed, and `ecr:CreateRepository` for the first pull. Where a creation template sets tags, the first pull may need `ecr:TagResource` too: AWS's pages disagree, and `tagged_prefixes` grants it. It is what `PullThroughCache.grantPull` and `PullThroughCacheFleet.pullPolicyArn` grant.",
    "IAM is of no region: call it once for all regions, and name them in `regions`. `tagged_prefixes` holds for all of them: name the prefixes that have tags in any region.",
  ],
  uses: [
    {
      title: "Smallest use",
      hcl: `
resource "aws_iam_role" "nodes" {
  name_prefix = "nodes-"
  assume_role_policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Principal = { Service = "ec2.amazonaws.com" }, Action = "sts:AssumeRole" }]
  })
}

module "pulls" {
  source = "../cdktf-ecr-pull-through-cache/modules/pull-policy"

  prefixes   = ["ecr-public", "docker-hub"]
  role_names = { nodes = aws_iam_role.nodes.name }
}
`,
    },
    {
      title: "As a managed policy for all regions",
      hcl: `
module "pulls" {
  source = "../cdktf-ecr-pull-through-cache/modules/pull-policy"

  prefixes       = ["ecr-public"]
  regions        = ["us-east-1", "eu-west-1"]
  managed_policy = { name = "elastio-pull" }
}

output "policy_arn" {
  value = module.pulls.policy_arn
}
`,
    },
  ],
  terraform: "1.8",
  inputs: {
    prefixes: {
      type: "list(string)",
      required: true,
      description: "The prefixes of the upstreams that may be pulled: the output `prefixes` of pull-through-cache.",
      elementRules: [following(REPOSITORY_PREFIX, "give a prefix that a cache has")],
      validations: [
        {
          holds: "length(var.prefixes) > 0",
          place: "prefixes",
          requirement: AT_LEAST_ONE_PREFIX,
          got: "var.prefixes",
          hint: "name what may be pulled",
        },
      ],
    },
    tagged_prefixes: TAGGED_PREFIXES_INPUT,
    create_repositories: {
      type: "bool",
      default: true,
      description:
        "Whether a pull may create the repository of an image that was never pulled before. Without it, the first pull of such an image fails.",
    },
    role_names: {
      type: "map(string)",
      decides: true,
      default: {},
      description:
        "Names of the roles that may pull, by keys of your own, like `{ nodes = aws_iam_role.nodes.name }`: each gets an inline policy.",
      elementRules: [following(ROLE_NAME, "give the role's name without path and ARN")],
      validations: [givenOnce("role_names", "map")],
    },
    managed_policy: {
      type: "object",
      description: "Has a managed policy made, for what takes ARNs of policies.",
      otherwise: "none is made",
      attributes: {
        name: {
          type: "string",
          required: true,
          description: "Its name.",
          rules: [following(POLICY_NAME, "choose another name")],
        },
      },
    },
    regions: {
      type: "set(string)",
      default: [],
      description: "The regions of the caches.",
      otherwise: "that of the provider",
      elementRules: [following(REGION_NAME, "give the region, not one of its zones")],
    },
    account_id: ACCOUNT_INPUT,
  },
  locals: {
    account_id: REGISTRY_LOCALS["account_id"],
    regions: expression(`length(var.regions) == 0 ? [${REGION_EXPRESSION}] : sort(var.regions)`),
    repository_arns: arnsInRegions("var.prefixes"),
    // Without the permission to create repositories there is none to tag either.
    tagged_prefixes: expression("[for prefix in var.tagged_prefixes : prefix if var.create_repositories]"),
    untagged_prefixes: expression(`var.create_repositories ? ${UNTAGGED_PREFIXES} : var.prefixes`),
    tagged_arns: arnsInRegions("local.tagged_prefixes"),
    untagged_arns: arnsInRegions("local.untagged_prefixes"),
    policy: expression(
      `jsonencode({ Version = "2012-10-17", Statement = ${pullStatements(UNTAGGED_STATEMENT, "${local.tagged_arns}")} })`,
    ),
  },
  data: REGISTRY_DATA,
  resources: {
    aws_iam_role_policy: {
      pull: {
        for_each: "${var.role_names}",
        name_prefix: PULL_POLICY_NAME_PREFIX,
        role: "${each.value}",
        policy: "${local.policy}",
        lifecycle: {
          precondition: [
            conditionOf({
              holds: `length(local.policy) <= ${MAX_INLINE_POLICIES}`,
              place: "role_names[${jsonencode(each.key)}]",
              requirement: INLINE_POLICIES,
              got: "length(local.policy)",
              hint: "name fewer prefixes, or make a `managed_policy` for some of them",
            }),
          ],
        },
      },
    },
    aws_iam_policy: {
      pull: {
        count: expression("nonsensitive(var.managed_policy == null) ? 0 : 1"),
        name: "${var.managed_policy.name}",
        description: "Lets pull through caches of Amazon ECR",
        policy: "${local.policy}",
        lifecycle: {
          precondition: [
            conditionOf({
              holds: `length(local.policy) <= ${MAX_MANAGED_POLICY}`,
              place: "managed_policy",
              requirement: MANAGED_POLICY,
              got: "length(local.policy)",
              hint: FEWER,
            }),
          ],
        },
      },
    },
  },
  outputs: {
    json: {
      description: "The policy as JSON.",
      value: "${local.policy}",
      precondition: [
        conditionOf({
          each: ["region in local.regions"],
          holds: `${partitionOf("region")} == ${PARTITION}`,
          place: "regions",
          requirement: "be of the partition of the provider",
          got: "region",
          hint: "call the module once for each partition: a policy holds in one only",
        }),
        // Not a validation, which reads no other input before Terraform 1.9.
        conditionOf(TAGGED_PREFIXES_FAULT),
      ],
    },
    policy_arn: {
      description: "ARN of the managed policy; null without one.",
      value: expression("one(aws_iam_policy.pull[*].arn)"),
    },
    repository_arns: {
      description: "What the policy is about.",
      value: "${local.repository_arns}",
    },
  },
};
