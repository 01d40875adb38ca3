import { PARTITION_NAMES, lacksPullThroughCaches } from "../../src/aws/partitions";
import { SECRET_PREFIX } from "../../src/aws/secret-names";
import { CREATE_REPOSITORIES, READ_UPSTREAM, useOfKeys } from "../../src/cache/policy-statements";
import type { WarningId } from "../../src/terraform/warnings";
import type { ModuleDefinition } from "../generator/definition";
import { IMAGE_FACTS } from "../generator/images";
import { ACCOUNT_INPUT, PARTITIONS_BY_REGION, PULL_ACTIONS } from "../generator/registry";
import { ROLE_OPTIONS_INPUT } from "../generator/role-options";
import { acknowledgedWarnings } from "../generator/warnings";
import { SETTINGS, SETTINGS_MISNOMERS, SETTINGS_MISPLACED, SETTINGS_NOUN, settingsRules } from "./repository-settings";
import {
  HOSTS,
  KINDS_OF_ATTRIBUTES,
  MANAGED,
  UPSTREAM,
  UPSTREAM_MISNOMERS,
  UPSTREAM_MISPLACED,
  USUAL_PREFIXES,
  upstreamRules,
} from "./upstreams";

/** The warnings of a cache. */
export const CACHE_WARNINGS = [
  "immutable-tags",
  "region-without-pull-through-cache",
  "unlisted-registry",
] as const satisfies WarningId[];

/** The inputs of the module pull-through-cache. */
export const pullThroughCache: ModuleDefinition = {
  name: "pull-through-cache",
  inputs: {
    upstreams: {
      type: "map(object)",
      isOpen: true,
      decides: true,
      noun: "an upstream",
      misnomers: UPSTREAM_MISNOMERS,
      misplaced: UPSTREAM_MISPLACED,
      required: true,
      description:
        "The registries to cache, by your own keys, which must be known when Terraform plans: the addresses of resources contain them, and a new upstream changes no other.",
      attributes: UPSTREAM,
      validations: upstreamRules(),
    },
    credentials: {
      type: "map(object)",
      default: {},
      secret: true,
      description:
        "The values of the managed secrets, by the keys of their upstreams. They are ephemeral: in no plan and no state, and needed every time.",
      attributes: {
        username: { type: "string", required: true, description: "The user name." },
        access_token: { type: "string", required: true, description: "The access token or password." },
      },
      validations: [
        {
          holds: `length(setsubtract(keys(var.credentials), ${MANAGED})) == 0`,
          place: "credentials",
          requirement: "have the keys of upstreams whose `credential` is managed, and no others",
          hint: `rename or remove the others; the managed upstreams are \${jsonencode(${MANAGED})}`,
        },
      ],
    },
    repository_settings: {
      type: "object",
      isOpen: true,
      noun: SETTINGS_NOUN,
      misnomers: SETTINGS_MISNOMERS,
      misplaced: SETTINGS_MISPLACED,
      default: {},
      description: "Settings of the repositories that ECR creates from now on.",
      attributes: SETTINGS,
      validations: settingsRules("repository_settings", "var.repository_settings", []),
    },
    role_options: ROLE_OPTIONS_INPUT,
    account_id: ACCOUNT_INPUT,
    acknowledged_warnings: acknowledgedWarnings(...CACHE_WARNINGS),
  },
  facts: {
    hosts: {
      comment:
        "The hosts of registries that have one host for all customers. https://docs.aws.amazon.com/AmazonECR/latest/userguide/pull-through-cache.html",
      value: HOSTS,
    },
    registry_aliases: IMAGE_FACTS.registry_aliases,
    usual_prefixes: { comment: "The prefixes of upstreams that give none, by their kinds.", value: USUAL_PREFIXES },
    kinds_of_attributes: {
      comment: "The attributes that only one kind of upstream has, each with the kind.",
      value: KINDS_OF_ATTRIBUTES,
    },
    secret_name_prefix: {
      comment:
        "ECR reads only secrets whose names start with this. https://docs.aws.amazon.com/AmazonECR/latest/userguide/pull-through-cache-creating-secret.html",
      value: SECRET_PREFIX,
    },
    partitions_by_region: PARTITIONS_BY_REGION,
    partitions_without_pull_through_caches: {
      comment:
        "The partitions for which AWS documents no pull-through caches. https://docs.aws.amazon.com/AmazonECR/latest/userguide/pull-through-cache.html",
      value: PARTITION_NAMES.filter(lacksPullThroughCaches),
    },
    first_pull_actions: PULL_ACTIONS.first,
    tagging_first_pull_actions: PULL_ACTIONS.taggingFirst,
    repository_creation_actions: {
      comment:
        "The actions with which ECR creates repositories. https://docs.aws.amazon.com/AmazonECR/latest/userguide/repository-creation-templates-iam.html",
      value: CREATE_REPOSITORIES.Action,
    },
    kms_actions: {
      comment: "The actions of that role on keys that encrypt repositories.",
      value: useOfKeys([]).Action,
    },
    upstream_reading_actions: {
      comment:
        "The actions with which ECR reads private registries of other accounts. https://docs.aws.amazon.com/AmazonECR/latest/userguide/pull-through-cache-private.html",
      value: READ_UPSTREAM.Action,
    },
  },
};
