import type { RegistrySetting } from "../cache/names-in-use";
import { OBJECT_OF_OPTIONS, atLeastOne, oneOfRequirement } from "../validation/rule";
import type { Requirement, Rule } from "../validation/rule";
import { IS_REQUIRED } from "../validation/wording";
import { ScanFrequency, ScanType } from "./scan-type";

// The other settings cannot be merged.
const MERGED: { readonly [setting in RegistrySetting]?: string } = {
  "registry policy":
    ", or give all but one of them `ownedElsewhere: true`, and pass `policyJson` of these to `addPolicy` of that one",
};

/** The requirement that a setting of a registry has one owner in the app. */
export function ownedOnce(setting: RegistrySetting, owner: string): Requirement {
  return {
    requirement: `be the only owner of the ${setting} of its account and region, but ${owner} owns it`,
    hint: `AWS has one per account and region, and the last apply would win: declare it once${MERGED[setting] ?? ""}`,
  };
}

/** The requirement of a prop that excludes another one. */
export function notWith(other: string): Requirement {
  return { requirement: `not be given with \`${other}\``, hint: "leave out one of the two" };
}

/** The requirement of a list whose elements become blocks of a resource. */
export const LIST_KNOWN_AT_SYNTH: Requirement = {
  requirement: "be a list whose length is known at synth",
  hint: "give a literal list; its elements may be tokens",
};

// https://docs.aws.amazon.com/AmazonECR/latest/APIReference/API_RegistryScanningRule.html
export const MAX_SCAN_FILTERS = 100;

/** A filter of scanned repositories. https://docs.aws.amazon.com/AmazonECR/latest/APIReference/API_ScanningRepositoryFilter.html */
export const SCAN_FILTER: Rule = {
  pattern: /^[a-z0-9*]+([._/-][a-z0-9*]+)*$/,
  maxLength: 255,
  requirement:
    "be a filter of repositories of at most 255 characters: lower-case letters, digits and *, with single `.`, `_`, `-` or `/` between them",
  hint: "write docker-hub/* for all repositories under docker-hub",
};

/** The frequencies of each scan type; the first one is the default. */
export const SCAN_FREQUENCIES: { readonly [type in ScanType]: readonly [ScanFrequency, ...ScanFrequency[]] } = {
  BASIC: [ScanFrequency.SCAN_ON_PUSH],
  ENHANCED: [ScanFrequency.CONTINUOUS_SCAN, ScanFrequency.SCAN_ON_PUSH],
};

/** AWS's default. */
export const DEFAULT_SCAN_TYPE = ScanType.BASIC;

/** The rules of a scanning configuration that no pattern expresses. */
export const SCANNING_RULES = {
  scanType: {
    requirement: oneOfRequirement(Object.keys(SCAN_FREQUENCIES)),
    hint: `leave it out for ${DEFAULT_SCAN_TYPE}`,
  },
  rules: { requirement: atLeastOne("list", "rule"), hint: "leave it out to scan the repositories of the caches" },
  rule: {
    requirement: "be a scan rule",
    hint: "give an object with a `frequency`, and with `filters` if you need them",
  },
  filters: {
    requirement: atLeastOne("list", "filter"),
    hint: "leave it out to scan the repositories of the caches, or give * for all repositories",
  },
  filterCount: {
    requirement: `have at most ${MAX_SCAN_FILTERS} filters`,
    hint: "match several prefixes by one filter with *",
  },
  frequencyOf: (scanType: string, frequencies: readonly string[]): Requirement => ({
    requirement: `be ${frequencies.join(" or ")} with ${scanType}`,
    hint: "continuous scans need ENHANCED",
  }),
  frequencyOnce: {
    requirement: "be the only rule of its frequency",
    hint: "give the filters of both in one rule",
  },
  filtersOrCache: {
    requirement: IS_REQUIRED,
    hint: "this stack has no PullThroughCache with the same provider and region, so give rules with `filters`",
  },
} as const;

// https://docs.aws.amazon.com/AmazonECR/latest/userguide/service-quotas.html
export const MAX_DESTINATIONS = 25;
export const MAX_REPLICATION_PREFIXES = 100;

/** The beginning of replicated repositories. https://docs.aws.amazon.com/AmazonECR/latest/APIReference/API_RepositoryFilter.html */
export const REPLICATION_PREFIX: Rule = {
  pattern: /^([a-z0-9][a-z0-9._-]*\/)*[a-z0-9._-]*$/,
  minLength: 2,
  maxLength: 256,
  requirement:
    "be the beginning of repository names, 2 to 256 characters: lower-case letters, digits and `.`, `_`, `-` or `/`",
  hint: "write team/ for all repositories under team",
};

/** The rules of a replication configuration that no pattern expresses. */
export const REPLICATION_RULES = {
  destinations: { requirement: atLeastOne("list", "destination"), hint: "give the registries that get copies" },
  destination: {
    requirement: "be a destination",
    hint: "give an object with a `region`, and with an `accountId` for another account",
  },
  destinationCount: {
    requirement: `have at most ${MAX_DESTINATIONS} destinations`,
    hint: "AWS allows no more for one registry",
  },
  notItself: {
    requirement: "not be the replicated registry itself",
    hint: "leave it out, or give another region or account",
  },
  samePartition: (partition: string): Requirement => ({
    requirement: `be in the partition of the registry, ${partition}`,
    hint: "images cannot be replicated to another partition",
  }),
  prefixes: { requirement: atLeastOne("list", "prefix"), hint: "give the beginnings of the names to replicate" },
  prefixCount: {
    requirement: `have at most ${MAX_REPLICATION_PREFIXES} prefixes`,
    hint: "replicate several of them by a shorter prefix",
  },
  prefixesOrAll: {
    requirement: IS_REQUIRED,
    hint: "give the beginnings of the names to replicate, or set `allRepositories` to true to copy every image, cached ones included",
  },
} as const;

/** The hint for the required prop `existing`; `values` precedes the names of its values. */
export function existingReplicationHint(values = ""): string {
  return `run \`aws ecr describe-registry\` in the region: ${values}NONE if it prints no rules, ${values}OVERWRITE if it does`;
}

/** The requirement that a registry does not get copies of repositories that a cache of its own fills. */
export function notCachedThere(region: string, cache: string, prefix: string): Requirement {
  return {
    requirement: `not get copies of repositories that a cache there fills: ${cache} caches ${prefix} in ${region}`,
    hint: "a repository is either replicated or cached: replicate other prefixes, or leave out one of the two",
  };
}

/** The hint for `existing` of a registry policy; `values` precedes the names of its values. */
export function existingPolicyHint(region: string, values = ""): string {
  return `run aws ecr get-registry-policy --region ${region}: if it answers RegistryPolicyNotFoundException use ${values}NONE, otherwise ${values}OVERWRITE, which replaces the whole policy`;
}

// https://docs.aws.amazon.com/AmazonECR/latest/APIReference/API_PutRegistryPolicy.html
export const MAX_REGISTRY_POLICY = 10_240;

/** The elements of a statement. Those that negate another one, such as NotAction, grant more than they seem to. */
export const STATEMENT_ELEMENTS = ["Sid", "Effect", "Principal", "Action", "Resource", "Condition"] as const;

/** The Sid of a statement. */
export const SID: Rule = {
  pattern: /^[^\n]*[^ \t\n][^\n]*$/,
  requirement: "be a text that identifies the statement",
  hint: "give each statement a Sid that no other statement of the registry policy has",
};

/** A principal of AWS. AWS refuses wildcards in a part of it. https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html */
export const PRINCIPAL: Rule = {
  pattern:
    /^(\*|\d{12}|arn:aws[a-z-]*:(iam|sts)::\d{12}:(root|(user|role|assumed-role|federated-user)\/[\w+=,.@/-]+))$/,
  requirement:
    "be an account ID of 12 digits, or the ARN of an account, a user, a role or a session, without wildcards",
  hint: "for principals by a pattern, use * with a Condition",
};

/** A service as a principal, from the same page. */
export const SERVICE_PRINCIPAL: Rule = {
  pattern: /^[a-z0-9-]+(\.[a-z0-9-]+)+$/,
  requirement: "be the name of an AWS service, like replication.ecr.amazonaws.com",
  hint: "use the service principal that the service documents",
};

/** An action of Amazon ECR: a registry policy has no others. */
export const ECR_ACTION: Rule = {
  pattern: /^ecr:[A-Za-z*?]+$/,
  requirement: "be an action of Amazon ECR, like ecr:CreateRepository",
  hint: "a registry policy allows no actions of other services",
};

/** The resource of a statement. */
export const REPOSITORY_ARN: Rule = {
  pattern: /^(\*|arn:aws[a-z-]*:ecr:[a-z0-9-]+:\d{12}:repository\/[^\n]+)$/,
  requirement: "be * or the ARN of repositories, like arn:aws:ecr:eu-west-1:111122223333:repository/*",
  hint: "write the region and the account out; the name of the repository may have wildcards",
};

/** The names of a condition: its operator, and a condition key, which has a colon. */
export const CONDITION_OPERATOR = /^[A-Za-z]+(:[A-Za-z]+)?$/;
export const CONDITION_KEY = /^[^:]+:[^:]/;

/**
 * The operators that a request fulfills only if it has the condition key. Negated operators, those with IfExists and
 * ForAllValues also hold for requests without the key.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-single-vs-multi-valued-context-keys.html
 */
export const CALLER_OPERATOR = /^(ForAnyValue:)?(StringEquals|StringEqualsIgnoreCase|StringLike|ArnEquals|ArnLike)$/;

/**
 * The condition keys with the account or organization of the caller; upper and lower case do not matter.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html
 */
export const CALLER_KEY = /^aws:(Principal(OrgID|OrgPaths|Account|Arn)|Source(OrgID|OrgPaths|Account|Arn))$/i;

/** The values of these keys that name an organization or an account; the policy variables are those of the registry's own. */
export const CALLER =
  /^(\d{12}|o-[a-z0-9]{10,32}(\/[^\n]*)?|arn:aws[a-z-]*:[a-z0-9-]+:[a-z0-9*-]*:\d{12}:[^\n]+|\$?\$\{aws:Resource(Account|OrgID)\})$/;

/** The rules of a registry policy that no pattern expresses. */
export const REGISTRY_POLICY_RULES = {
  known: {
    requirement: "be known at synth",
    hint: "write the policy with JSON.stringify: only texts in it may be tokens, since its statements become part of one policy",
  },
  document: {
    requirement: "be a policy with at least one statement as JSON text",
    hint: "write it with JSON.stringify, or with jsonencode in Terraform",
  },
  version: { requirement: "be 2012-10-17", hint: "write the policy in this version of the policy language" },
  elements: {
    requirement: `have the elements ${STATEMENT_ELEMENTS.join(", ")} and no others`,
    hint: "list what is allowed or denied, and for exceptions use a Condition",
  },
  effect: { requirement: oneOfRequirement(["Allow", "Deny"]), hint: "write it with a capital letter" },
  principal: {
    requirement: "be *, or an object with AWS or Service or both",
    hint: 'for example { AWS: "arn:aws:iam::111122223333:root" }',
  },
  texts: { requirement: "be a text or a list of at least one", hint: "list each value as a text" },
  listToken: {
    requirement: "have no list of which only Terraform knows the length",
    hint: "list the values in the policy: each may be a token",
  },
  condition: {
    requirement: "be an object of condition operators with condition keys and their values",
    hint: 'for example { StringEquals: { "aws:PrincipalOrgID": "o-a1b2c3d4e5" } }; leave it out for no condition',
  },
  anybody: {
    requirement: "have a Condition that names accounts or organizations, with the Principal * and the Effect Allow",
    hint: "add StringEquals, StringLike, ArnEquals or ArnLike with aws:PrincipalOrgID, aws:PrincipalOrgPaths, aws:PrincipalAccount, aws:PrincipalArn, aws:SourceOrgID, aws:SourceOrgPaths, aws:SourceAccount or aws:SourceArn, and write IDs out: without it, every AWS account has the permission",
  },
  sidOnce: { requirement: "have each Sid once", hint: "give one of the two statements another Sid" },
  statements: {
    requirement: "have at least one statement",
    hint: "AWS has no empty registry policy: permit something, or leave the construct or module out",
  },
  length: {
    requirement: `have at most ${MAX_REGISTRY_POLICY} characters`,
    hint: "permit an organization in place of many accounts, merge statements, or use wildcards in names of repositories",
  },
  otherAccount: {
    requirement: "be another account than that of the registry",
    hint: "leave it out: a registry policy is for other accounts",
  },
} as const;

/** The requirement that a resource is in the registry; parts that nobody knows are left open. */
export function inRegistry(partition: string, region: string, accountId: string): Requirement {
  return {
    requirement: `be * or the ARN of repositories of this registry, arn:${partition}:ecr:${region}:${accountId}:repository/…`,
    hint: "a registry policy applies to its own account and region only",
  };
}

/** The requirement that a principal is in the partition of the registry. */
export function inPartition(partition: string): Requirement {
  return {
    requirement: `be in the partition of the registry, ${partition}`,
    hint: "accounts of another partition cannot use the registry",
  };
}

/** The rules of methods that only the construct has. */
export const REGISTRY_POLICY_METHOD_RULES = {
  options: {
    requirement: OBJECT_OF_OPTIONS,
    hint: 'for example { accountIds: ["111122223333"] }',
  },
  knownRegistry: {
    requirement: "be known at synth for `allowUpstreamOf`",
    hint: "give the RegistryPolicy `accountId` and the region of its provider as literals: they identify the upstreams in this registry",
  },
  knownCache: {
    requirement: "have an account that is known at synth",
    hint: "give the cache `accountId` as a literal: its stack is applied with credentials of another account",
  },
  accountOf: (cache: string, accountId: string): Requirement => ({
    requirement: `be the account of ${cache}, ${accountId}: both use one provider`,
    hint: "a provider reaches one account: correct one of the two, or give one of them another `provider`",
  }),
  ofOtherStack: {
    requirement: "be `policyJson` of a RegistryPolicy of the same registry with `ownedElsewhere: true`",
    hint: "set `ownedElsewhere: true` on each policy but the one that creates the registry policy, and pass the `policyJson` of the others to that one",
  },
  upstreamHere: (registry: string): Requirement => ({
    requirement: `have an upstream in this registry, ${registry}, with its \`accountId\``,
    hint: "add Upstream.privateEcr with this account and region to the cache",
  }),
} as const;
