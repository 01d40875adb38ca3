import { REGION_NAME } from "../../src/aws/partitions";
import { ROLE_ARN, ROLE_REQUIREMENTS } from "../../src/aws/role-arn";
import { SECRET_PREFIX } from "../../src/aws/secret-names";
import {
  AZURE_REGISTRY_NAME,
  CREDENTIAL_RULES,
  HOST,
  MAX_RULES,
  NAMES_OF_VALUES,
  RECOVERY_WINDOWS,
  REPOSITORY_PREFIX,
  SECRET_ARN,
  SECRET_NAME,
  UPSTREAM_ACCOUNT_ID,
  UPSTREAM_REPOSITORY_PREFIX,
  UPSTREAM_RULES,
  atLeastOneUpstream,
} from "../../src/cache/rules";
import { SUPPORTED_REGISTRIES } from "../../src/image/supported-registries";
import { converted, elementsOf, given } from "../generator/attributes";
import type { ValidationRule, Inputs } from "../generator/definition";
import { expression, matchesExpression, hcl, regex, snakeCase } from "../generator/hcl";
import { following, integerFrom, oneOf, secretly } from "../generator/rules";
import { SETTINGS, SETTINGS_MISNOMERS, SETTINGS_MISPLACED, SETTINGS_NOUN, settingsRules } from "./repository-settings";

/** The kind of registries that this version does not know. */
const UNLISTED = "unlisted";
const KINDS = [...Object.keys(SUPPORTED_REGISTRIES), UNLISTED];

/** The usual prefixes of kinds. */
export const USUAL_PREFIXES = registriesBy(({ usualPrefix }) => usualPrefix);

/** The hosts of kinds whose host is the same for every customer. */
export const HOSTS = registriesBy(({ host }) => (typeof host === "string" ? host : undefined));

// In validations, which see upstreams as given, `upstream` is one of them.
const ELEMENT = "upstream";
const LOOP = elementsOf("var.upstreams", ELEMENT);
const PLACE = "upstreams[${jsonencode(key)}]";
const KIND = `try(tostring(${ELEMENT}.kind == null ? key : ${ELEMENT}.kind), key)`;
const OWN_PREFIX = converted(ELEMENT, "prefix", "string");
const PREFIX = `(${OWN_PREFIX} == null ? lookup(local.usual_prefixes, ${KIND}, "") : ${OWN_PREFIX})`;
const PREFIXES_BY_KEY = by(PREFIX);

/** The attributes that give an upstream a credential. */
export const CREDENTIALS = ["credential", "credential_secret_arn", "credential_secret_name"] as const;
const NAMES_OF_CREDENTIALS = CREDENTIALS.map((name) => `\`${name}\``).join(", ");

const [, FIRST_DAY = 0] = RECOVERY_WINDOWS;
const LAST_DAY = RECOVERY_WINDOWS.at(-1) ?? 0;

/** The attributes of an upstream, but for the settings of its repositories. */
const UPSTREAM_ITSELF: Inputs = {
  kind: {
    type: "string",
    description: `Which registry it is: ${KINDS.join(", ")}.`,
    otherwise: "the key",
  },
  prefix: {
    type: "string",
    description:
      "First part of the names of the repositories, or `ROOT` for none. A change replaces the rule; the repositories remain.",
    otherwise: "the name of the kind, and `ecr` for `private-ecr`",
  },
  credential: {
    type: "string",
    description:
      "`managed` for a secret that the module creates with a value from `credentials`. The plan must know it.",
    rules: [
      secretly(
        oneOf(["managed"], "set the value in `credentials`, and the ARN of a secret in `credential_secret_arn`"),
      ),
    ],
  },
  credential_version: {
    type: "number",
    description: "Increase it by one with every new value in `credentials`: Terraform does not store the value.",
    otherwise: "`1`",
    rules: [integerFrom(1, CREDENTIAL_RULES.version.hint)],
  },
  secret_name: {
    type: "string",
    description: "Name of the managed secret.",
    otherwise: `\`${SECRET_PREFIX}\` and the prefix`,
    rules: [secretly(following(SECRET_NAME))],
  },
  recovery_window_in_days: {
    type: "number",
    description: "Days during which a deleted managed secret can be restored and its name is not free; 0 for none.",
    otherwise: "`0`",
    rules: [
      {
        ...CREDENTIAL_RULES.recoveryWindowInDays,
        // Zero, or one of the days without a gap.
        holds: (value) =>
          `try(${value} == 0 || (${value} >= ${FIRST_DAY} && ${value} <= ${LAST_DAY} && floor(${value}) == ${value}), false)`,
      },
    ],
  },
  credential_secret_arn: {
    type: "string",
    description:
      "ARN of a secret in the account and region of the cache. AWS reads the secret when the rule is created: for a secret of the same configuration, use the `arn` of its `aws_secretsmanager_secret_version`, which is the same ARN, known after the value is written.",
    rules: [secretly(following(SECRET_ARN, "copy it from Secrets Manager, or use `credential_secret_name`"))],
  },
  credential_secret_name: {
    type: "string",
    description:
      "Name of an existing secret, known when Terraform plans, which looks it up in the region of the cache.",
    rules: [secretly(following(SECRET_NAME))],
  },
  registry_name: {
    type: "string",
    description: "Of `azure`: the name of the registry, without `.azurecr.io`.",
  },
  upstream_registry_url: {
    type: "string",
    description: "Of `unlisted`, a registry that this version does not know: the bare host.",
  },
  region: {
    type: "string",
    description: "Of `private-ecr`: the region of the upstream.",
  },
  account_id: {
    type: "string",
    description:
      "Of `private-ecr`: the account of the upstream, known when Terraform plans. The upstream must allow the account of the cache to read.",
    otherwise: "the account of the cache",
    rules: [following(UPSTREAM_ACCOUNT_ID)],
  },
  upstream_repository_prefix: {
    type: "string",
    description: "Of `private-ecr`: the prefix of the upstream's repositories that are cached.",
    otherwise: '`"ROOT"`, which is all',
    rules: [following(UPSTREAM_REPOSITORY_PREFIX)],
  },
  role: {
    type: "object",
    noun: "a role",
    description:
      "Of `private-ecr` in another account: the role with which ECR reads the upstream; it trusts `pullthroughcache.ecr.amazonaws.com`.",
    otherwise: "the module creates a role",
    attributes: {
      arn: {
        type: "string",
        required: true,
        description: "Its ARN.",
        rules: [following(ROLE_ARN, ROLE_REQUIREMENTS.hint)],
      },
    },
  },
};

/** The attributes of an upstream. */
export const UPSTREAM: Inputs = {
  ...UPSTREAM_ITSELF,
  repository_settings: {
    type: "object",
    noun: SETTINGS_NOUN,
    misnomers: SETTINGS_MISNOMERS,
    misplaced: SETTINGS_MISPLACED,
    description:
      "Settings of the repositories of this upstream. Each takes precedence over that of the input `repository_settings`.",
    attributes: SETTINGS,
    otherwise: "those of the input `repository_settings`",
  },
};

/** The attributes that only one kind of upstream has, by their names. */
export const KINDS_OF_ATTRIBUTES: { readonly [attribute: string]: string } = {
  registry_name: "azure",
  upstream_registry_url: UNLISTED,
  region: "private-ecr",
  account_id: "private-ecr",
  upstream_repository_prefix: "private-ecr",
  role: "private-ecr",
};

/** The attributes that only upstreams with a managed credential have. */
const OF_MANAGED_CREDENTIALS = ["credential_version", "secret_name", "recovery_window_in_days"];

/** Names of attributes in the AWS provider, or that people expect, which are more than a letter away. */
export const UPSTREAM_MISNOMERS = {
  ...Object.fromEntries(
    Object.keys(SETTINGS)
      .filter((name) => !(name in UPSTREAM))
      .map((name) => [name, `repository_settings.${name}`]),
  ),
  credential_arn: "credential_secret_arn",
  custom_role_arn: "role",
  ecr_repository_prefix: "prefix",
  host: "upstream_registry_url",
  kms_key_arn: "repository_settings.kms_key",
  registry: "kind",
  repositories: "repository_settings",
  repository_prefix: "prefix",
  role_arn: "role",
  secret_arn: "credential_secret_arn",
  type: "kind",
};

/** Names of attributes for the values of a credential, which belong to another input. */
export const UPSTREAM_MISPLACED = Object.fromEntries(
  ["credentials", ...NAMES_OF_VALUES.map(snakeCase)].map((name) => [
    name,
    'give the value in the input `credentials`, by the key of the upstream, and set `credential = "managed"` here',
  ]),
);

/** Rules that concern several attributes of an upstream, or several upstreams. */
export function upstreamRules(): ValidationRule[] {
  const upstream = (attributeName: string, rule: Omit<ValidationRule, "place">): ValidationRule => ({
    each: [LOOP],
    place: `${PLACE}.${attributeName}`,
    ...rule,
  });
  const hasPrefix = `!(${given(ELEMENT, "prefix")} == null && !can(local.usual_prefixes[${KIND}]))`;
  const credentials = CREDENTIALS.map((name) => given(ELEMENT, name));
  const none = credentials.map((value) => `${value} == null`).join(" && ");
  const count = `length([for value in [${credentials.join(", ")}] : true if value != null])`;
  const notOfThisKind = (
    condition: string,
  ): Pick<ValidationRule, "each" | "place" | "requirement" | "hint" | "told"> => ({
    each: [LOOP, `name in [for name in try(keys(${ELEMENT}), []) : name if ${condition}]`],
    place: `${PLACE}.\${name}`,
    requirement: "is not an attribute of this kind of upstream",
    hint: "leave it out",
    told: "Attributes of another kind, and unknown attributes, are errors.",
  });
  return [
    {
      holds: "try(length(nonsensitive(var.upstreams)), 1) > 0",
      place: "upstreams",
      ...atLeastOneUpstream("map"),
      got: "{}",
    },
    {
      holds: `length([for ${LOOP} : key]) <= ${MAX_RULES}`,
      place: "upstreams",
      ...UPSTREAM_RULES.quota,
      got: `length([for ${LOOP} : key])`,
    },
    upstream("kind", {
      each: [`key, kind in ${by(KIND)}`],
      holds: `contains(${hcl(KINDS)}, kind)`,
      ...UPSTREAM_RULES.cacheable(`use one of ${KINDS.join(", ")}`),
      got: "kind",
    }),
    upstream("prefix", {
      each: [`key, prefix in ${by(PREFIX, hasPrefix)}`],
      holds: matchesExpression("prefix", REPOSITORY_PREFIX),
      requirement: REPOSITORY_PREFIX.requirement,
      got: "prefix",
      hint: REPOSITORY_PREFIX.hint,
    }),
    upstream("prefix", {
      each: [`key, prefix in ${by(given(ELEMENT, "prefix"), ofKind(UNLISTED))}`],
      holds: "prefix != null",
      ...UPSTREAM_RULES.prefixOfUnlisted,
      told: `It is required for \`${UNLISTED}\`.`,
    }),
    upstream("prefix", {
      each: [
        `prefix, keys in { for key, prefix in ${PREFIXES_BY_KEY} : trimsuffix(prefix, "/") => key... if prefix != "" }`,
        "at, key in keys",
      ],
      holds: "at == 0",
      ...UPSTREAM_RULES.usedOnce(placesOf("slice(keys, 0, at)")),
      got: `${PREFIXES_BY_KEY}[key]`,
      told: "It must be used once per account and region; a slash at its end makes no difference.",
    }),
    upstream("credential", {
      each: [`key, none in ${by(none, ofKinds(kindsWith("required")))}`],
      holds: "!none",
      ...UPSTREAM_RULES.credentialRequired("this registry", `one of ${NAMES_OF_CREDENTIALS}`),
      told: `One of ${NAMES_OF_CREDENTIALS} is required for ${kindsWith("required").join(", ")}.`,
    }),
    upstream("credential", {
      each: [`key, none in ${by(none, ofKinds(kindsWith("impossible")))}`],
      holds: "none",
      ...UPSTREAM_RULES.credentialImpossible("this registry"),
      got: '"a credential"',
      told: `None of them must be given for ${kindsWith("impossible").join(", ")}.`,
    }),
    upstream("credential", {
      each: [`key, count in ${by(count)}`],
      holds: "count <= 1",
      requirement: "be given in one way",
      got: "count",
      hint: `use only one of ${NAMES_OF_CREDENTIALS}`,
    }),
    {
      ...notOfThisKind("can(local.kinds_of_attributes[name])"),
      holds: `local.kinds_of_attributes[name] == ${KIND} || try(${ELEMENT}[name] == null, true)`,
    },
    {
      ...notOfThisKind(`contains(${hcl(OF_MANAGED_CREDENTIALS)}, name)`),
      holds: `${given(ELEMENT, "credential")} != null || try(${ELEMENT}[name] == null, true)`,
    },
    upstream("registry_name", {
      each: [`key, name in ${by(converted(ELEMENT, "registry_name", "string"), ofKind("azure"))}`],
      holds: matchesExpression("name", AZURE_REGISTRY_NAME),
      requirement: AZURE_REGISTRY_NAME.requirement,
      got: "name",
      hint: AZURE_REGISTRY_NAME.hint,
    }),
    upstream("upstream_registry_url", {
      each: [`key, host in ${by(converted(ELEMENT, "upstream_registry_url", "string"), ofKind(UNLISTED))}`],
      holds: matchesExpression("host", HOST),
      requirement: HOST.requirement,
      got: "host",
      hint: HOST.hint,
    }),
    upstream("upstream_registry_url", {
      each: [`key, host in ${by(converted(ELEMENT, "upstream_registry_url", "string"), ofKind(UNLISTED))}`],
      holds: `!(${knownHost("host")})`,
      ...UPSTREAM_RULES.unlisted("use its `kind`"),
      got: "host",
    }),
    upstream("region", {
      each: [`key, region in ${by(converted(ELEMENT, "region", "string"), ofKind("private-ecr"))}`],
      holds: matchesExpression("region", REGION_NAME),
      requirement: REGION_NAME.requirement,
      got: "region",
      hint: REGION_NAME.hint,
    }),
    upstream("upstream_repository_prefix", {
      each: [`key, prefix in ${by(converted(ELEMENT, "upstream_repository_prefix", "string"), `"ROOT" == ${PREFIX}`)}`],
      holds: 'coalesce(prefix, "ROOT") == "ROOT"',
      ...UPSTREAM_RULES.besideRoot,
      got: "prefix",
    }),
    ...secretRules(),
    ...settingsRules(`${PLACE}.repository_settings`, `${ELEMENT}.repository_settings`, [LOOP]),
  ];
}

function secretRules(): ValidationRule[] {
  const name = `coalesce(${converted(ELEMENT, "secret_name", "string")}, "${SECRET_PREFIX}\${trimsuffix(${PREFIX}, "/")}")`;
  const names = by(name, `${given(ELEMENT, "credential")} == "managed"`);
  return [
    {
      each: [`name, keys in { for key, name in ${names} : name => key... }`, "at, key in keys"],
      holds: "at == 0",
      place: `${PLACE}.credential`,
      requirement: CREDENTIAL_RULES.writtenOnce(placesOf("slice(keys, 0, at)")).requirement,
      got: "name",
      hint: "give each its own `secret_name`",
      told: "Each managed one must write a secret of its own.",
    },
    {
      each: [
        `key, name in ${by(converted(ELEMENT, "credential_secret_name", "string"), `nonsensitive(${given(ELEMENT, "credential_secret_name")} != null)`)}`,
        `writers in [[for other, written in ${names} : other if nonsensitive(written == name)]]`,
      ],
      holds: "length(writers) == 0",
      place: `${PLACE}.credential_secret_name`,
      requirement: CREDENTIAL_RULES.notCreated(placesOf("writers")).requirement,
      gotText: expression('[jsonencode(name), "a sensitive name"][issensitive(name) ? 1 : 0]'),
      hint: "use a secret that exists before the first apply",
      told: "It must not be a secret that the same call creates.",
    },
  ];
}

/** The keys of the upstreams with managed secrets, as an expression. */
export const MANAGED = "keys(local.managed_secret_names)";

function placesOf(keys: string): string {
  return `\${join(", ", [for other in ${keys} : "upstreams[\${jsonencode(other)}]"])}`;
}

/** A value for each upstream that meets a condition, by the keys of the upstreams. */
function by(value: string, condition?: string): string {
  return `{ for ${LOOP} : key => ${value}${condition === undefined ? "" : ` if ${condition}`} }`;
}

function ofKind(kind: string): string {
  return `${KIND} == "${kind}"`;
}

function ofKinds(kinds: readonly string[]): string {
  return `contains(${hcl(kinds)}, ${KIND})`;
}

function kindsWith(credential: "required" | "impossible"): string[] {
  return Object.entries(SUPPORTED_REGISTRIES).flatMap(([kind, registry]) =>
    registry.credential === credential ? [kind] : [],
  );
}

function knownHost(host: string): string {
  const patterns = Object.values(SUPPORTED_REGISTRIES).flatMap((registry) =>
    typeof registry.host === "string" ? [] : [`can(regex(${regex(registry.host)}, ${host}))`],
  );
  return [`anytrue([for known in values(local.hosts) : known == ${host}])`, ...patterns].join(" || ");
}

function registriesBy(
  value: (registry: (typeof SUPPORTED_REGISTRIES)[keyof typeof SUPPORTED_REGISTRIES]) => string | undefined,
): { readonly [kind: string]: string } {
  const entries = Object.entries(SUPPORTED_REGISTRIES).map(([kind, registry]) => [kind, value(registry)] as const);
  return Object.fromEntries(entries.filter((entry): entry is [string, string] => entry[1] !== undefined));
}
