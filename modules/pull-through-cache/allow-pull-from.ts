import { ORGANIZATIONAL_UNIT_PATH, ORGANIZATION_ID } from "../../src/aws/organizations";
import { ACCOUNT_ID } from "../../src/aws/partitions";
import { ALLOW_PULL_RULES, PULL_RULES, REPOSITORY_PATH } from "../../src/cache/rules";
import { GIVEN_ONCE, atLeastOne } from "../../src/validation/rule";
import type { Requirement } from "../../src/validation/rule";
import type { Input, InputRule, ValidationRule } from "../generator/definition";
import { inSnakeCase } from "../generator/hcl";
import { following } from "../generator/rules";

/** The input for pulls of other accounts. */
export const ALLOW_PULL_FROM: Input = {
  type: "object",
  isOpen: true,
  decides: true,
  noun: "the pulls of other accounts",
  misnomers: { accounts: "account_ids", org_id: "organization_id", ou_paths: "organizational_unit_paths" },
  description:
    "Allows identities of other accounts to pull. The creation templates give new repositories the policy that they need, and the output `registry_policy_json` has the statements for the module registry-policy, without which first pulls fail. Existing repositories keep their policies: see the output `existing_repository_commands`.",
  otherwise: "only identities of the account can pull",
  attributes: {
    account_ids: {
      type: "list(string)",
      description: "IDs of other accounts. Their administrators choose which identities may pull.",
      otherwise: "none",
      rules: [filled(ALLOW_PULL_RULES.accountIds)],
      elementRules: [following(ACCOUNT_ID)],
    },
    organization_id: {
      type: "string",
      description: "ID of an organization whose accounts may all pull.",
      otherwise: "none",
      rules: [following(ORGANIZATION_ID)],
    },
    organizational_unit_paths: {
      type: "list(string)",
      description: "Paths of organizational units whose accounts may pull, including the units below them.",
      otherwise: "none",
      rules: [filled({ requirement: atLeastOne("list"), hint: ORGANIZATIONAL_UNIT_PATH.hint })],
      elementRules: [following(ORGANIZATIONAL_UNIT_PATH)],
    },
    prefixes: {
      type: "list(string)",
      description:
        "The prefixes of the upstreams that they may pull from. A prefix also covers the upstreams whose prefixes lie below it; `ROOT` covers all. Each must be the prefix of an upstream.",
      otherwise: "the prefixes of all upstreams",
      rules: [filled(PULL_RULES.prefixes)],
    },
    create_repositories: {
      type: "bool",
      description:
        "Whether their pulls may create the repository of an image that nobody has pulled before. If it is false, no registry policy is needed.",
      otherwise: "`true`",
    },
    existing_repositories: {
      type: "list(string)",
      description:
        "Paths of repositories that exist already, like `docker-hub/library/nginx`, known when Terraform plans, whose policies Terraform manages from now on: the apply replaces the policy of the repository, and a destroy deletes it. Each must lie under a covered prefix.",
      otherwise: "existing repositories keep their policies",
      rules: [filled(ALLOW_PULL_RULES.existing)],
      elementRules: [following(REPOSITORY_PATH, PULL_RULES.noTag.hint)],
    },
  },
  validations: [
    {
      holds:
        'var.allow_pull_from == null || anytrue([for name in ["account_ids", "organization_id", "organizational_unit_paths"] : contains(try(keys(var.allow_pull_from), [name]), name) && try(var.allow_pull_from[name] != null, true)])',
      place: "allow_pull_from.account_ids",
      requirement: ALLOW_PULL_RULES.principals.requirement,
      hint: inSnakeCase(ALLOW_PULL_RULES.principals.hint),
      told: "One of `account_ids`, `organization_id` and `organizational_unit_paths` is required.",
    },
    givenOnceIn("account_ids"),
    givenOnceIn("organizational_unit_paths", (path) => `trimsuffix(${path}, "/")`),
    givenOnceIn("existing_repositories"),
  ],
};

/** The rule that a list is not empty. */
function filled({ requirement, hint }: Requirement): InputRule {
  return { requirement, holds: (value) => `try(length(${value}) > 0, false)`, hint: inSnakeCase(hint) };
}

/** The rule that no element of a list has the identity of an earlier one. */
function givenOnceIn(attribute: string, identity = (element: string): string => element): ValidationRule {
  const list = `try([for text in tolist(var.allow_pull_from.${attribute}) : tostring(text)], [])`;
  return {
    // Terraform makes the list of identities once, and not for each element.
    each: [`identities in [[for other in ${list} : ${identity("other")}]]`, `index, element in ${list}`],
    holds: `try(index(identities, ${identity("element")}) == index, true)`,
    place: `allow_pull_from.${attribute}[\${index}]`,
    requirement: GIVEN_ONCE.requirement,
    got: "element",
    hint: GIVEN_ONCE.hint,
  };
}
