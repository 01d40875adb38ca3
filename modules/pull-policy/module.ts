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

const FEWER = "use fewer prefixes, or call the module several times, each for some of them";

/** The ARNs of the repositories under prefixes in all regions, as an expression. */
function arnsInRegions(prefixes: string): string {
  return expression(
    `distinct(flatten([for region in local.regions : ${repositoryArns(prefixes, registryArn("region"))}]))`,
  );
}

/** The permission to pull through caches, attached to roles or as a managed policy. */
export const pullPolicy: ModuleDefinition = {
  name: "pull-policy",
  purpose: [
    "Only the permission to pull through the caches of one account: as inline policies of roles, as a managed policy, or as JSON for any other tool.",
    "AWS's managed policies for pulling from Amazon ECR lack one or both of the two actions that pulls through a cache need as well: `ecr:BatchImportUpstreamImage` for every image that is new or refreshed, and `ecr:CreateRepository` for the first pull. Where a creation template sets tags, the first pull may need `ecr:TagResource` too: AWS's pages disagree, and `tagged_prefixes` grants it. It is what `PullThroughCache.grantPull` and `PullThroughCacheFleet.addPullPolicy` grant.",
    "IAM policies apply to all regions: call the module once, and list the regions in `regions`. `tagged_prefixes` also applies to all of them: list the prefixes that have tags in any region.",
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
      elementRules: [following(REPOSITORY_PREFIX, "use a prefix of a cache")],
      validations: [
        {
          holds: "length(var.prefixes) > 0",
          place: "prefixes",
          requirement: AT_LEAST_ONE_PREFIX,
          got: "var.prefixes",
          hint: "list the prefixes of the caches that may be pulled from",
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
      elementRules: [following(ROLE_NAME)],
      validations: [givenOnce("role_names", "map")],
    },
    managed_policy: {
      type: "object",
      description: "Creates a managed policy, for configurations that need the ARN of a policy.",
      otherwise: "no managed policy",
      attributes: {
        name: {
          type: "string",
          required: true,
          description: "Its name.",
          rules: [following(POLICY_NAME)],
        },
      },
    },
    regions: {
      type: "set(string)",
      default: [],
      description: "The regions of the caches.",
      otherwise: "the region of the provider",
      elementRules: [following(REGION_NAME)],
    },
    account_id: ACCOUNT_INPUT,
  },
  locals: {
    account_id: REGISTRY_LOCALS["account_id"],
    regions: expression(`length(var.regions) == 0 ? [${REGION_EXPRESSION}] : sort(var.regions)`),
    repository_arns: arnsInRegions("var.prefixes"),
    // Only a pull that creates repositories tags them.
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
              hint: "use fewer prefixes, or create a `managed_policy` for some of them",
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
          hint: "call the module once for each partition, since a policy applies to one only",
        }),
        // No validation, since before Terraform 1.9 a validation cannot read other inputs.
        conditionOf(TAGGED_PREFIXES_FAULT),
      ],
    },
    policy_arn: {
      description: "ARN of the managed policy; null without one.",
      value: expression("one(aws_iam_policy.pull[*].arn)"),
    },
    repository_arns: {
      description: "The ARNs of the repositories that the policy allows to pull.",
      value: "${local.repository_arns}",
    },
  },
};
