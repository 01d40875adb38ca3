import { REGION_NAME } from "../aws/partitions";
import { MANAGED_POLICY } from "../aws/policy-document";
import { PROVIDER_VERSIONS, PROVIDER_VERSIONS_WITH_REGION } from "../aws/provider-versions";
import { POLICY_NAME, POLICY_NAME_PARTS } from "../cache/rules";
import { OWN_FRAMEWORK } from "../terraform/framework";
import type { Requirement, Rule } from "../validation/rule";
import { atLeastOne } from "../validation/rule";
import { FleetLayout } from "./fleet-layout";

/** The id of a fleet, and the name of each of its stacks. */
export const TERRAFORM_STACK_NAME: Rule = {
  pattern: /^[A-Za-z0-9][A-Za-z0-9._-]*$/,
  maxLength: 128,
  requirement: "be up to 128 letters, digits, dots, underscores and hyphens that begin with a letter or digit",
  hint: "choose another id: stacks, folders and states are named after it",
};

/** More than AWS has in all partitions. */
export const MAX_REGIONS = 100;

/** Rules of the declaration of a fleet. */
export const FLEET_RULES = {
  scope: {
    requirement: "not be in a stack",
    hint: "give the app as the scope: the fleet creates a stack for each region",
  },
  uniqueId: { requirement: "be the id of one fleet of the app", hint: "choose another id" },
  backend: { requirement: "be a StateBackend", hint: "use a factory, for example StateBackend.s3(options)" },
  backendOfFramework: {
    requirement: `be a StateBackend of ${OWN_FRAMEWORK.package}`,
    hint: `import StateBackend from "${OWN_FRAMEWORK.entryPoint}"`,
  },
  regions: { requirement: atLeastOne("list", "region"), hint: "give the regions to cache in" },
  numberOfRegions: {
    requirement: `have at most ${MAX_REGIONS} regions`,
    hint: "AWS has fewer: declare a fleet for each account",
  },
  literalRegion: { requirement: "be known at synth", hint: "give a literal: names of stacks and addresses contain it" },
  layoutSupported: {
    requirement: `not be ${FleetLayout.ONE_STACK} with @cdktf/provider-aws 20, whose resources have no argument \`region\``,
    hint: "use @cdktf/provider-aws 21, or leave it out for a stack per region",
  },
  onePartition: {
    requirement: `be of one partition with ${FleetLayout.ONE_STACK}`,
    hint: "create a fleet for each partition: one AWS provider has credentials of one partition",
  },
  settingsByRegion: {
    requirement: "be an object of settings by the names of regions",
    hint: 'for example { "eu-west-1": { kmsKeyArn } }',
  },
  regionOfSettings: {
    requirement: "name regions of the fleet only",
    hint: "add the region to `regions`, or remove it here",
  },
  uniqueStackName: (other: string): Requirement => ({
    requirement: "give each stack of the app a unique name, ignoring case",
    hint: `choose another id: the stack ${other} has this name already`,
  }),
} as const;

/** The versions of hashicorp/aws that the stacks of a layout can use. */
export function providerVersions(layout: FleetLayout | undefined): string {
  return layout === FleetLayout.ONE_STACK ? PROVIDER_VERSIONS_WITH_REGION : PROVIDER_VERSIONS;
}

/** The region of a stack that waits for all regions. */
export const FINAL_STACK_REGION: Rule = { ...REGION_NAME, hint: "give the region of the stack's AWS provider" };

/** Rules of the methods of a fleet that create or look up something. */
export const FLEET_METHOD_RULES = {
  region: (regions: readonly string[]): Requirement => ({
    requirement: `be one of ${regions.join(", ")}`,
    hint: "add the region to the `regions` of the fleet",
  }),
  writtenStacks: {
    requirement: "be called after app.synth()",
    hint: "call it later: this stack is not written yet",
  },
} as const;

/** Rules of the registry maps of a fleet. */
export const REGISTRY_MAP_RULES = {
  account: {
    requirement: "be a literal in a fleet with registry maps",
    hint: "it is a part of the hosts that the maps contain",
  },
  literal: {
    requirement: "have private registries with a literal account and region in a fleet with registry maps",
    hint: "the maps are plain data for other tools",
  },
} as const;

/** Rules of the managed policies of a fleet. */
export const PULL_POLICY_RULES = {
  account: {
    requirement: "be given to a fleet with a pull policy",
    hint: "it is a part of the policy's ARN",
  },
  partition: {
    requirement: "be of one partition",
    hint: "create a fleet for each partition: a managed policy exists in one partition only",
  },
  sameOptions: { requirement: "not be the id of a pull policy with other options", hint: "choose another id" },
  uniqueName: (other: string): Requirement => ({
    requirement: `differ from \`${other}\` in more than case`,
    hint: "choose another id: IAM ignores the case of policy names",
  }),
  freeStackName: (stack: string): Requirement => ({
    requirement: "create a stack with an unused name",
    hint: `rename the stack ${stack}: the stack of the fleet's policies needs this name`,
  }),
  length: {
    requirement: MANAGED_POLICY,
    hint: "create several policies, each with some of the `prefixes`",
  },
} as const;

/** Rules of a repository URI that holds in every region of a fleet. */
export const TEMPLATED_URI_RULES = {
  text: { requirement: "be a string", hint: "give the prefix of an upstream" },
  everywhere: (lacking: readonly string[]): Requirement => ({
    requirement: "be the prefix of an upstream in every region of the fleet",
    hint: `add the upstream in ${lacking.join(", ")}: the software pulls from the cache of its own region`,
  }),
  dnsSuffix: {
    requirement: "have one DNS suffix",
    hint: "create a fleet for each partition: one URI has one DNS suffix",
  },
  sameRegistry: {
    requirement: "cache the same registry in every region",
    hint: "give one of the upstreams another prefix",
  },
} as const;

/** Rules of the configuration that the AWS providers of a fleet share. */
export const PROVIDER_CONFIG_RULES = {
  object: { requirement: "be an object", hint: "give arguments of AwsProvider" },
  ofEachStack: {
    requirement: "not be given",
    hint: "each stack has one AWS provider, in its own region and without an alias",
  },
  credential: {
    requirement: "not be a literal",
    hint: "use Terraform's environment, `profile` or `assumeRole`: the JSON would contain the literal",
  },
  webIdentityToken: {
    requirement: "not be a literal",
    hint: "give `webIdentityTokenFile`, the path of a file with the token",
  },
  proxy: {
    requirement: "contain no password",
    hint: "set HTTP_PROXY and HTTPS_PROXY in Terraform's environment",
  },
  endpoint: {
    requirement: "contain no password",
    hint: "give the URL without user and password: the provider signs its requests",
  },
  account: {
    requirement: "not be given beside `accountId`",
    hint: "remove one of them: `accountId` is the only account that the providers allow",
  },
} as const;

/**
 * The first part of the keys of states in S3. S3 refuses some keys with `..`, clients resolve others to another key, and
 * Terraform refuses `//`.
 * https://docs.aws.amazon.com/AmazonS3/latest/userguide/object-keys.html
 * https://developer.hashicorp.com/terraform/language/backend/s3
 */
export const KEY_PREFIX: Rule = {
  pattern: /^$|^[^/][^\n]*\/$/,
  except: /(^|\/)\.{0,2}\/|\p{Cc}/u,
  requirement:
    "end with a slash and not begin with one, with no empty part, no `.` or `..` as a part, and no control character",
  hint: "for example platform/registries/",
};

/** The region of the bucket that keeps the states. */
export const BUCKET_REGION: Rule = { ...REGION_NAME, hint: "give the region of the bucket" };

/** The name of an organization of HCP Terraform. */
export const ORGANIZATION: Rule = {
  pattern: /^[A-Za-z0-9_-]+$/,
  requirement: "be letters, digits, underscores and hyphens",
  hint: "give the name that HCP Terraform shows",
};

/** The host of a Terraform Enterprise installation. */
export const HOSTNAME: Rule = {
  pattern: /^[a-z0-9-]+(\.[a-z0-9-]+)+(:\d+)?$/,
  requirement: "be the name of a host, without a scheme",
  hint: "leave it out for HCP Terraform",
};

/** A key that S3 encrypts states with: its ID, ARN or alias. */
export const STATE_KEY: Rule = {
  pattern: /[^\n]/,
  requirement: "be a string that is not empty",
  hint: "give the key's ID, ARN or alias",
};

/** The name of a project of HCP Terraform. */
export const PROJECT: Rule = { ...STATE_KEY, hint: "give the name of the project" };

/**
 * The name of a workspace, which ends with the name of its stack.
 * https://developer.hashicorp.com/terraform/cloud-docs/workspaces/create
 */
export const WORKSPACE: Rule = {
  pattern: ORGANIZATION.pattern,
  maxLength: 90,
  requirement: `${ORGANIZATION.requirement}, up to 90 with the stack's name`,
  hint: "choose an id that is a valid workspace name",
};

/** The requirement of each argument of a backend. */
export const LITERAL_IN_BACKEND: Requirement = {
  requirement: "be known at synth",
  hint: "give a literal: Terraform evaluates no expression in a backend",
};

/** The name of a fleet's managed policy, which begins with the id of the fleet. */
export const FLEET_POLICY_NAME: Rule = {
  ...POLICY_NAME,
  requirement: `form a policy's name together with the id of the fleet: ${POLICY_NAME_PARTS}`,
};
