import { ACCOUNT_ID } from "../../src/aws/partitions";
import { UPSTREAM_REPOSITORY_PREFIX } from "../../src/cache/rules";
import { READ_AS_UPSTREAM, REPLICATE, REPLICATION_SID, UPSTREAM_SID } from "../../src/registry/policy-statements";
import { REPLICATION_PREFIX, existingPolicyHint } from "../../src/registry/rules";
import { atLeastOne } from "../../src/validation/rule";
import type { Requirement, Rule } from "../../src/validation/rule";
import type { InputRule, ModuleDefinition, ValidationRule } from "../generator/definition";
import { ACCOUNT_INPUT, existingInput } from "../generator/registry";
import { following } from "../generator/rules";
import { policyRules } from "./policy-rules";

/** The inputs of the module registry-policy. */
export const registryPolicy: ModuleDefinition = {
  name: "registry-policy",
  inputs: {
    existing: {
      ...existingInput(
        "Whether the registry has a policy already; keep the value after the first apply. Find out with `aws ecr get-registry-policy --region <region>`: use `NONE` if AWS answers RegistryPolicyNotFoundException. Otherwise use `OVERWRITE`, add the statements that you want to keep to `policies`, and write an import block in your root module: the plan then shows the old and the new policy, and fails without the import block. With `NONE`, Terraform silently replaces a policy that exists.",
        existingPolicyHint("<region>"),
      ),
      decides: true,
    },
    policies: {
      type: "list(string)",
      default: [],
      description:
        "Policies as JSON whose statements become part of the registry policy: outputs `registry_policy_json` of pull-through-cache, and your own ones. Elements that are null are left out. Every statement needs a Sid that no other statement has, Effect, Principal, Action and Resource, and may have Condition.",
      validations: policyRules("policies"),
    },
    replication_from: {
      type: "object",
      isOpen: true,
      noun: "the sources of replication",
      misnomers: { accounts: "account_ids", prefixes: "repository_prefixes" },
      description:
        "Allows other accounts to replicate images to this registry, and to create the repositories for them. The replication itself is a setting of the registry in each source account.",
      otherwise: "no replication from other accounts",
      attributes: {
        account_ids: {
          type: "list(string)",
          description: "IDs of the source accounts, not that of the registry. Required.",
          otherwise: "an error",
          rules: [filled(ACCOUNT_ID)],
          elementRules: [following(ACCOUNT_ID)],
        },
        repository_prefixes: {
          type: "list(string)",
          description:
            "Prefixes of the names of the repositories that may be replicated. As in the filters of ECR, `prod` permits `prod/app` and also `production`.",
          otherwise: "all repositories",
          rules: [filled(REPLICATION_PREFIX)],
          elementRules: [following(REPLICATION_PREFIX)],
        },
      },
      validations: [accountsGiven()],
    },
    upstream_of: {
      type: "map(object)",
      default: {},
      description:
        "Allows pull-through caches of other accounts to read repositories of this registry, by keys of your own. For each private ECR upstream of such a cache, give the account of the cache and the `upstream_repository_prefix` of the upstream. Apply it before the configuration of the cache.",
      attributes: {
        account_id: {
          type: "string",
          required: true,
          description: "The account of the cache, not that of this registry.",
          rules: [following(ACCOUNT_ID)],
        },
        repository_prefix: {
          type: "string",
          required: true,
          description: "The prefix of the repositories that the cache reads; `ROOT` for all.",
          rules: [following(UPSTREAM_REPOSITORY_PREFIX, "use ROOT for all repositories")],
        },
      },
    },
    account_id: ACCOUNT_INPUT,
  },
  facts: {
    replication_sid: { comment: "The Sid of the statement for replication.", value: REPLICATION_SID },
    replication_actions: {
      comment:
        "The actions of replication from other accounts. https://docs.aws.amazon.com/AmazonECR/latest/userguide/registry-permissions-create-replication.html",
      value: REPLICATE,
    },
    upstream_sid: {
      comment: "The start of the Sid of the statement for the caches of an account; the account follows.",
      value: UPSTREAM_SID,
    },
    upstream_actions: {
      comment:
        "The actions with which ECR reads this registry for caches of other accounts. https://docs.aws.amazon.com/AmazonECR/latest/userguide/pull-through-cache-private.html",
      value: READ_AS_UPSTREAM,
    },
  },
};

/** The rule that a list is not empty. */
function filled({ hint }: Rule | Requirement): InputRule {
  return { requirement: atLeastOne("list"), holds: (value) => `try(length(${value}) > 0, true)`, hint };
}

/** The rule that the source accounts are given. */
function accountsGiven(): ValidationRule {
  return {
    // Another rule reports a value that is no object.
    holds: "!can(keys(var.replication_from)) || try(var.replication_from.account_ids, null) != null",
    place: "replication_from.account_ids",
    requirement: "is required",
    hint: "list the source accounts, or leave the input out",
    told: "`account_ids` is required.",
  };
}
