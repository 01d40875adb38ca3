import { REGION_NAME } from "../../src/aws/partitions";
import { AT_LEAST_ONE_PREFIX, POLICY_NAME, REPOSITORY_PREFIX, ROLE_NAME } from "../../src/cache/rules";
import type { ModuleDefinition } from "../generator/definition";
import { ACCOUNT_INPUT, PARTITIONS_BY_REGION, PULL_ACTIONS, TAGGED_PREFIXES_INPUT } from "../generator/registry";
import { following, givenOnce } from "../generator/rules";

/** The inputs of the module pull-policy. */
export const pullPolicy: ModuleDefinition = {
  name: "pull-policy",
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
      isOpen: true,
      noun: "a managed policy",
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
      elementRules: [following(REGION_NAME, "list the regions of the caches")],
    },
    account_id: ACCOUNT_INPUT,
  },
  facts: {
    pull_actions: PULL_ACTIONS.existing,
    first_pull_actions: PULL_ACTIONS.first,
    tagging_first_pull_actions: PULL_ACTIONS.taggingFirst,
    partitions_by_region: PARTITIONS_BY_REGION,
  },
};
