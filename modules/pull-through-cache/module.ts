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

// Otherwise Terraform deletes a secret before the rule has its new credential, which AWS may reject.
const REPLACED_FIRST = { create_before_destroy: true } as const;

/** A role that ECR assumes, if it is needed, and its policy. */
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

/** The module of the construct PullThroughCache. */
export const pullThroughCache: ModuleDefinition = {
  name: "pull-through-cache",
  purpose: [
    "Everything that Amazon ECR needs, in one account and region, to cache upstream registries: a cache rule and a repository creation template for each, the secrets with which ECR signs in, and the roles that ECR needs if repositories have tags or KMS encryption, or if an upstream is in another account.",
    "It is the construct `PullThroughCache` for configurations without TypeScript. Errors that AWS reports only when you apply or pull fail the plan, with the same messages. For many regions, call it once in each region's own configuration and state, or once for each aliased provider.",
    'Values in `credentials` are ephemeral and written with a write-only argument: they are in no plan and no state, and every plan and apply needs them; a destroy accepts empty values. Increase `credential_version` with every new token. When an upstream changes from `managed` to your own secret, Terraform deletes the managed secret after the rule uses yours: use another name, since both exist at that time. Terraform also deletes the secret of a removed upstream, at once unless it has a `recovery_window_in_days`. `terraform apply -replace` of a managed secret fails, since its name is in use: increase `credential_version` to write it again, and use `terraform untaint` for a secret whose creation failed halfway. Official images of Docker Hub are at `library/`: `<repository_uris["docker-hub"]>/library/nginx`.',
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
  credentials         = { ghcr = { username = "bot", access_token = var.ghcr_token } }
  repository_settings = { keep_last_images = 50 }
}
`,
    },
    {
      title: "Import an existing rule",
      hcl: `
# AWS rejects a second rule with the same prefix. An existing template is imported in the same way.
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
      default: {},
      description: "Settings of the repositories that ECR creates from now on.",
      attributes: SETTINGS,
      validations: settingsRules("repository_settings", "var.repository_settings", []),
    },
    account_id: ACCOUNT_INPUT,
    acknowledged_warnings: acknowledgedWarnings(...CACHE_WARNINGS),
  },
  locals: {
    ...REGISTRY_LOCALS,
    hosts: HOSTS,
    usual_prefixes: USUAL_PREFIXES,
    recovery_windows: RECOVERY_WINDOWS,
    // The inputs with every attribute, converted to its type.
    upstreams: expression(
      `{ for key, element in var.upstreams : key => ${withAllAttributes("element", UPSTREAM_ITSELF)} }`,
    ),
    own_settings: expression(
      `{ for key, element in { for key, element in var.upstreams : key => merge({}, lookup(element, "repository_settings", null) == null ? null : element.repository_settings) } : key => ${withAllAttributes("element", SETTINGS)} }`,
    ),
    repository_settings: expression(withAllAttributes("var.repository_settings", SETTINGS)),
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
    // ECR applies the template with the longest matching prefix, so that a prefix without one gets that of a shorter prefix.
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
        // AWS answers with ROOT. Without it in the configuration, every apply would replace the rule.
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
          // A message must not depend on an ephemeral value, so there is one for each case.
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
              hint: "set both for every plan and apply",
            }),
          ),
        },
      },
    },
    aws_iam_role: { repository_creation: CREATION_ROLE.role, upstream: UPSTREAM_ROLE.role },
    aws_iam_role_policy: { repository_creation: CREATION_ROLE.policy, upstream: UPSTREAM_ROLE.policy },
    // The provider sends nothing when a rule loses its credential, and shows the same change in every plan. If the host
    // does not determine whether there is a credential, this resource replaces the rule.
    terraform_data: {
      // Nor can the provider remove a key from a template: it continues to send the former key.
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
      message: `Amazon ECR documents no pull-through caches in \${${REGION_EXPRESSION}}: AWS will reject the rules.`,
    }),
    unlisted_registry: warning("unlisted-registry", {
      each: ["key, kind in local.kinds"],
      holds: `kind != "${UNLISTED}"`,
      message:
        "This version does not know ${local.urls[key]} as a registry that Amazon ECR can cache; AWS rejects the rule ${local.prefixes[key]} if it is none.",
    }),
  },
  outputs: {
    registry_uri: {
      description: "The host that clients sign in to and pull from.",
      value: "${local.registry_uri}",
    },
    repository_uris: {
      description: "The name to pull in place of a registry, by the keys of `upstreams`: append the repository.",
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
        "The IAM policy that allows an identity to pull through all of these upstreams, including first pulls; the module pull-policy attaches it.",
      value: expression(
        `jsonencode({ Version = "2012-10-17", Statement = ${pullStatements(hcl(createStatement("${local.untagged_arns}")), "${local.tagged_arns}")} })`,
      ),
    },
  },
};
