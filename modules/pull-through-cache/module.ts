import { PARTITION_NAMES, lacksPullThroughCaches } from "../../src/aws/partitions";
import { trustPolicy } from "../../src/aws/policy-document";
import {
  ANY_KEY,
  CREATE_REPOSITORIES,
  READ_UPSTREAM,
  REPOSITORY_CREATION,
  UPSTREAM_READING,
  createStatement,
  useOfKeys,
} from "../../src/cache/policy-statements";
import { ENCRYPTIONS, RECOVERY_WINDOWS, ROOT, SECRET_DESCRIPTION, SECRET_PREFIX } from "../../src/cache/rules";
import type { WarningId } from "../../src/terraform/warnings";
import { withAllAttributes } from "../generator/attributes";
import type { Block, ModuleDefinition } from "../generator/definition";
import { expression, hcl } from "../generator/hcl";
import {
  ACCOUNT_INPUT,
  PARTITION,
  REGION_EXPRESSION,
  REGISTRY_DATA,
  REGISTRY_LOCALS,
  pullStatements,
  repositoryArns,
} from "../generator/registry";
import { conditionOf } from "../generator/rules";
import { acknowledgedWarnings, warning } from "../generator/warnings";
import { ruleConditions, templateConditions } from "./places";
import {
  SETTINGS,
  SETTINGS_MISNOMERS,
  SETTINGS_NOUN,
  lifecyclePolicy,
  mergedSettings,
  settingsRules,
} from "./repository-settings";
import {
  CREDENTIALS,
  HOSTS,
  MANAGED,
  UNLISTED,
  UPSTREAM,
  UPSTREAM_ITSELF,
  UPSTREAM_MISNOMERS,
  USUAL_PREFIXES,
  upstreamRules,
} from "./upstreams";

/** The warnings of a cache. */
export const CACHE_WARNINGS = [
  "immutable-tags",
  "region-without-pull-through-cache",
  "unlisted-registry",
] as const satisfies WarningId[];

// Without it Terraform deletes a secret first and then gives the rule another credential, which AWS may refuse.
const REPLACED_FIRST = { create_before_destroy: true } as const;

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
    "Everything that one Amazon ECR registry, which is one account in one region, needs to cache upstream registries: a cache rule and a repository creation template for each, the secrets they sign in with, and the roles that ECR needs where repositories have tags or KMS encryption, or where an upstream is in another account.",
    "It is the construct `PullThroughCache` for configurations without TypeScript. What AWS would refuse when you apply, or when you pull, is refused when you plan, in the same words. For many regions, call it once in each region's own configuration and state, or once for each aliased provider.",
    'Values in `credentials` are ephemeral and written with a write-only argument: they are in no plan and no state, and have to be given with every plan and apply; for a destroy, empty ones do. Raise `credential_version` with every new token. An upstream that goes from `managed` to a secret of yours has the managed one deleted once its rule uses yours: give yours another name, since both exist at that time. A secret whose upstream is removed is deleted too, at once unless it has a `recovery_window_in_days`. `terraform apply -replace` of a managed secret fails, since its name is in use: raise `credential_version` to write it anew, and `terraform untaint` one whose creation failed halfway. Official images of Docker Hub are at `library/`: `<repository_uris["docker-hub"]>/library/nginx`.',
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

variable "hub_token" {
  type      = string
  sensitive = true
  ephemeral = true
}

resource "aws_secretsmanager_secret" "hub" {
  name = "ecr-pullthroughcache/docker-hub"
}

resource "aws_secretsmanager_secret_version" "hub" {
  secret_id                = aws_secretsmanager_secret.hub.id
  secret_string_wo         = jsonencode({ username = "bot", accessToken = var.hub_token })
  secret_string_wo_version = 1
}

module "cache" {
  source = "../cdktf-ecr-pull-through-cache/modules/pull-through-cache"

  upstreams = {
    ecr-public = {}
    docker-hub = { credential_secret_arn = aws_secretsmanager_secret_version.hub.arn }
    ghcr       = { kind = "github", prefix = "ghcr", credential = "managed", credential_version = 1 }
  }
  credentials  = { ghcr = { username = "bot", access_token = var.ghcr_token } }
  repositories = { keep_last_images = 50 }
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
      isOpen: true,
      decides: true,
      noun: "an upstream",
      misnomers: UPSTREAM_MISNOMERS,
      required: true,
      description:
        "The registries to cache, by keys of your own that are known when Terraform plans: resources are named after them, and adding one touches no other.",
      attributes: UPSTREAM,
      validations: upstreamRules(),
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
          requirement: "have the keys of upstreams whose `credential` is managed, and no others",
          hint: `rename or leave out what no upstream reads; managed are \${jsonencode(${MANAGED})}`,
        },
      ],
    },
    repositories: {
      type: "object",
      isOpen: true,
      noun: SETTINGS_NOUN,
      misnomers: SETTINGS_MISNOMERS,
      default: {},
      description: "How the repositories look that ECR creates. It holds for those created later.",
      attributes: SETTINGS,
      validations: settingsRules("repositories", "var.repositories", []),
    },
    account_id: ACCOUNT_INPUT,
    acknowledged_warnings: acknowledgedWarnings(...CACHE_WARNINGS),
  },
  locals: {
    ...REGISTRY_LOCALS,
    hosts: HOSTS,
    usual_prefixes: USUAL_PREFIXES,
    recovery_windows: RECOVERY_WINDOWS.days,
    // The inputs with every attribute, converted to its type.
    upstreams: expression(
      `{ for key, element in var.upstreams : key => ${withAllAttributes("element", UPSTREAM_ITSELF)} }`,
    ),
    own_settings: expression(
      `{ for key, element in { for key, element in var.upstreams : key => merge({}, lookup(element, "repositories", null) == null ? null : element.repositories) } : key => ${withAllAttributes("element", SETTINGS)} }`,
    ),
    repositories: expression(withAllAttributes("var.repositories", SETTINGS)),
    kinds: expression("{ for key, element in local.upstreams : key => element.kind == null ? key : element.kind }"),
    prefixes: expression(
      '{ for key, element in local.upstreams : key => element.prefix == null ? lookup(local.usual_prefixes, local.kinds[key], "") : element.prefix }',
    ),
    urls: expression(
      '{ for key, element in local.upstreams : key => local.kinds[key] == "azure" ? "${element.registry_name}.azurecr.io" : local.kinds[key] == "private-ecr" ? "${coalesce(element.account_id, local.account_id)}.dkr.ecr.${element.region}.${data.aws_partition.current.dns_suffix}" : lookup(local.hosts, local.kinds[key], element.upstream_registry_url) }',
    ),
    managed_secrets: expression(
      `{ for key, element in local.upstreams : key => coalesce(element.secret_name, "${SECRET_PREFIX}\${trimsuffix(local.prefixes[key], "/")}") if nonsensitive(element.credential == "managed") }`,
    ),
    credential_arns: expression(
      '{ for key, element in local.upstreams : key => element.credential == "managed" ? aws_secretsmanager_secret.credential[key].arn : element.credential_secret_name != null ? data.aws_secretsmanager_secret.credential[key].arn : element.credential_secret_arn }',
    ),
    cross_account: expression(
      "[for key, element in local.upstreams : key if nonsensitive(element.account_id == null ? false : element.account_id != local.account_id)]",
    ),
    needs_upstream_role: expression(
      "anytrue([for key in local.cross_account : nonsensitive(local.upstreams[key].role == null)])",
    ),
    settings: mergedSettings(),
    templates: expression("{ for key, settings in local.settings : key => settings if settings.creation_template }"),
    with_own_role: expression(
      '{ for key, template in local.templates : key => template if nonsensitive(template.role == null && (template.encryption_type == "KMS" || length(template.tags) > 0)) }',
    ),
    needs_repository_creation_role: expression("length(local.with_own_role) > 0"),
    needs_kms_keys: expression('anytrue([for template in local.with_own_role : template.encryption_type == "KMS"])'),
    kms_key_arns: expression(
      `distinct([for template in local.with_own_role : template.kms_key == null ? "${ANY_KEY}" : template.kms_key.arn if template.encryption_type == "KMS"])`,
    ),
    prefixes_of_tagging_templates: expression(
      '[for key, template in local.templates : trimsuffix(local.prefixes[key], "/") if length(template.tags) > 0]',
    ),
    // ECR takes the template with the longest prefix that matches, so a prefix without one gets that of a shorter one.
    creates_with_tags: expression(
      `{ for key, prefix in local.prefixes : key => anytrue([for other in local.prefixes_of_tagging_templates : other == trimsuffix(prefix, "/") || !contains(keys(local.templates), key) && (other == "${ROOT}" || startswith(prefix, "\${other}/"))]) }`,
    ),
    tagged_prefixes: expression("[for key, prefix in local.prefixes : prefix if local.creates_with_tags[key]]"),
    untagged_prefixes: expression("[for key, prefix in local.prefixes : prefix if !local.creates_with_tags[key]]"),
    tagged_arns: expression(repositoryArns("local.tagged_prefixes")),
    untagged_arns: expression(repositoryArns("local.untagged_prefixes")),
  },
  data: {
    ...REGISTRY_DATA,
    aws_secretsmanager_secret: {
      credential: {
        for_each: expression(
          "{ for key, element in local.upstreams : key => element.credential_secret_name if nonsensitive(element.credential_secret_name != null) }",
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
          'local.kinds[each.key] == "private-ecr" && each.value != "ROOT" ? coalesce(local.upstreams[each.key].upstream_repository_prefix, "ROOT") : null',
        ),
        credential_arn: "${local.credential_arns[each.key]}",
        custom_role_arn: expression(
          "!contains(local.cross_account, each.key) ? null : local.upstreams[each.key].role != null ? local.upstreams[each.key].role.arn : aws_iam_role.upstream[0].arn",
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
        description: "${each.value.description}",
        applied_for: ["PULL_THROUGH_CACHE"],
        image_tag_mutability: "${each.value.tag_mutability}",
        dynamic: {
          encryption_configuration: {
            for_each: '${each.value.encryption_type == "KMS" ? [each.value.encryption_type] : []}',
            content: {
              encryption_type: "${encryption_configuration.value}",
              kms_key: "${each.value.kms_key == null ? null : each.value.kms_key.arn}",
            },
          },
        },
        lifecycle_policy: lifecyclePolicy("each.value"),
        repository_policy: "${each.value.repository_policy}",
        resource_tags: "${length(each.value.tags) == 0 ? null : each.value.tags}",
        custom_role_arn: expression(
          "each.value.role != null ? each.value.role.arn : contains(keys(local.with_own_role), each.key) ? aws_iam_role.repository_creation[0].arn : null",
        ),
        lifecycle: {
          replace_triggered_by: ["terraform_data.encryption[each.key]"],
          precondition: templateConditions(),
        },
        depends_on: ["aws_iam_role_policy.repository_creation"],
      },
    },
    aws_secretsmanager_secret: {
      credential: {
        for_each: "${local.managed_secrets}",
        name: "${each.value}",
        description: SECRET_DESCRIPTION,
        recovery_window_in_days: "${coalesce(local.upstreams[each.key].recovery_window_in_days, 0)}",
        lifecycle: REPLACED_FIRST,
      },
    },
    aws_secretsmanager_secret_version: {
      credential: {
        for_each: "${local.managed_secrets}",
        secret_id: "${aws_secretsmanager_secret.credential[each.key].id}",
        secret_string_wo: expression(
          "jsonencode({ username = var.credentials[each.key].username, accessToken = var.credentials[each.key].access_token })",
        ),
        secret_string_wo_version: "${coalesce(local.upstreams[each.key].credential_version, 1)}",
        lifecycle: {
          ...REPLACED_FIRST,
          // Nothing that an ephemeral value decides may stand in a message, so there is one for each case.
          precondition: [
            {
              holds: "contains(keys(var.credentials), each.key)",
              gotText: "nothing",
            },
            {
              holds:
                '!contains(keys(var.credentials), each.key) || try(trimspace(var.credentials[each.key].username) != "" && trimspace(var.credentials[each.key].access_token) != "", false)',
            },
          ].map((rule) =>
            conditionOf({
              ...rule,
              place: "credentials[${jsonencode(each.key)}]",
              requirement: "have a username and an access_token that are not empty",
              hint: "give both with every plan and apply",
            }),
          ),
        },
      },
    },
    aws_iam_role: { repository_creation: CREATION_ROLE.role, upstream: UPSTREAM_ROLE.role },
    aws_iam_role_policy: { repository_creation: CREATION_ROLE.policy, upstream: UPSTREAM_ROLE.policy },
    // The provider sends nothing when a rule loses its credential, and shows the same change in every plan. Where the
    // host does not say how it authenticates, there is something to be replaced with.
    terraform_data: {
      // Nor can it take a key out of a template: it goes on sending the former one.
      encryption: {
        for_each: "${local.templates}",
        input: expression(
          `each.value.kms_key != null ? "${ENCRYPTIONS.own}" : each.value.encryption_type == "KMS" ? "${ENCRYPTIONS.aws}" : "${ENCRYPTIONS.s3}"`,
        ),
      },
      authentication: {
        for_each: "${local.kinds}",
        input: expression(
          `each.value != "${UNLISTED}" ? "by its host" : ${CREDENTIALS.map((name) => `local.upstreams[each.key].${name} == null`).join(" && ")} ? "none" : "credential"`,
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
      message: `Amazon ECR documents no pull-through caches in \${${REGION_EXPRESSION}}: creating the rules will fail.`,
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
    tagged_prefixes: {
      description: "The prefixes whose creation template sets tags, for the same modules.",
      value: "${local.tagged_prefixes}",
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
        `jsonencode({ Version = "2012-10-17", Statement = ${pullStatements(hcl(createStatement("${local.untagged_arns}")), "${local.tagged_arns}")} })`,
      ),
    },
  },
};
