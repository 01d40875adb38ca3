import { ACCOUNT_ID, REGION_NAME } from "../../src/aws/partitions";
import { ROLE_ARN } from "../../src/aws/role-arn";
import {
  AZURE_REGISTRY_NAME,
  HOST,
  HOST_HINT,
  MAX_RULES,
  RECOVERY_WINDOWS,
  REPOSITORY_PREFIX,
  SECRET_ARN,
  SECRET_NAME,
  SECRET_PREFIX,
  SECRET_REQUIREMENTS,
  UPSTREAM_REQUIREMENTS,
  atLeastOneUpstream,
} from "../../src/cache/rules";
import { SUPPORTED_REGISTRIES } from "../../src/cache/supported-registries";
import { IS_REQUIRED } from "../../src/validation/validation-errors";
import { converted, elementsOf, given, objectsOf } from "../generator/attributes";
import type { ValidationRule, Inputs } from "../generator/definition";
import { matchesExpression, hcl, regex } from "../generator/hcl";
import { following, integerFrom, oneOf, secretly } from "../generator/rules";
import { SETTINGS, SETTINGS_MISNOMERS, SETTINGS_NOUN, settingsRules } from "./repository-settings";

/** The kind of a registry that this version does not know. */
export const UNLISTED = "unlisted";
const KINDS = [...Object.keys(SUPPORTED_REGISTRIES), UNLISTED];

/** The prefixes of kinds that have a usual one. */
export const USUAL_PREFIXES = registriesBy(({ usualPrefix }) => usualPrefix);

/** The hosts of kinds that have one and the same for everybody. */
export const HOSTS = registriesBy(({ host }) => (typeof host === "string" ? host : undefined));

// An upstream is an entry of the map: in validations, which see it as it is given, `element` at `key`.
const UPSTREAMS = elementsOf("var.upstreams");
const EACH = [`key, element in ${UPSTREAMS}`];
const PLACE = "upstreams[${jsonencode(key)}]";
const KIND = "try(tostring(element.kind == null ? key : element.kind), key)";
const PREFIX = `[for own in [${converted("element", "prefix", "string")}] : own == null ? lookup(local.usual_prefixes, ${KIND}, "") : own][0]`;
const PREFIXES_BY_KEY = by(PREFIX);

/** The attributes by which an upstream signs in. */
export const CREDENTIALS = ["credential", "credential_secret_arn", "credential_secret_name"] as const;

const SECRET_HINT = `give the secret a name that ECR may read: ${SECRET_PREFIX} and anything behind it`;
const ARN_HINT = "copy it from Secrets Manager, or use `credential_secret_name`";

/** The attributes of an upstream, but for the settings of its repositories. */
export const UPSTREAM_ITSELF: Inputs = {
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
    rules: [secretly(following(SECRET_NAME, SECRET_HINT))],
  },
  recovery_window_in_days: {
    type: "number",
    description:
      "Days in which the managed secret can be restored once it is deleted, and its name not be used again; 0 for none.",
    otherwise: "`0`",
    rules: [
      {
        requirement: RECOVERY_WINDOWS.requirement,
        holds: (value) => `try(contains(local.recovery_windows, ${value}), false)`,
        hint: "use 0 to have a deleted secret's name free at once",
      },
    ],
  },
  credential_secret_arn: {
    type: "string",
    description:
      "ARN of a secret in the account and region of the cache. AWS reads the secret when the rule is created: for a secret of the same configuration, give the `arn` of its `aws_secretsmanager_secret_version`, which is the same ARN, known once the value is written.",
    rules: [secretly(following(SECRET_ARN, ARN_HINT))],
  },
  credential_secret_name: {
    type: "string",
    description:
      "Name of a secret that exists already, looked up in the region of the cache when Terraform plans: it has to be known by then.",
    rules: [secretly(following(SECRET_NAME, SECRET_HINT))],
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
    noun: "a role",
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
};

/** The attributes of an upstream. */
export const UPSTREAM: Inputs = {
  ...UPSTREAM_ITSELF,
  repositories: {
    type: "object",
    noun: SETTINGS_NOUN,
    misnomers: SETTINGS_MISNOMERS,
    description: "How the repositories of this upstream look, where they differ from `repositories`.",
    attributes: SETTINGS,
    otherwise: "as `repositories` say",
  },
};

// What an upstream may be given only where it is of a kind, or signs in with a managed credential.
const OPTIONS_OF: { readonly [condition: string]: readonly string[] } = {
  'kind == "azure"': ["registry_name"],
  [`kind == "${UNLISTED}"`]: ["upstream_registry_url"],
  'kind == "private-ecr"': ["region", "account_id", "upstream_repository_prefix", "role"],
  [`${given("element", "credential")} != null`]: ["credential_version", "secret_name", "recovery_window_in_days"],
};

/** What an upstream's attributes are called by the AWS provider and by people, where it is more than a letter away. */
export const UPSTREAM_MISNOMERS = {
  ...Object.fromEntries(
    Object.keys(SETTINGS)
      .filter((name) => !(name in UPSTREAM))
      .map((name) => [name, `repositories.${name}`]),
  ),
  account: "account_id",
  credential_arn: "credential_secret_arn",
  custom_role_arn: "role",
  ecr_repository_prefix: "prefix",
  host: "upstream_registry_url",
  kms_key_arn: "repositories.kms_key",
  registry: "kind",
  repository_prefix: "prefix",
  role_arn: "role",
  secret_arn: "credential_secret_arn",
  type: "kind",
};

/** Rules of an upstream that are of several of its attributes, or of several upstreams. */
export function upstreamRules(): ValidationRule[] {
  const upstream = (attributeName: string, rule: Omit<ValidationRule, "place">): ValidationRule => ({
    each: EACH,
    place: `${PLACE}.${attributeName}`,
    ...rule,
  });
  const hasPrefix = `!(${given("element", "prefix")} == null && !contains(keys(local.usual_prefixes), ${KIND}))`;
  const credentials = CREDENTIALS.map((name) => given("element", name));
  const none = credentials.map((value) => `${value} == null`).join(" && ");
  const count = `length([for value in [${credentials.join(", ")}] : true if value != null])`;
  const options = Object.entries(OPTIONS_OF).flatMap(([condition, names]) =>
    names.map((name) => `${name} = ${condition}`),
  );
  return [
    {
      holds: "try(length(nonsensitive(var.upstreams)), 1) > 0",
      place: "upstreams",
      requirement: atLeastOneUpstream("map"),
      got: "{}",
      hint: "say what to cache, for example { ecr-public = {} }",
    },
    {
      holds: `length(keys(${UPSTREAMS})) <= ${MAX_RULES}`,
      place: "upstreams",
      requirement: UPSTREAM_REQUIREMENTS.tooManyRules,
      got: `length(keys(${UPSTREAMS}))`,
      hint: "AWS does not raise this quota: use another region or account for the rest",
    },
    upstream("kind", {
      each: [`key, kind in ${by(KIND)}`],
      holds: `contains(${hcl(KINDS)}, kind)`,
      requirement: UPSTREAM_REQUIREMENTS.cacheable,
      got: "kind",
      hint: `use one of ${KINDS.join(", ")}`,
    }),
    upstream("prefix", {
      each: [`key, prefix in ${by(PREFIX, hasPrefix)}`],
      holds: matchesExpression("prefix", REPOSITORY_PREFIX),
      requirement: REPOSITORY_PREFIX.requirement,
      got: "prefix",
      hint: "give one that ECR takes",
    }),
    upstream("prefix", {
      each: [`key, prefix in ${by(given("element", "prefix"), ofKind(UNLISTED))}`],
      holds: "prefix != null",
      requirement: IS_REQUIRED,
      hint: UPSTREAM_REQUIREMENTS.noUsualPrefix,
      told: `It is required for \`${UNLISTED}\`.`,
    }),
    upstream("prefix", {
      each: [
        `prefix, keys in { for key, prefix in ${PREFIXES_BY_KEY} : trimsuffix(prefix, "/") => key... if prefix != "" }`,
        "at, key in keys",
      ],
      holds: "at == 0",
      requirement: UPSTREAM_REQUIREMENTS.usedOnce(placesOf("slice(keys, 0, at)")),
      got: `${PREFIXES_BY_KEY}[key]`,
      hint: "give one of the two another prefix (a slash at the end makes no difference)",
      told: "It must be used once per registry; a slash at its end makes no difference.",
    }),
    upstream("credential", {
      each: [`key, none in ${by(none, ofKinds(kindsWith("required")))}`],
      holds: "!none",
      requirement: UPSTREAM_REQUIREMENTS.required,
      got: "null",
      hint: "ECR caches this registry only with one: use `credential`, `credential_secret_arn` or `credential_secret_name`",
      told: `It, \`credential_secret_arn\` or \`credential_secret_name\` must be given for ${kindsWith("required").join(", ")}.`,
    }),
    upstream("credential", {
      each: [`key, none in ${by(none, ofKinds(kindsWith("impossible")))}`],
      holds: "none",
      requirement: UPSTREAM_REQUIREMENTS.impossible,
      got: '"a credential"',
      hint: "ECR takes none for this registry: leave it out",
      told: `None of them must be given for ${kindsWith("impossible").join(", ")}.`,
    }),
    upstream("credential", {
      each: [`key, count in ${by(count)}`],
      holds: "count <= 1",
      requirement: "be given in one way",
      got: "count",
      hint: "leave all but one of `credential`, `credential_secret_arn` and `credential_secret_name` out",
    }),
    {
      each: [
        `key, element in ${objectsOf("var.upstreams")}`,
        `kind in [${KIND}]`,
        `name, fits in { ${options.join(", ")} }`,
      ],
      holds: "fits || lookup(element, name, null) == null",
      place: `${PLACE}.\${name}`,
      requirement: `be ${UPSTREAM_REQUIREMENTS.option}`,
      hint: "leave it out",
      told: "Attributes of another kind are refused, and so are those that no kind has.",
    },
    upstream("registry_name", {
      each: [`key, name in ${by(converted("element", "registry_name", "string"), ofKind("azure"))}`],
      holds: matchesExpression("name", AZURE_REGISTRY_NAME),
      requirement: AZURE_REGISTRY_NAME.requirement,
      got: "name",
      hint: "give the registry's name as Azure shows it, without .azurecr.io",
    }),
    upstream("upstream_registry_url", {
      each: [`key, host in ${by(converted("element", "upstream_registry_url", "string"), ofKind(UNLISTED))}`],
      holds: matchesExpression("host", HOST),
      requirement: HOST.requirement,
      got: "host",
      hint: HOST_HINT,
    }),
    upstream("upstream_registry_url", {
      each: [`key, host in ${by(converted("element", "upstream_registry_url", "string"), ofKind(UNLISTED))}`],
      holds: `!(${knownHost("host")})`,
      requirement: UPSTREAM_REQUIREMENTS.unlisted,
      got: "host",
      hint: "use its `kind`",
    }),
    upstream("region", {
      each: [`key, region in ${by(converted("element", "region", "string"), ofKind("private-ecr"))}`],
      holds: matchesExpression("region", REGION_NAME),
      requirement: REGION_NAME.requirement,
      got: "region",
      hint: "give the upstream registry's region",
    }),
    upstream("upstream_repository_prefix", {
      each: [
        `key, prefix in ${by(converted("element", "upstream_repository_prefix", "string"), `${PREFIX} == "ROOT"`)}`,
      ],
      holds: 'coalesce(prefix, "ROOT") == "ROOT"',
      requirement: UPSTREAM_REQUIREMENTS.besideRoot,
      got: "prefix",
      hint: "leave it out or choose another `prefix`",
    }),
    ...secretRules(),
    ...settingsRules(`${PLACE}.repositories`, "element.repositories", EACH),
  ];
}

function secretRules(): ValidationRule[] {
  const name = `coalesce(${converted("element", "secret_name", "string")}, "${SECRET_PREFIX}\${trimsuffix(${PREFIX}, "/")}")`;
  const names = by(name, `${given("element", "credential")} == "managed"`);
  return [
    {
      each: [`name, keys in { for key, name in ${names} : name => key... }`, "at, key in keys"],
      holds: "at == 0",
      place: `${PLACE}.credential`,
      requirement: SECRET_REQUIREMENTS.writtenOnce(placesOf("slice(keys, 0, at)")),
      got: "name",
      hint: "give each a `secret_name` of its own",
      told: "Each managed one must write a secret of its own.",
    },
    {
      each: [
        `key, name in ${by(converted("element", "credential_secret_name", "string"), `${given("element", "credential_secret_name")} != null`)}`,
        `writers in [[for other, written in ${names} : other if written == name]]`,
      ],
      holds: "length(writers) == 0",
      place: `${PLACE}.credential_secret_name`,
      requirement: SECRET_REQUIREMENTS.notWritten(placesOf("writers")),
      got: "name",
      hint: "the look-up would find nothing before the first apply: give each a secret of its own",
      told: "It must not be a secret that the same call writes.",
    },
  ];
}

/** The keys of the upstreams whose secrets are made, as an expression. */
export const MANAGED = "keys(local.managed_secrets)";

function placesOf(keys: string): string {
  return `\${join(", ", [for other in ${keys} : "upstreams[\${jsonencode(other)}]"])}`;
}

/** Something of each upstream, by its key; of those for which a condition holds. */
function by(value: string, condition?: string): string {
  return `{ for key, element in ${UPSTREAMS} : key => ${value}${condition === undefined ? "" : ` if ${condition}`} }`;
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
