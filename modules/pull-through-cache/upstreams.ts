import { ACCOUNT_ID, REGION as REGION_NAME } from "../../src/private/aws-geography";
import { RECOVERY_WINDOWS, SECRET_ARN, SECRET_NAME, SECRET_WORDS } from "../../src/private/check-credential";
import { atLeastOneUpstream } from "../../src/private/check-declaration";
import { AZURE_REGISTRY_NAME, HOST, HOST_WAY_OUT, MAX_RULES, UPSTREAM_WORDS } from "../../src/private/check-upstream";
import { SECRET_PREFIX } from "../../src/private/credential-secret";
import { IS_REQUIRED } from "../../src/private/faults";
import { REPOSITORY_PREFIX } from "../../src/private/repository-path";
import { ROLE_ARN } from "../../src/private/repository-template";
import { SUPPORTED_REGISTRIES } from "../../src/private/supported-registries";
import type { Fault, Input } from "../generator/definition";
import { follows, hcl, regex } from "../generator/hcl";
import { following, integerFrom, oneOf, secretly, withoutNulls } from "../generator/rules";
import { SETTINGS, settingsFaults } from "./repository-settings";

/** The kind of a registry that this version does not know. */
export const UNLISTED = "unlisted";
const KINDS = [...Object.keys(SUPPORTED_REGISTRIES), UNLISTED];
/** The prefixes of kinds that have a usual one. */
export const USUAL_PREFIXES = registriesBy(({ usualPrefix }) => usualPrefix);
/** The hosts of kinds that have one and the same for everybody. */
export const HOSTS = registriesBy(({ host }) => (typeof host === "string" ? host : undefined));

// An upstream is an entry of the map: in validations, which can use no locals, `element` at `key`.
const UPSTREAMS = withoutNulls("var.upstreams");
const EACH = [`key, element in ${UPSTREAMS}`];
const PLACE = "upstreams[${jsonencode(key)}]";
/** The kind of the upstream that a loop is at, as an expression. */
export const KIND = kindOf("key", "element");
const PREFIX = prefixOf("key", "element");
const EARLIER = `slice(keys(${UPSTREAMS}), 0, index(keys(${UPSTREAMS}), key))`;
/** The attributes by which an upstream signs in. */
export const CREDENTIALS = ["credential", "credential_secret_arn", "credential_secret_name"] as const;

const SECRET_WAY_OUT = `give the secret a name that ECR may read: ${SECRET_PREFIX} and anything behind it`;
const ARN_WAY_OUT = "copy it from Secrets Manager, or use `credential_secret_name`";

/** The attributes of an upstream. */
export const UPSTREAM: Input["attributes"] = {
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
        words: RECOVERY_WINDOWS.words,
        holds: (value) => `try(contains(${hcl(RECOVERY_WINDOWS.days)}, ${value}), false)`,
        wayOut: "use 0 to have a deleted secret's name free at once",
      },
    ],
  },
  credential_secret_arn: {
    type: "string",
    description:
      "ARN of a secret in the account and region of the cache. AWS reads the secret when the rule is created: for a secret of the same configuration, give the `arn` of its `aws_secretsmanager_secret_version`, which is the same ARN, known once the value is written.",
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
export function upstreamFaults(): Fault[] {
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
      holds: `${follows(PREFIX, REPOSITORY_PREFIX)} || (element.prefix == null && !contains(${hcl(Object.keys(SUPPORTED_REGISTRIES))}, ${KIND}))`,
      words: REPOSITORY_PREFIX.words,
      got: PREFIX,
      wayOut: "give one that ECR takes",
    }),
    upstream("prefix", {
      holds: `${KIND} != "${UNLISTED}" || element.prefix != null`,
      words: IS_REQUIRED,
      wayOut: UPSTREAM_WORDS.noUsualPrefix,
      told: `It is required for \`${UNLISTED}\`.`,
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
      wayOut: HOST_WAY_OUT,
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

/** The keys of the upstreams whose secrets are made, as an expression. */
export const MANAGED = `[for key, element in ${UPSTREAMS} : key if element.credential == "managed"]`;

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
