import { ACCOUNT_ID } from "../aws/partitions";
import { INLINE_POLICIES } from "../aws/policy-document";
import { SECRET_PREFIX } from "../aws/secret-names";
import { DIGEST, DOMAIN_COMPONENT, IMAGE_ID, MAX_PATH, PATH, PATH_COMPONENT, TAG } from "../image/image-grammar";
import { AZURE_NAME } from "../image/supported-registries";
import { OBJECT_OF_OPTIONS, atLeastOne, integerRequirement, oneOfRequirement } from "../validation/rule";
import type { Requirement, Rule } from "../validation/rule";
import { IS_REQUIRED } from "../validation/wording";
import { EncryptionType, TagMutability } from "./repository-settings";
import type { RepositorySettings } from "./repository-settings";

/**
 * The prefix of a cache rule and of its template, as the AWS provider checks it. The API accepts more: `--` and `__`.
 * https://docs.aws.amazon.com/AmazonECR/latest/APIReference/API_CreatePullThroughCacheRule.html
 */
export const REPOSITORY_PREFIX: Rule = {
  pattern: /^((?:[a-z0-9]+(?:[._-][a-z0-9]+)*\/)*[a-z0-9]+(?:[._-][a-z0-9]+)*\/?|ROOT)$/,
  minLength: 2,
  maxLength: 30,
  requirement:
    "be 2 to 30 characters: lower-case letters and digits, with single `.`, `_`, `-` or `/` between them, or ROOT for no prefix",
  hint: "use a literal like docker-hub, since resources are named after it",
};

/** Which repositories of a private registry are cached; the same grammar as that of a prefix. */
export const UPSTREAM_REPOSITORY_PREFIX: Rule = {
  ...REPOSITORY_PREFIX,
  hint: "use ROOT to cache every repository; it must be a literal",
};

/** The rule for a prop that takes a cache. */
export const IS_CACHE: Requirement = {
  requirement: "be a PullThroughCache",
  hint: "give the construct, for example fleet.cacheIn(region)",
};

/**
 * The path of a repository inside its registry, as container clients accept it.
 * https://github.com/distribution/reference
 */
export const REPOSITORY_PATH: Rule = {
  pattern: new RegExp(`^${PATH}$`),
  minLength: 1,
  maxLength: MAX_PATH,
  requirement: "be the path of a repository: lower-case, without registry, tag or digest",
  hint: "use the path in the upstream registry, like library/nginx",
};

const LABEL_WITH_UPPER_CASE = `(?:[a-z0-9][a-z0-9-]*)?[A-Z](?:[a-zA-Z0-9-]*[a-zA-Z0-9])?`;
const HOST_IN_NAME = [
  `${DOMAIN_COMPONENT}(?:\\.${DOMAIN_COMPONENT})+(?::[0-9]+)?`,
  `${DOMAIN_COMPONENT}:[0-9]+`,
  "\\[[a-f0-9]*[:A-F][a-fA-F0-9:]*\\](?::[0-9]+)?",
  "\\[[a-f0-9]+\\]:[0-9]+",
  LABEL_WITH_UPPER_CASE,
  "localhost",
].join("|");
const PATH_COMPONENT_WITHOUT_DOT = PATH_COMPONENT.replace("[._]", "_");
const NAME = `(${HOST_IN_NAME})/(${PATH})|(${PATH_COMPONENT}|${PATH_COMPONENT_WITHOUT_DOT}(?:/${PATH_COMPONENT})+)`;

/**
 * The name of an image, `[host/]path[:tag]`, as container clients parse it; with a digest it is none. Its groups are the
 * host, the path after a host, the path without a host, and the tag. It is `ImageReference` as one pattern, for plain
 * modules.
 * https://pkg.go.dev/github.com/distribution/reference
 */
export const IMAGE_NAME: Rule = {
  pattern: new RegExp(`^(?:${NAME})(?::(${TAG}))?$`),
  except: IMAGE_ID,
  requirement: "be the name of an image, with or without a tag",
  hint: "use its usual name, like nginx:1.27 or quay.io/prometheus/node-exporter:v1.8.2",
};

/**
 * The same with or without a digest. Its groups are the host, the path after a host, the path without a host, and the tag
 * and the digest with what separates them from the path.
 */
export const IMAGE_REFERENCE: Rule = {
  pattern: new RegExp(`^(?:${NAME})((?::${TAG})?(?:@(?:${DIGEST}))?)$`),
  except: IMAGE_ID,
  requirement: "be the name of an image",
  hint: IMAGE_NAME.hint,
};

/** The hint for an image with a digest. https://docs.aws.amazon.com/AmazonECR/latest/userguide/pull-through-cache-working-pulling.html */
export const DIGEST_HINT = "use a tag: ECR does not cache a first pull by digest";

// https://docs.aws.amazon.com/AmazonECR/latest/APIReference/API_CreateRepositoryCreationTemplate.html
export const MAX_REPOSITORY_POLICY = 10240;
export const MAX_TAGS = 50;

/** The key of a tag. https://docs.aws.amazon.com/AmazonECR/latest/userguide/ecr-using-tags.html */
export const TAG_KEY: Rule = {
  // Without the flag i: with it, V8 folds the case of every Unicode letter when it compiles the pattern.
  pattern: /^[\p{L}\p{Z}\p{N}_.:/=+\-@]+$/u,
  except: /^([aA][wW][sS]:|\p{Z}*$)/u,
  ascii: { pattern: /^[A-Za-z0-9 _.:/=+\-@]+$/, except: /^([aA][wW][sS]:| *$)/ },
  maxLength: 128,
  requirement: "have keys of 1 to 128 letters, digits, spaces and _.:/=+-@ that do not start with aws:",
  hint: "rename the tag",
};

/** The value of a tag; from the same page. */
export const TAG_VALUE: Rule = {
  pattern: /^[\p{L}\p{Z}\p{N}_.:/=+\-@]*$/u,
  ascii: { pattern: /^[A-Za-z0-9 _.:/=+\-@]*$/ },
  maxLength: 256,
  requirement: "be a string of up to 256 letters, digits, spaces and _.:/=+-@",
  hint: "remove the characters that AWS does not accept",
};

/**
 * The ARN of a key that encrypts repositories.
 * https://docs.aws.amazon.com/AmazonECR/latest/APIReference/API_EncryptionConfigurationForRepositoryCreationTemplate.html
 */
export const KMS_KEY: Rule = {
  pattern: /^arn:aws[a-z-]*:kms:[a-z0-9-]+:\d{12}:key\/[a-z0-9-]+$/,
  requirement: "be the ARN of a KMS key in lower case, not of an alias",
  hint: "use the ARN of the key",
};

/** The hint for a key of another region than the cache's. */
export const KMS_KEY_REGION_HINT = "use a key of that region";

/**
 * The description of a template. The API accepts 256 characters, the AWS provider 255 bytes.
 * https://docs.aws.amazon.com/AmazonECR/latest/APIReference/API_CreateRepositoryCreationTemplate.html
 */
export const DESCRIPTION: Rule = {
  pattern: /^/,
  minLength: 1,
  maxBytes: 255,
  requirement: "be a string of 1 to 255 bytes in UTF-8",
  hint: "shorten it, or leave it out for none",
};

/** The encryption that a `terraform_data` resource records; its template is replaced when this text changes. */
export const ENCRYPTIONS = { s3: "keys of Amazon S3", aws: "aws/ecr", own: "a key of yours" } as const;

/** The settings that apply if none are given. */
export const DEFAULT_SETTINGS = {
  keepLastImages: 100,
  tagMutability: TagMutability.MUTABLE,
  encryptionType: EncryptionType.AES256,
} as const;

/** The mutabilities without exclusion filters. */
export const PLAIN_MUTABILITIES: readonly TagMutability[] = [TagMutability.MUTABLE, TagMutability.IMMUTABLE];

/** Rules of settings that are no patterns. */
export const SETTINGS_RULES = {
  settings: { requirement: "be an object of settings", hint: "for no template, use { creationTemplate: false }" },
  flag: { requirement: "be true or false", hint: "leave it out for the default" },
  limit: { requirement: integerRequirement(1), hint: "to keep every image, use `keepAllImages`" },
  tagMutability: {
    requirement: oneOfRequirement(PLAIN_MUTABILITIES),
    hint: `leave it out for ${DEFAULT_SETTINGS.tagMutability}`,
  },
  encryptionType: {
    requirement: oneOfRequirement(Object.values(EncryptionType)),
    hint: `leave it out for ${DEFAULT_SETTINGS.encryptionType}`,
  },
  besideKey: { requirement: "not be given beside a KMS key", hint: "leave it out, since a key implies KMS" },
  noTemplate: (others: string): Requirement => ({
    requirement: `not be false beside ${others}`,
    hint: "ECR applies settings only with a template: leave them out, or keep the template",
  }),
  keepAllImages: {
    requirement: "not be true beside `untaggedExpirationInDays` or `keepLastImages`",
    hint: "choose one or the other",
  },
  tags: { requirement: "be a map of strings", hint: "give each tag as a key and its value" },
  numberOfTags: {
    requirement: `have at most ${MAX_TAGS} entries`,
    hint: "ECR accepts no more tags on a repository",
  },
  reservedTag: {
    requirement: "have no key that JavaScript reserves",
    hint: "rename the tag, since the JSON would not contain it",
  },
  repositoryPolicy: {
    requirement: "be a policy as JSON text",
    hint: "write it with JSON.stringify, or with Fn.jsonencode if it contains tokens",
  },
  repositoryPolicyLength: {
    requirement: `be at most ${MAX_REPOSITORY_POLICY} characters`,
    hint: "combine its statements",
  },
} as const;

/** The settings from which a lifecycle policy is generated, unless it is given as text. */
export const LIFECYCLE_SETTINGS = [
  "untaggedExpirationInDays",
  "keepLastImages",
  "keepAllImages",
] as const satisfies readonly (keyof RepositorySettings)[];

/**
 * The rules of a generated lifecycle policy; the rule for any tag must have the highest priority. The numbers may be
 * Terraform expressions. A rule by age exists only on request, since its days count from when an image was cached.
 * https://docs.aws.amazon.com/AmazonECR/latest/userguide/lifecycle_policy_parameters.html
 */
export const GENERATED_LIFECYCLE = {
  untagged: (days: number | string): object => ({
    rulePriority: 1,
    description: "Delete untagged images by age",
    selection: { tagStatus: "untagged", countType: "sinceImagePushed", countUnit: "days", countNumber: days },
    action: { type: "expire" },
  }),
  newest: (images: number | string): object => ({
    rulePriority: 2,
    description: "Keep the newest images",
    selection: { tagStatus: "any", countType: "imageCountMoreThan", countNumber: images },
    action: { type: "expire" },
  }),
} as const;

// https://docs.aws.amazon.com/AmazonECR/latest/APIReference/API_CreateRepositoryCreationTemplate.html
export const MAX_LIFECYCLE_POLICY = 30720;

/** Rules of a lifecycle policy that is given as text. */
export const LIFECYCLE_POLICY_RULES = {
  document: {
    requirement: "be JSON text of an object whose `rules` are a list of at least one",
    hint: "write it with JSON.stringify, or with Fn.jsonencode if it contains tokens",
  },
  length: {
    requirement: `be at most ${MAX_LIFECYCLE_POLICY} characters`,
    hint: "leave out descriptions, or combine rules",
  },
  beside: { requirement: "not be given beside `lifecyclePolicy`", hint: "write all rules into the policy" },
} as const satisfies { readonly [name: string]: Requirement };

export const SECRET_DESCRIPTION = "Credential of an ECR pull-through cache";

/**
 * The name of a secret that ECR may read.
 * https://docs.aws.amazon.com/AmazonECR/latest/userguide/pull-through-cache-creating-secret.html
 */
export const SECRET_NAME: Rule = {
  pattern: /^ecr-pullthroughcache\/[A-Za-z0-9/_+=.@-]+$/,
  maxLength: 512,
  requirement: `be a secret's name that starts with ${SECRET_PREFIX}, up to 512 letters, digits and /_+=.@-`,
  hint: `ECR reads only secrets whose names start with ${SECRET_PREFIX}: rename it`,
};

/**
 * The full ARN of a secret that ECR may read.
 * https://docs.aws.amazon.com/AmazonECR/latest/APIReference/API_CreatePullThroughCacheRule.html
 */
export const SECRET_ARN: Rule = {
  pattern:
    /^arn:aws[a-z-]*:secretsmanager:[a-z0-9-]+:\d{12}:secret:ecr-pullthroughcache\/[A-Za-z0-9/_+=.@-]+-[A-Za-z0-9]{6}$/,
  minLength: 50,
  maxLength: 612,
  requirement: `be the full ARN of a Secrets Manager secret whose name starts with ${SECRET_PREFIX}, with the six characters at its end`,
  hint: "copy it from Secrets Manager, or use fromSecretName",
};

/** Hints for a secret of another region or account than the cache's. */
export const SECRET_ARN_HINTS = {
  region: "replicate the secret there and use fromSecretName, which looks it up in each region",
  account: "create a secret there: ECR does not read secrets of other accounts",
} as const;

/**
 * The recovery windows of a deleted secret, in days.
 * https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_DeleteSecret.html
 */
export const RECOVERY_WINDOWS: readonly number[] = [0, ...Array.from({ length: 24 }, (_, index) => index + 7)];

/** Rules of credentials that are no patterns. */
export const CREDENTIAL_RULES = {
  credential: {
    requirement: "be a RegistryCredential",
    hint: "use RegistryCredential.managed, fromSecretArn or fromSecretName",
  },
  noAccessToken: (what: "ARN" | "name"): Requirement => ({
    requirement: "not contain an access token",
    hint: `give the ${what} of the secret here, and its value to Terraform or to Secrets Manager`,
  }),
  noSecretLiteral: (hint: string): Requirement => ({
    requirement: "contain no literal that may be a secret",
    hint,
  }),
  // CDK Terrain compares the write-only argument with what the program declares; CDKTF does not read it.
  targetVersions: {
    requirement: "not be managed while the context `targetVersions` allows Terraform or OpenTofu before 1.11",
    hint: 'replace it by { "terraform": ">=1.11.0" }, in cdktf.json or in the app: the secret is a write-only argument',
  },
  version: {
    requirement: integerRequirement(1),
    hint: "start at 1 and increase it by one with every new value of the credential",
  },
  recoveryWindowInDays: {
    requirement: "be 0, or an integer from 7 to 30",
    hint: "use 0 to free the name of a deleted secret at once",
  },
  otherVariable: {
    requirement: "name another variable than `usernameVariable`",
    hint: "declare one variable for each",
  },
  noEnvironmentPrefix: {
    requirement: "not begin with TF_VAR_",
    hint: "leave out TF_VAR_: only the environment variable has it",
  },
  notReserved: { requirement: "not be a name that Terraform reserves", hint: "choose another name for the variable" },
  freeId: {
    requirement: "not be the id of another construct in the stack",
    hint: "do not declare the variable yourself, or choose another name",
  },
  notCreated: (owner: string): Requirement => ({
    requirement: `be a secret that exists already, but ${owner} creates it`,
    hint: "share the RegistryCredential that creates it, or use fromSecretArn with the ARN of the secret",
  }),
  notLookedUp: (owner: string): Requirement => ({
    requirement: `create a secret that does not exist yet, but ${owner} looks it up in the same stack`,
    hint: "share this RegistryCredential with the upstream that looks it up",
  }),
  writtenOnce: (owner: string): Requirement => ({
    requirement: `write a secret that no other credential or cache writes, but ${owner} does`,
    hint: "share one RegistryCredential between the upstreams of a cache, or give each its own `secretName`",
  }),
} as const;

/** Names under which people give a credential itself where only its source is given. */
export const NAMES_OF_VALUES = ["username", "accessToken", "token", "password"] as const;

/** The name of a Terraform variable that holds a part of a credential. */
export const VARIABLE_NAME: Rule = {
  pattern: /^([a-z][a-z0-9_]*|[A-Z][A-Z0-9_]*)$/,
  maxLength: 64,
  requirement: "be the name of a Terraform variable in snake_case, up to 64 characters, like docker_hub_access_token",
  hint: "give the name of the variable here, and its value to Terraform, for example as TF_VAR_<name>",
};

/**
 * The quota of rules per account and region, which AWS does not raise.
 * https://docs.aws.amazon.com/AmazonECR/latest/userguide/service-quotas.html
 */
export const MAX_RULES = 50;

/**
 * The DNS name of a registry. No upstream that AWS documents has a scheme, a port or a path.
 * https://docs.aws.amazon.com/AmazonECR/latest/APIReference/API_CreatePullThroughCacheRule.html
 * https://www.rfc-editor.org/rfc/rfc1123#section-2
 */
export const HOST: Rule = {
  pattern: /^([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]([a-z0-9-]{0,61}[a-z0-9])?$/,
  maxLength: 253,
  requirement: "be a bare host",
  hint: "use the host in lower case, without scheme, port or path: the path of a repository belongs in the image's name",
};

/** The name of an Azure registry. */
export const AZURE_REGISTRY_NAME: Rule = {
  pattern: /^[a-z0-9]{5,50}(-[a-z0-9]+)?$/,
  requirement: `be ${AZURE_NAME}`,
  hint: "use the name that Azure shows, without .azurecr.io",
};

/** The account of an upstream. */
export const UPSTREAM_ACCOUNT_ID: Rule = { ...ACCOUNT_ID, hint: "leave it out for the account of the cache" };

/** Rules of upstreams that are no patterns. */
export const UPSTREAM_RULES = {
  upstream: {
    requirement: "be an Upstream",
    hint: "use a factory, for example Upstream.ecrPublic(), or Upstream.fromRegistryUrl for a URL",
  },
  quota: {
    requirement: `have at most ${MAX_RULES} upstreams per account and region`,
    hint: "AWS does not raise this quota: use another region or account for the rest",
  },
  usedOnce: (owner: string): Requirement => ({
    requirement: `be used once per account and region, but ${owner} uses it already`,
    hint: "give one of the two another prefix; a slash at the end makes no difference",
  }),
  prefixOfUnlisted: {
    requirement: IS_REQUIRED,
    hint: "an unlisted registry has no usual prefix, with which the names of its repositories begin",
  },
  knownAtSynth: { requirement: "be known at synth", hint: "use a literal" },
  cacheable: (hint: string): Requirement => ({ requirement: "be a registry that ECR can cache", hint }),
  unlisted: (hint: string): Requirement => ({ requirement: "be a registry that this version does not know", hint }),
  hostOfPrivateEcr: (host: string): Requirement => ({
    requirement: `be the host of a private registry, ${host}`,
    hint: "use Upstream.privateEcr",
  }),
  credentialRequired: (registry: string, factories = "RegistryCredential"): Requirement => ({
    requirement: IS_REQUIRED,
    hint: `ECR caches ${registry} only with a credential: use ${factories}`,
  }),
  credentialImpossible: (registry: string): Requirement => ({
    requirement: "not be given",
    hint: `ECR accepts no credential for ${registry}: leave it out`,
  }),
  otherAccount: {
    requirement: "be given only for an upstream in another account",
    hint: "set `accountId` to that account, or leave the role out",
  },
  ownPartition: (partition: string): Requirement => ({
    requirement: `be in the partition of the cache, ${partition}`,
    hint: "ECR cannot reach a registry in another partition",
  }),
  otherRegion: {
    requirement: "be another region than the cache's",
    hint: "a registry cannot cache itself: pull from it directly",
  },
  besideRoot: {
    requirement: "not be given beside the prefix ROOT",
    hint: "leave it out, or choose another `prefix`",
  },
} as const;

/** The requirement that a cache has an upstream. */
export function atLeastOneUpstream(collection: "list" | "map"): Requirement {
  const example = collection === "list" ? "[Upstream.ecrPublic()]" : "{ ecr-public = {} }";
  return {
    requirement: atLeastOne(collection, "upstream"),
    hint: `name the registries to cache, for example ${example}`,
  };
}

/** The requirement that a permission to pull covers a prefix. */
export const AT_LEAST_ONE_PREFIX = atLeastOne("list", "prefix");

/** The requirement that a prefix is that of an upstream of the cache. */
export function prefixOfUpstream(known: readonly string[]): Requirement {
  return { requirement: oneOfRequirement(known), hint: "add an upstream with that prefix" };
}

/** Rules of permissions to pull, of arguments of a cache's methods, and of names of images. */
export const PULL_RULES = {
  options: { requirement: OBJECT_OF_OPTIONS, hint: "leave it out to allow pulls from every upstream" },
  prefixes: { requirement: AT_LEAST_ONE_PREFIX, hint: "leave it out for all upstreams" },
  createRepositories: { requirement: "be true or false", hint: "leave it out to let pulls create repositories" },
  withTemplate: {
    requirement: "be of an upstream with a creation template",
    hint: "the template does not exist because of `creationTemplate: false`",
  },
  withManagedSecret: {
    requirement: "be of an upstream with a managed credential",
    hint: "use RegistryCredential.managed, or refer to the secret that you created",
  },
  role: { requirement: "be an IamRole", hint: "for any other role, use grantPullToRoleNamed" },
  roleKnown: {
    requirement: "be known when the permission is granted",
    hint: "grant it later, or use grantPull with the role itself",
  },
  onlyRole: {
    requirement: "be the only role of the app at its address",
    hint: "use grantPull with the role itself",
  },
  inlinePolicies: {
    requirement: INLINE_POLICIES,
    hint: "grant fewer `prefixes`, or attach a managed policy with `pullPolicyJson` or `fleet.addPullPolicy`",
  },
  noTag: { requirement: "be without tag and digest", hint: "append them to the URI" },
  noHost: (host: string): Requirement => ({
    requirement: "be without the upstream's host",
    hint: `leave out ${host}/`,
  }),
  cachedPart: (start: string): Requirement => ({
    requirement: `be under ${start}, the part of the upstream that is cached`,
    hint: "cache more of it with `upstreamRepositoryPrefix`",
  }),
  ownPath: (prefix: string): Requirement => ({
    requirement: `not be under the longer prefix ${prefix}, which another upstream has`,
    hint: "give one of the two upstreams another prefix",
  }),
  pathLength: {
    requirement: `have at most ${MAX_PATH} characters with the prefix`,
    hint: "container clients read no longer paths",
  },
  imageKnown: {
    requirement: "be known at synth",
    hint: "use a literal, since its upstream must be known",
  },
  inMap: {
    requirement: "have no second prefix of one registry below the prefix of another upstream",
    hint: "a registry map has one prefix for each registry, and ECR would apply the longer one: choose another prefix",
  },
  imageNameKnown: {
    requirement: "have a name that is known at synth",
    hint: "only the tag or the digest may be a token: for a repository that is a token, use repositoryUri",
  },
  uriOptions: { requirement: OBJECT_OF_OPTIONS, hint: "leave it out for the defaults" },
  dualStack: {
    requirement: "be left out",
    hint: "AWS documents no host for IPv4 and IPv6 here, or the partition is not known at synth: set the region of the AWS provider as a literal",
  },
  image: (hint: string): Requirement => ({ requirement: IMAGE_NAME.requirement, hint }),
  imageOfUpstream: (host: string, hint: string): Requirement => ({
    requirement: "come from an upstream of the cache",
    hint: `the cache has no upstream ${host}: ${hint}`,
  }),
  imageInCache: (hint: string): Requirement => ({ requirement: "be an image that the cache can hold", hint }),
} as const;

/** Rules of permissions to pull from other accounts. */
export const ALLOW_PULL_RULES = {
  options: { requirement: OBJECT_OF_OPTIONS, hint: "name the accounts that may pull" },
  principals: {
    requirement: IS_REQUIRED,
    hint: "name who may pull: `accountIds`, `organizationId` or `organizationalUnitPaths`",
  },
  accountIds: {
    requirement: atLeastOne("list", "account"),
    hint: "list the other accounts, or leave it out beside an organization or organizational units",
  },
  knownList: {
    requirement: "be a list that is known at synth",
    hint: "list the elements one by one: each of them may be a token",
  },
  otherAccount: {
    requirement: "be another account than the cache's",
    hint: "use grantPull for its identities: they need no registry policy",
  },
  withTemplate: {
    requirement: "cover only upstreams with a creation template",
    hint: "only a template gives new repositories the policy that other accounts need: remove `creationTemplate: false`, or leave this prefix out",
  },
  existing: { requirement: atLeastOne("list", "repository"), hint: "leave it out if there are none" },
  literalPath: { requirement: "be known at synth", hint: "use a literal: it is a part of the resource's address" },
  coveredPath: (covered: readonly string[]): Requirement => ({
    requirement: `be under a prefix that the permission covers, ${covered.join(", ")}`,
    hint: "use the path in the registry of the cache, like docker-hub/library/nginx",
  }),
  managedOnce: {
    requirement: "be given in one call only",
    hint: "leave it out here: its policy has the statements of every call that covers it",
  },
  templateOfCovered: {
    requirement: "not be false for an upstream that other accounts may pull from",
    hint: "allowPullFrom covers its prefix, and only a template gives new repositories the policy that other accounts need",
  },
  parsedPolicy: {
    requirement: "be JSON text without tokens in place of its structure",
    hint: "allowPullFrom adds statements to it: write it with JSON.stringify",
  },
  ownStatements: {
    requirement: "have an object or a list of objects as Statement",
    hint: "allowPullFrom adds its statements there: write each as an object",
  },
  ownSids: {
    requirement: "have no Sid like PullsOfAccounts1",
    hint: "allowPullFrom gives such Sids to its own statements: choose another",
  },
  ownLongestPrefix: (prefix: string, owner: string): Requirement => ({
    requirement: `not be under the longer prefix ${prefix}, which ${owner} has`,
    hint: "name it in allowPullFrom of that cache, whose policy applies to it",
  }),
  templateOfOther: (prefix: string, owner: string): Requirement => ({
    requirement: `not cover the prefix ${prefix} without a creation template, which ${owner} has`,
    hint: "ECR would apply the template of the shorter prefix to its repositories: remove `creationTemplate: false` there, or cover other prefixes here",
  }),
  repositoryPolicy: {
    requirement: `make a repository policy of at most ${MAX_REPOSITORY_POLICY} characters`,
    hint: "allow an organization or organizational units in place of many accounts",
  },
  registryPolicy: {
    requirement: IS_REQUIRED,
    hint: "allowPullFrom needs statements in the registry policy: create a RegistryPolicy in this stack for the same provider and region, with `ownedElsewhere: true` if another stack or configuration owns the policy",
  },
} as const;

/** The name of a role. https://docs.aws.amazon.com/IAM/latest/APIReference/API_CreateRole.html */
export const ROLE_NAME: Rule = {
  pattern: /^[\w+=,.@-]+$/,
  maxLength: 64,
  requirement: "be the name of a role: up to 64 letters, digits and _+=,.@-",
  hint: "use the name of the role without its path, not its ARN",
};

export const POLICY_NAME_PARTS = "up to 128 letters, digits and _+=,.@-";

/** The name of a managed policy. https://docs.aws.amazon.com/IAM/latest/APIReference/API_CreatePolicy.html */
export const POLICY_NAME: Rule = {
  pattern: ROLE_NAME.pattern,
  maxLength: 128,
  requirement: `be a policy's name: ${POLICY_NAME_PARTS}`,
  hint: "choose another name",
};
