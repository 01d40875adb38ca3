import type { RegistrySetting } from "../cache/names-in-use";
import { atLeastOne, oneOfRequirement } from "../validation/rule";
import type { Requirement, Rule } from "../validation/rule";
import { IS_REQUIRED } from "../validation/wording";

/** The requirement that a setting of a registry has one owner in the app. */
export function ownedOnce(setting: RegistrySetting, owner: string): Requirement {
  return {
    requirement: `be the only owner of the ${setting} of its account and region, but ${owner} owns it`,
    hint: "AWS has one per account and region, and the last apply would win: declare it once",
  };
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
export const SCAN_FREQUENCIES: { readonly [scanType: string]: readonly string[] } = {
  BASIC: ["SCAN_ON_PUSH"],
  ENHANCED: ["CONTINUOUS_SCAN", "SCAN_ON_PUSH"],
};

/** The rules of a scanning configuration that no pattern expresses. */
export const SCANNING_RULES = {
  scanType: { requirement: oneOfRequirement(Object.keys(SCAN_FREQUENCIES)), hint: "give one of the two" },
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
  notBoth: { requirement: "not be given with `allRepositories`", hint: "leave out one of the two" },
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
