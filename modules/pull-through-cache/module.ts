import { ofCache } from "../../src/private/arn";
import {
  ACCOUNT_ID,
  PARTITION_NAMES,
  REGION as REGION_NAME,
  lacksPullThroughCaches,
} from "../../src/private/aws-geography";
import { RECOVERY_WINDOW, SECRET_ARN, SECRET_NAME, SECRET_WORDS } from "../../src/private/check-credential";
import { atLeastOneUpstream } from "../../src/private/check-declaration";
import { AZURE_REGISTRY_NAME, HOST, MAX_RULES, UPSTREAM_WORDS } from "../../src/private/check-upstream";
import { SECRET_DESCRIPTION, SECRET_PREFIX } from "../../src/private/credential-secret";
import {
  CREATE_REPOSITORIES,
  READ_UPSTREAM,
  REPOSITORY_CREATION,
  UPSTREAM_READING,
  useOfKeys,
} from "../../src/private/ecr-service-role";
import { integerWords } from "../../src/private/faults";
import { trustPolicy } from "../../src/private/policy-document";
import { SIGN_IN, pullStatement } from "../../src/private/pull-policy";
import { REPOSITORY_PREFIX } from "../../src/private/repository-path";
import { ROLE_ARN } from "../../src/private/repository-template";
import { SUPPORTED_REGISTRIES } from "../../src/private/supported-registries";
import type { WarningId } from "../../src/private/warnings";
import type { Block, Condition, Fault, Input, ModuleDefinition } from "../generator/definition";
import { expression, follows, hcl, regex } from "../generator/hcl";
import {
  ACCOUNT_INPUT,
  PARTITION,
  REGION,
  REGISTRY_DATA,
  REGISTRY_LOCALS,
  partitionOf,
  repositoryArns,
} from "../generator/registry";
import { conditionOf, following, integerFrom, oneOf, secretly, withoutNulls } from "../generator/rules";
import { acknowledgedWarnings, warning } from "../generator/warnings";
import { SETTINGS, lifecyclePolicy, mergedSettings, settingsFaults } from "./repository-settings";

/** The warnings of a cache. */
export const CACHE_WARNINGS = [
  "immutable-tags",
  "region-without-pull-through-cache",
  "unlisted-registry",
] as const satisfies WarningId[];

const UNLISTED = "unlisted";
const KINDS = [...Object.keys(SUPPORTED_REGISTRIES), UNLISTED];
const USUAL_PREFIXES = registriesBy(({ usualPrefix }) => usualPrefix);
const HOSTS = registriesBy(({ host }) => (typeof host === "string" ? host : undefined));

// An upstream is an entry of the map: in validations, which can use no locals, `element` at `key`.
const UPSTREAMS = withoutNulls("var.upstreams");
const EACH = [`key, element in ${UPSTREAMS}`];
const PLACE = "upstreams[${jsonencode(key)}]";
const KIND = kindOf("key", "element");
const PREFIX = prefixOf("key", "element");
const EARLIER = `slice(keys(${UPSTREAMS}), 0, index(keys(${UPSTREAMS}), key))`;
const CREDENTIALS = ["credential", "credential_secret_arn", "credential_secret_name"] as const;

const SECRET_WAY_OUT = `give the secret a name that ECR may read: ${SECRET_PREFIX} and anything behind it`;
const ARN_WAY_OUT = "copy it from Secrets Manager, or use `credential_secret_name`";

const UPSTREAM: Input["attributes"] = {
  kind: {
    type: "string",
    description: `Which registry it is: ${KINDS.join(", ")}.`,
    otherwise: "the key",
  },
  prefix: {
    type: "string",
    description:
      "First part of the names of the repositories, or `ROOT` for none. Changing it replaces the rule; the repositories stay.",
    otherwise: "that of the kind: the same word, `ecr` for `private-ecr`",
  },
  credential: {
    type: "string",
    description: "`managed` for a secret that is made here and filled from `credentials`.",
    rules: [
      secretly(
        oneOf(["managed"], "give the value in `credentials`, and the ARN of a secret as `credential_secret_arn`"),
      ),
    ],
  },
  credential_version: {
    type: "number",
    description: "Raise it by one with every new value in `credentials`: Terraform does not remember the value.",
    otherwise: "`1`",
    rules: [integerFrom(1, "start at 1 and raise it by one with every new value")],
  },
  secret_name: {
    type: "string",
    description: "Name of the managed secret.",
    otherwise: `\`${SECRET_PREFIX}\` and the prefix`,
    rules: [secretly(following(SECRET_NAME, SECRET_WAY_OUT))],
  },
  recovery_window_in_days: {
    type: "number",
    description:
      "Days in which the managed secret can be restored once it is deleted, and its name not be used again; 0 for none.",
    otherwise: "`0`",
    rules: [
      {
        words: integerWords(RECOVERY_WINDOW.min, RECOVERY_WINDOW.max),
        holds: (value) =>
          `try(contains(concat([0], range(${RECOVERY_WINDOW.min}, ${RECOVERY_WINDOW.max + 1})), ${value}), false)`,
        wayOut: "use 0 to have a deleted secret's name free at once",
      },
    ],
  },
  credential_secret_arn: {
    type: "string",
    description: "ARN of a secret that exists already, in the account and region of the cache.",
    rules: [secretly(following(SECRET_ARN, ARN_WAY_OUT))],
  },
  credential_secret_name: {
    type: "string",
    description:
      "Name of a secret that exists already, looked up in the region of the cache when Terraform plans: it has to be known by then.",
    rules: [secretly(following(SECRET_NAME, SECRET_WAY_OUT))],
  },
  registry_name: {
    type: "string",
    description: "Of `azure`: the name of the registry, without `.azurecr.io`.",
  },
  upstream_registry_url: {
    type: "string",
    description: "Of `unlisted`, a registry that AWS has added since: the bare host.",
  },
  region: {
    type: "string",
    description: "Of `private-ecr`: the region of the upstream.",
  },
  account_id: {
    type: "string",
    description:
      "Of `private-ecr`: the account of the upstream, known when Terraform plans. The upstream has to let the cache's account read.",
    otherwise: "the account of the cache",
    rules: [following(ACCOUNT_ID, "leave it out for the cache's own account")],
  },
  upstream_repository_prefix: {
    type: "string",
    description: "Of `private-ecr`: which of the upstream's repositories are cached.",
    otherwise: '`"ROOT"`, which is all',
    rules: [following(REPOSITORY_PREFIX, "use ROOT to cache every repository")],
  },
  role: {
    type: "object",
    description:
      "Of `private-ecr` in another account: the role that ECR reads the upstream with, which trusts `pullthroughcache.ecr.amazonaws.com`.",
    otherwise: "one is made",
    attributes: {
      arn: {
        type: "string",
        required: true,
        description: "Its ARN.",
        rules: [following(ROLE_ARN, "leave the role out to have one made")],
      },
    },
  },
  repositories: {
    type: "object",
    description: "How the repositories of this upstream look, where they differ from `repositories`.",
    attributes: SETTINGS,
    otherwise: "as `repositories` say",
  },
};

const OPTIONS_OF: { readonly [condition: string]: readonly string[] } = {
  [`${KIND} == "azure"`]: ["registry_name"],
  [`${KIND} == "${UNLISTED}"`]: ["upstream_registry_url"],
  [`${KIND} == "private-ecr"`]: ["region", "account_id", "upstream_repository_prefix", "role"],
  ["element.credential != null"]: ["credential_version", "secret_name", "recovery_window_in_days"],
};

/** Rules of an upstream that are of several of its attributes, or of several upstreams. */
function upstreamFaults(): Fault[] {
  const upstream = (attribute: string, fault: Omit<Fault, "each" | "place">): Fault => ({
    each: EACH,
    place: `${PLACE}.${attribute}`,
    ...fault,
  });
  const none = CREDENTIALS.map((name) => `element.${name} == null`).join(" && ");
  const given = `length([for given in [${CREDENTIALS.map((name) => `element.${name}`).join(", ")}] : true if given != null])`;
  const options = Object.entries(OPTIONS_OF).flatMap(([condition, names]) =>
    names.map((name) => `${name} = element.${name} == null || ${condition}`),
  );
  return [
    {
      holds: "length(var.upstreams) > 0",
      place: "upstreams",
      words: atLeastOneUpstream("map"),
      got: "var.upstreams",
      wayOut: "say what to cache, for example { ecr-public = {} }",
    },
    {
      holds: `length(var.upstreams) <= ${MAX_RULES}`,
      place: "upstreams",
      words: UPSTREAM_WORDS.tooManyRules,
      got: "length(var.upstreams)",
      wayOut: "AWS does not raise this quota: use another region or account for the rest",
    },
    upstream("kind", {
      holds: `contains(${hcl(KINDS)}, ${KIND})`,
      words: UPSTREAM_WORDS.cacheable,
      got: KIND,
      wayOut: `use one of ${KINDS.join(", ")}`,
    }),
    upstream("prefix", {
      holds: `${follows(PREFIX, REPOSITORY_PREFIX)} || (element.prefix == null && !contains(${hcl(KINDS)}, ${KIND}))`,
      words: REPOSITORY_PREFIX.words,
      got: PREFIX,
      wayOut: "give one that ECR takes",
    }),
    upstream("prefix", {
      holds: `${PREFIX} == "" || !contains([for other in ${EARLIER} : ${trimmed(prefixOf("other", "var.upstreams[other]"))}], ${trimmed(PREFIX)})`,
      words: UPSTREAM_WORDS.usedOnce(
        `\${join(", ", [for other in ${EARLIER} : "upstreams[\${jsonencode(other)}]" if ${trimmed(prefixOf("other", "var.upstreams[other]"))} == ${trimmed(PREFIX)}])}`,
      ),
      got: PREFIX,
      wayOut: "give one of the two another prefix (a slash at the end makes no difference)",
      told: "It must be used once per registry; a slash at its end makes no difference.",
    }),
    upstream("credential", {
      holds: `!contains(${hcl(kindsWith("required"))}, ${KIND}) || !(${none})`,
      words: UPSTREAM_WORDS.required,
      got: "null",
      wayOut:
        "ECR caches this registry only with one: use `credential`, `credential_secret_arn` or `credential_secret_name`",
      told: `It, \`credential_secret_arn\` or \`credential_secret_name\` must be given for ${kindsWith("required").join(", ")}.`,
    }),
    upstream("credential", {
      holds: `!contains(${hcl(kindsWith("impossible"))}, ${KIND}) || (${none})`,
      words: UPSTREAM_WORDS.impossible,
      got: '"a credential"',
      wayOut: "ECR takes none for this registry: leave it out",
      told: `None of them must be given for ${kindsWith("impossible").join(", ")}.`,
    }),
    upstream("credential", {
      holds: `${given} <= 1`,
      words: "be given in one way",
      got: given,
      wayOut: "leave all but one of `credential`, `credential_secret_arn` and `credential_secret_name` out",
    }),
    {
      each: [...EACH, `name, fits in { ${options.join(", ")} }`],
      holds: "fits",
      place: `${PLACE}.\${name}`,
      words: `be ${UPSTREAM_WORDS.option}`,
      wayOut: "leave it out",
      told: "Attributes of another kind are refused; those that no kind has, Terraform drops without a word.",
    },
    upstream("registry_name", {
      holds: `${KIND} != "azure" || ${follows("element.registry_name", AZURE_REGISTRY_NAME)}`,
      words: AZURE_REGISTRY_NAME.words,
      got: "element.registry_name",
      wayOut: "give the registry's name as Azure shows it, without .azurecr.io",
    }),
    upstream("upstream_registry_url", {
      holds: `${KIND} != "${UNLISTED}" || ${follows("element.upstream_registry_url", HOST)}`,
      words: HOST.words,
      got: "element.upstream_registry_url",
      wayOut: "give the host alone, in lower case: no scheme, and the repository's path belongs in the image's name",
    }),
    upstream("upstream_registry_url", {
      holds: `${KIND} != "${UNLISTED}" || !(${knownHost("element.upstream_registry_url")})`,
      words: UPSTREAM_WORDS.unlisted,
      got: "element.upstream_registry_url",
      wayOut: "use its `kind`",
    }),
    upstream("region", {
      holds: `${KIND} != "private-ecr" || ${follows("element.region", REGION_NAME)}`,
      words: REGION_NAME.words,
      got: "element.region",
      wayOut: "give the upstream registry's region",
    }),
    upstream("upstream_repository_prefix", {
      holds: `${PREFIX} != "ROOT" || coalesce(element.upstream_repository_prefix, "ROOT") == "ROOT"`,
      words: UPSTREAM_WORDS.besideRoot,
      got: "element.upstream_repository_prefix",
      wayOut: "leave it out or choose another `prefix`",
    }),
    ...secretFaults(),
    ...settingsFaults(`${PLACE}.repositories`, "element.repositories", EACH),
  ];
}

function secretFaults(): Fault[] {
  const managed = (other: string): string => `var.upstreams[${other}].credential == "managed"`;
  const name = (key: string, element: string): string =>
    `try(coalesce(${element}.secret_name, "${SECRET_PREFIX}\${${trimmed(prefixOf(key, element))}}"), "")`;
  const writers = (keys: string, own: string): string =>
    `[for other in ${keys} : other if ${managed("other")} && ${name("other", "var.upstreams[other]")} == ${own}]`;
  const places = (list: string): string =>
    `\${join(", ", [for other in ${list} : "upstreams[\${jsonencode(other)}]"])}`;
  const earlier = writers(EARLIER, name("key", "element"));
  const written = writers(`keys(${UPSTREAMS})`, "element.credential_secret_name");
  return [
    {
      each: EACH,
      holds: `element.credential != "managed" || length(${earlier}) == 0`,
      place: `${PLACE}.credential`,
      words: SECRET_WORDS.writtenOnce(places(earlier)),
      got: name("key", "element"),
      wayOut: "give each a `secret_name` of its own",
      told: "Each managed one must write a secret of its own.",
    },
    {
      each: EACH,
      holds: `element.credential_secret_name == null || length(${written}) == 0`,
      place: `${PLACE}.credential_secret_name`,
      words: SECRET_WORDS.notWritten(places(written)),
      got: "element.credential_secret_name",
      wayOut: "the look-up would find nothing before the first apply: give each a secret of its own",
      told: "It must not be a secret that the same call writes.",
    },
  ];
}

const MANAGED = `[for key, element in ${UPSTREAMS} : key if element.credential == "managed"]`;

/** What a rule is held against that only the provider knows: where the cache is. */
function ruleConditions(): Condition[] {
  const upstream = "var.upstreams[each.key]";
  const place = "upstreams[${jsonencode(each.key)}]";
  const secret = `${upstream}.credential_secret_arn`;
  return [
    ...arnConditions(`${place}.credential_secret_arn`, secret, {
      partition: "give one of that partition",
      region: "replicate the secret there and use `credential_secret_name`, which is looked up in each region",
      account: "make a secret there: ECR reads none of another account",
    }),
    ...arnConditions(`${place}.role.arn`, `try(${upstream}.role.arn, null)`, {
      partition: "give one of that partition",
      account: "give a role of the account that caches, or leave it out to have one made",
    }),
    ...[
      {
        holds: `${upstream}.role == null || contains(local.cross_account, each.key)`,
        place: `${place}.role`,
        words: UPSTREAM_WORDS.otherAccount,
        got: `${upstream}.role`,
        wayOut: "set `account_id` to that account or leave the role out",
      },
      {
        holds: `${upstream}.region == null || try(${partitionOf(`${upstream}.region`)} == ${PARTITION}, false)`,
        place: `${place}.region`,
        words: UPSTREAM_WORDS.ownPartition(expression(PARTITION)),
        got: `${upstream}.region`,
        wayOut: "ECR cannot reach a registry of another partition",
      },
      {
        holds: `${upstream}.region != ${REGION} || contains(local.cross_account, each.key)`,
        place: `${place}.region`,
        words: UPSTREAM_WORDS.otherRegion,
        got: `${upstream}.region`,
        wayOut: "a registry cannot cache itself: pull from it directly",
      },
    ].map(conditionOf),
  ];
}

function templateConditions(): Condition[] {
  // Where it was given: an upstream's own settings win over the common ones.
  const place = (name: string): string =>
    `\${try(var.upstreams[each.key].repositories.${name}, null) == null ? "" : "upstreams[\${jsonencode(each.key)}]."}repositories.${name}.arn`;
  return [
    ...arnConditions(place("kms_key"), "try(each.value.kms_key.arn, null)", {
      partition: "give one of that partition",
      region: "give a key of that region",
    }),
    ...arnConditions(place("role"), "try(each.value.role.arn, null)", {
      partition: "give one of that partition",
      account: "give a role of the account that caches, or leave it out to have one made",
    }),
  ];
}

const ARN_PARTS = {
  partition: { index: 1, own: PARTITION },
  region: { index: 3, own: REGION },
  account: { index: 4, own: "local.account_id" },
} as const;

/** That an ARN, where there is one, is of the partition, region or account of the cache. */
function arnConditions(
  place: string,
  arn: string,
  waysOut: { readonly [part in keyof typeof ARN_PARTS]?: string },
): Condition[] {
  return (Object.keys(ARN_PARTS) as (keyof typeof ARN_PARTS)[]).flatMap((part) => {
    const { index, own } = ARN_PARTS[part];
    const wayOut = waysOut[part];
    const holds = `${arn} == null || try(split(":", ${arn})[${index}] == ${own}, false)`;
    return wayOut === undefined
      ? []
      : [conditionOf({ holds, place, words: ofCache(part, expression(own)), got: arn, wayOut })];
  });
}

/** A role that ECR assumes, where it is needed, and its one policy. */
function serviceRole(
  name: string,
  { namePrefix, description, service }: typeof REPOSITORY_CREATION | typeof UPSTREAM_READING,
  statements: string,
): { readonly role: Block; readonly policy: Block } {
  const count = expression(`local.needs_${name}_role ? 1 : 0`);
  return {
    role: {
      count,
      name_prefix: namePrefix,
      description,
      assume_role_policy: trustPolicy(service),
    },
    policy: {
      count,
      role: `\${aws_iam_role.${name}[0].name}`,
      policy: expression(`jsonencode({ Version = "2012-10-17", Statement = ${statements} })`),
    },
  };
}

const CREATION_ROLE = serviceRole(
  "repository_creation",
  REPOSITORY_CREATION,
  `concat([${hcl(CREATE_REPOSITORIES)}], local.needs_kms_keys ? [${hcl(useOfKeys("${local.kms_key_arns}"))}] : [])`,
);
const UPSTREAM_ROLE = serviceRole("upstream", UPSTREAM_READING, hcl([READ_UPSTREAM]));

/** Everything that one registry needs to cache others. */
export const pullThroughCache: ModuleDefinition = {
  name: "pull-through-cache",
  purpose: [
    "Everything that one Amazon ECR registry, which is one account in one region, needs to cache upstream registries: a cache rule and a repository creation template for each, the secrets they sign in with, and the roles that ECR needs where repositories have tags or a KMS key, or where an upstream is in another account.",
    "It is the construct `PullThroughCache` for configurations without TypeScript. What AWS would refuse when you apply, or when you pull, is refused when you plan, in the same words. For many regions, call it once in each region's own configuration and state, or once for each aliased provider.",
    'Values in `credentials` are ephemeral and written with a write-only argument: they are in no plan and no state, and have to be given with every plan and apply; for a destroy, empty ones do. Raise `credential_version` with every new token. An upstream that goes from `managed` to a secret of yours has the managed one deleted at once: give yours another name. Official images of Docker Hub are at `library/`: `<repository_uris["docker-hub"]>/library/nginx`.',
  ],
  uses: [
    {
      title: "Smallest use",
      hcl: `
module "cache" {
  source = "../cdktf-ecr-pull-through-cache/modules/pull-through-cache"

  upstreams = { ecr-public = {} }
}

output "nginx" {
  value = "\${module.cache.repository_uris["ecr-public"]}/nginx/nginx:1.27"
}
`,
    },
    {
      title: "With credentials",
      hcl: `
variable "ghcr_token" {
  type      = string
  sensitive = true
  ephemeral = true
}

resource "aws_secretsmanager_secret" "hub" {
  name = "ecr-pullthroughcache/docker-hub"
}

module "cache" {
  source = "../cdktf-ecr-pull-through-cache/modules/pull-through-cache"

  upstreams = {
    ecr-public = {}
    docker-hub = { credential_secret_arn = aws_secretsmanager_secret.hub.arn }
    ghcr       = { kind = "github", prefix = "ghcr", credential = "managed", credential_version = 1 }
  }
  credentials  = { ghcr = { username = "bot", access_token = var.ghcr_token } }
  repositories = { expire_untagged_after_days = 7 }
}
`,
    },
    {
      title: "Take over a rule that exists",
      hcl: `
# AWS refuses a second rule with the same prefix. Templates are imported alike, where there is one.
import {
  to = module.cache.aws_ecr_pull_through_cache_rule.upstream["quay"]
  id = "quay"
}

module "cache" {
  source = "../cdktf-ecr-pull-through-cache/modules/pull-through-cache"

  upstreams = { quay = {} }
}
`,
    },
  ],
  terraform: "1.11",
  inputs: {
    upstreams: {
      type: "map(object)",
      required: true,
      description:
        "The registries to cache, by keys of your own that are known when Terraform plans: resources are named after them, and adding one touches no other.",
      attributes: UPSTREAM,
      validations: upstreamFaults(),
    },
    credentials: {
      type: "map(object)",
      default: {},
      secret: true,
      description:
        "What the managed secrets hold, by the keys of their upstreams. Ephemeral: in no plan and no state, and given every time.",
      attributes: {
        username: { type: "string", required: true, description: "The user name." },
        access_token: { type: "string", required: true, description: "The access token or password." },
      },
      validations: [
        {
          holds: `length(setsubtract(keys(var.credentials), ${MANAGED})) == 0`,
          place: "credentials",
          words: "have the keys of upstreams whose `credential` is managed, and no others",
          wayOut: `rename or leave out what no upstream reads; managed are \${jsonencode(${MANAGED})}`,
        },
      ],
    },
    repositories: {
      type: "object",
      default: {},
      description: "How the repositories look that ECR creates. It holds for those created later.",
      attributes: SETTINGS,
      validations: settingsFaults("repositories", "var.repositories", []),
    },
    account_id: ACCOUNT_INPUT,
    acknowledged_warnings: acknowledgedWarnings(...CACHE_WARNINGS),
  },
  locals: {
    ...REGISTRY_LOCALS,
    hosts: HOSTS,
    usual_prefixes: USUAL_PREFIXES,
    kinds: expression(`{ for key, element in var.upstreams : key => ${KIND} }`),
    prefixes: expression(
      '{ for key, element in var.upstreams : key => element.prefix == null ? lookup(local.usual_prefixes, local.kinds[key], "") : element.prefix }',
    ),
    urls: expression(
      '{ for key, element in var.upstreams : key => local.kinds[key] == "azure" ? "${element.registry_name}.azurecr.io" : local.kinds[key] == "private-ecr" ? "${coalesce(element.account_id, local.account_id)}.dkr.ecr.${element.region}.${data.aws_partition.current.dns_suffix}" : lookup(local.hosts, local.kinds[key], element.upstream_registry_url) }',
    ),
    managed_secrets: expression(
      `{ for key, element in var.upstreams : key => coalesce(element.secret_name, "${SECRET_PREFIX}\${trimsuffix(local.prefixes[key], "/")}") if element.credential == "managed" }`,
    ),
    credential_arns: expression(
      '{ for key, element in var.upstreams : key => element.credential == "managed" ? aws_secretsmanager_secret.credential[key].arn : element.credential_secret_name != null ? data.aws_secretsmanager_secret.credential[key].arn : element.credential_secret_arn }',
    ),
    cross_account: expression(
      "[for key, element in var.upstreams : key if element.account_id == null ? false : element.account_id != local.account_id]",
    ),
    needs_upstream_role: expression("anytrue([for key in local.cross_account : var.upstreams[key].role == null])"),
    settings: mergedSettings(),
    templates: expression("{ for key, settings in local.settings : key => settings if settings.creation_template }"),
    with_own_role: expression(
      "{ for key, template in local.templates : key => template if template.role == null && (template.kms_key != null || length(template.tags) > 0) }",
    ),
    needs_repository_creation_role: expression("length(local.with_own_role) > 0"),
    needs_kms_keys: expression("anytrue([for template in local.with_own_role : template.kms_key != null])"),
    kms_key_arns: expression(
      "distinct([for template in local.with_own_role : template.kms_key.arn if template.kms_key != null])",
    ),
    repository_arns: expression(repositoryArns("values(local.prefixes)")),
  },
  data: {
    ...REGISTRY_DATA,
    aws_secretsmanager_secret: {
      credential: {
        for_each: expression(
          "{ for key, element in var.upstreams : key => element.credential_secret_name if element.credential_secret_name != null }",
        ),
        name: "${each.value}",
      },
    },
  },
  resources: {
    aws_ecr_pull_through_cache_rule: {
      upstream: {
        for_each: "${local.prefixes}",
        ecr_repository_prefix: "${each.value}",
        upstream_registry_url: "${local.urls[each.key]}",
        // Written out where it may be: AWS answers with ROOT, and would have the rule replaced by every apply.
        upstream_repository_prefix: expression(
          'local.kinds[each.key] == "private-ecr" && each.value != "ROOT" ? coalesce(var.upstreams[each.key].upstream_repository_prefix, "ROOT") : null',
        ),
        credential_arn: "${local.credential_arns[each.key]}",
        custom_role_arn: expression(
          "!contains(local.cross_account, each.key) ? null : var.upstreams[each.key].role != null ? var.upstreams[each.key].role.arn : aws_iam_role.upstream[0].arn",
        ),
        lifecycle: {
          replace_triggered_by: ["terraform_data.authentication[each.key]"],
          precondition: ruleConditions(),
        },
        depends_on: [
          "aws_ecr_repository_creation_template.upstream",
          "aws_secretsmanager_secret_version.credential",
          "aws_iam_role_policy.upstream",
        ],
      },
    },
    aws_ecr_repository_creation_template: {
      upstream: {
        for_each: "${local.templates}",
        prefix: "${local.prefixes[each.key]}",
        applied_for: ["PULL_THROUGH_CACHE"],
        image_tag_mutability: "${each.value.tag_mutability}",
        dynamic: {
          encryption_configuration: {
            for_each: "${each.value.kms_key == null ? [] : [each.value.kms_key.arn]}",
            content: { encryption_type: "KMS", kms_key: "${encryption_configuration.value}" },
          },
        },
        lifecycle_policy: lifecyclePolicy("each.value"),
        repository_policy: "${each.value.repository_policy}",
        resource_tags: "${length(each.value.tags) == 0 ? null : each.value.tags}",
        custom_role_arn: expression(
          "each.value.role != null ? each.value.role.arn : contains(keys(local.with_own_role), each.key) ? aws_iam_role.repository_creation[0].arn : null",
        ),
        lifecycle: { precondition: templateConditions() },
        depends_on: ["aws_iam_role_policy.repository_creation"],
      },
    },
    aws_secretsmanager_secret: {
      credential: {
        for_each: "${local.managed_secrets}",
        name: "${each.value}",
        description: SECRET_DESCRIPTION,
        recovery_window_in_days: "${coalesce(var.upstreams[each.key].recovery_window_in_days, 0)}",
      },
    },
    aws_secretsmanager_secret_version: {
      credential: {
        for_each: "${local.managed_secrets}",
        secret_id: "${aws_secretsmanager_secret.credential[each.key].id}",
        secret_string_wo: expression(
          "jsonencode({ username = var.credentials[each.key].username, accessToken = var.credentials[each.key].access_token })",
        ),
        secret_string_wo_version: "${coalesce(var.upstreams[each.key].credential_version, 1)}",
        lifecycle: {
          precondition: [
            conditionOf({
              holds:
                'try(trimspace(var.credentials[each.key].username) != "" && trimspace(var.credentials[each.key].access_token) != "", false)',
              place: "credentials[${jsonencode(each.key)}]",
              words: "have a username and an access_token that are not empty",
              wayOut: "give both with every plan and apply",
            }),
          ],
        },
      },
    },
    aws_iam_role: { repository_creation: CREATION_ROLE.role, upstream: UPSTREAM_ROLE.role },
    aws_iam_role_policy: { repository_creation: CREATION_ROLE.policy, upstream: UPSTREAM_ROLE.policy },
    // The provider sends nothing when a rule loses its credential, and shows the same change in every plan. Where the
    // host does not say how it authenticates, there is something to be replaced with.
    terraform_data: {
      authentication: {
        for_each: "${local.kinds}",
        input: expression(
          `each.value != "${UNLISTED}" ? "by its host" : ${CREDENTIALS.map((name) => `var.upstreams[each.key].${name} == null`).join(" && ")} ? "none" : "credential"`,
        ),
      },
    },
  },
  checks: {
    immutable_tags: warning("immutable-tags", {
      each: ["key, template in local.templates"],
      holds: 'template.tag_mutability != "IMMUTABLE"',
      message: "Tags under ${local.prefixes[key]} are immutable: Amazon ECR will never refresh a cached tag.",
    }),
    region_without_pull_through_cache: warning("region-without-pull-through-cache", {
      each: [`partition in [${PARTITION}]`],
      holds: `!contains(${hcl(PARTITION_NAMES.filter(lacksPullThroughCaches))}, partition)`,
      message: `Amazon ECR documents no pull-through caches in \${${REGION}}: creating the rules will fail.`,
    }),
    unlisted_registry: warning("unlisted-registry", {
      each: ["key, kind in local.kinds"],
      holds: `kind != "${UNLISTED}"`,
      message:
        "${local.urls[key]} is not known to be a registry that Amazon ECR can cache, and creating the rule ${local.prefixes[key]} fails if it is not.",
    }),
  },
  outputs: {
    registry_uri: {
      description: "The host that clients sign in to and pull from.",
      value: "${local.registry_uri}",
    },
    repository_uris: {
      description: "What to pull in place of a registry, by the keys of `upstreams`: put the repository behind it.",
      value: expression(
        '{ for key, prefix in local.prefixes : key => prefix == "ROOT" ? local.registry_uri : "${local.registry_uri}/${trimsuffix(prefix, "/")}" }',
      ),
      depends_on: ["aws_ecr_pull_through_cache_rule.upstream"],
    },
    prefixes: {
      description: "The prefixes of the upstreams, for the modules registry-endpoints and pull-policy.",
      value: "${values(local.prefixes)}",
    },
    rules: {
      description: "The rules, by the keys of `upstreams`: `prefix` and `upstream_registry_url`.",
      value: expression(
        "{ for key, rule in aws_ecr_pull_through_cache_rule.upstream : key => { prefix = rule.ecr_repository_prefix, upstream_registry_url = rule.upstream_registry_url } }",
      ),
    },
    secret_arns: {
      description: "ARNs of the managed secrets, by the keys of their upstreams.",
      value: expression("{ for key, secret in aws_secretsmanager_secret.credential : key => secret.arn }"),
    },
    pull_policy_json: {
      description:
        "The IAM policy that lets an identity pull through all of these upstreams, first pulls included; the module pull-policy attaches it.",
      value: expression(
        `jsonencode({ Version = "2012-10-17", Statement = ${hcl([SIGN_IN, pullStatement("${local.repository_arns}", true)])} })`,
      ),
    },
  },
};

function kindOf(key: string, element: string): string {
  return `(${element}.kind == null ? ${key} : ${element}.kind)`;
}

function prefixOf(key: string, element: string): string {
  return `(${element}.prefix == null ? lookup(${hcl(USUAL_PREFIXES)}, ${kindOf(key, element)}, "") : ${element}.prefix)`;
}

function trimmed(prefix: string): string {
  return `trimsuffix(${prefix}, "/")`;
}

function kindsWith(credential: "required" | "impossible"): string[] {
  return Object.entries(SUPPORTED_REGISTRIES).flatMap(([kind, registry]) =>
    registry.credential === credential ? [kind] : [],
  );
}

function knownHost(host: string): string {
  return Object.values(SUPPORTED_REGISTRIES)
    .map((registry) =>
      typeof registry.host === "string"
        ? `${host} == "${registry.host}"`
        : `can(regex(${regex(registry.host)}, ${host}))`,
    )
    .join(" || ");
}

function registriesBy(
  value: (registry: (typeof SUPPORTED_REGISTRIES)[keyof typeof SUPPORTED_REGISTRIES]) => string | undefined,
): { readonly [kind: string]: string } {
  const entries = Object.entries(SUPPORTED_REGISTRIES).map(([kind, registry]) => [kind, value(registry)] as const);
  return Object.fromEntries(entries.filter((entry): entry is [string, string] => entry[1] !== undefined));
}
