import type { WarningId } from "../../src/terraform/warnings";
import type { ModuleDefinition } from "../generator/definition";
import { ACCOUNT_INPUT } from "../generator/registry";
import { acknowledgedWarnings } from "../generator/warnings";
import { SETTINGS, SETTINGS_MISNOMERS, SETTINGS_NOUN, settingsRules } from "./repository-settings";
import { HOSTS, MANAGED, UPSTREAM, UPSTREAM_MISNOMERS, USUAL_PREFIXES, upstreamRules } from "./upstreams";

/** The warnings of a cache. */
export const CACHE_WARNINGS = [
  "immutable-tags",
  "region-without-pull-through-cache",
  "unlisted-registry",
] as const satisfies WarningId[];

/** The inputs of the module pull-through-cache. */
export const pullThroughCache: ModuleDefinition = {
  name: "pull-through-cache",
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
  facts: {
    hosts: {
      comment:
        "The hosts of registries that have one host for all customers. https://docs.aws.amazon.com/AmazonECR/latest/userguide/pull-through-cache.html",
      value: HOSTS,
    },
    usual_prefixes: { comment: "The prefix of an upstream that gives none.", value: USUAL_PREFIXES },
  },
};
