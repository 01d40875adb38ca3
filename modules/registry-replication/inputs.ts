import { ACCOUNT_ID, REGION_NAME } from "../../src/aws/partitions";
import {
  MAX_DESTINATIONS,
  MAX_REPLICATION_PREFIXES,
  REPLICATION_PREFIX,
  REPLICATION_RULES,
  existingReplicationHint,
  notWith,
} from "../../src/registry/rules";
import { GIVEN_ONCE, atLeastOne } from "../../src/validation/rule";
import { IS_REQUIRED } from "../../src/validation/wording";
import { elementsOf } from "../generator/attributes";
import type { ModuleDefinition } from "../generator/definition";
import { expression } from "../generator/hcl";
import { ACCOUNT_INPUT, existingInput, PARTITIONS_BY_REGION } from "../generator/registry";
import { following, givenOnce } from "../generator/rules";

/** The account and region of a destination; the account is empty if neither it nor that of the registry is given. */
const placeOf = (destination: string): string =>
  `join("/", [try(coalesce(try(${destination}.account_id, null), var.account_id), ""), ${destination}.region])`;

/** The inputs of the module registry-replication. */
export const registryReplication: ModuleDefinition = {
  name: "registry-replication",
  inputs: {
    destinations: {
      type: "map(object)",
      required: true,
      isOpen: true,
      noun: "a destination",
      misnomers: { registry_id: "account_id", account: "account_id", name: "region" },
      description: "The registries that get copies, by keys of your own.",
      attributes: {
        region: {
          type: "string",
          required: true,
          description: "Region of the registry; its account must have enabled it.",
          rules: [following(REGION_NAME)],
        },
        account_id: {
          type: "string",
          description: "Account of the registry. The registry policy of another account must allow the replication.",
          otherwise: "the account of the replicated registry",
          rules: [following(ACCOUNT_ID)],
        },
      },
      validations: [
        {
          holds: "try(length(var.destinations) > 0, true)",
          place: "destinations",
          requirement: atLeastOne("map", "destination"),
          got: "var.destinations",
          hint: REPLICATION_RULES.destinations.hint,
        },
        {
          holds: `try(length(var.destinations) <= ${MAX_DESTINATIONS}, true)`,
          place: "destinations",
          requirement: REPLICATION_RULES.destinationCount.requirement,
          got: "try(length(var.destinations), 0)",
          hint: REPLICATION_RULES.destinationCount.hint,
        },
        {
          each: [elementsOf("var.destinations", "destination")],
          // `index` finds the first of equal places.
          holds: `try(index([for other in values(var.destinations) : ${placeOf("other")}], ${placeOf("destination")}) == index(keys(var.destinations), key), true)`,
          place: "destinations[${jsonencode(key)}]",
          requirement: GIVEN_ONCE.requirement,
          got: "destination",
          hint: GIVEN_ONCE.hint,
        },
      ],
    },
    repository_prefixes: {
      type: "list(string)",
      default: [],
      description:
        "Beginnings of the names of repositories to replicate, like `team/`: without a slash at its end, `team` also matches `team-b/app`.",
      elementRules: [following(REPLICATION_PREFIX)],
      validations: [
        givenOnce("repository_prefixes", "list"),
        {
          holds: `length(var.repository_prefixes) <= ${MAX_REPLICATION_PREFIXES}`,
          place: "repository_prefixes",
          requirement: REPLICATION_RULES.prefixCount.requirement,
          got: "length(var.repository_prefixes)",
          hint: REPLICATION_RULES.prefixCount.hint,
        },
        {
          holds: "length(var.repository_prefixes) > 0 || var.all_repositories",
          place: "repository_prefixes",
          requirement: IS_REQUIRED,
          hint: REPLICATION_RULES.prefixesOrAll.hint,
          told: "Required, unless `all_repositories` is true.",
        },
        {
          holds: "length(var.repository_prefixes) == 0 || !var.all_repositories",
          place: "repository_prefixes",
          ...notWith("all_repositories"),
          // Prefixes may be known only after apply; a message may not.
          gotText: `a list of ${expression("length(var.repository_prefixes)")}`,
        },
      ],
    },
    all_repositories: {
      type: "bool",
      default: false,
      description:
        "Whether all repositories are replicated, also those of caches: each destination then stores a copy of every image that is cached from then on.",
    },
    existing: existingInput(
      "Whether the registry has replication rules already, which `aws ecr describe-registry` prints. With NONE, Terraform replaces them without showing them. With OVERWRITE, the plan fails without the import block that shows them.",
      existingReplicationHint(),
    ),
    account_id: ACCOUNT_INPUT,
  },
  facts: { partitions_by_region: PARTITIONS_BY_REGION },
};
