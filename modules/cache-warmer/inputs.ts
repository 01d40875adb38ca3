import { RETENTION, RETENTION_DAYS } from "../../src/aws/log-retention";
import { DIGEST_HINT, HOST, IMAGE_NAME, REPOSITORY_PREFIX, UPSTREAM_REPOSITORY_PREFIX } from "../../src/cache/rules";
import { DEFAULT_DOMAIN } from "../../src/image/image-grammar";
import { REGISTRY_ALIASES, SUPPORTED_REGISTRIES, requestedHost } from "../../src/image/supported-registries";
import { atLeastOne, integerRequirement } from "../../src/validation/rule";
import { warmingProgram } from "../../src/warmer/buildspec";
import { networkStatements } from "../../src/warmer/policy-statements";
import {
  DEFAULTS,
  MAX_IMAGES,
  NETWORK,
  PROJECT_NAME,
  PROJECT_NAME_WITH_RUN_ON_CHANGE,
  SCHEDULE,
  TIMEOUT_MINUTES,
  TOPIC_ARN,
  WARMER_RULES,
} from "../../src/warmer/rules";
import type { Input, InputRule, ModuleDefinition } from "../generator/definition";
import { hcl, quoted } from "../generator/hcl";
import { IMAGE_FACTS, isImage, source } from "../generator/images";
import { ACCOUNT_INPUT, PULL_ACTIONS } from "../generator/registry";
import { ROLE_OPTIONS_INPUT } from "../generator/role-options";
import { following } from "../generator/rules";

const OUTPUT_OF_THE_CACHE = "use the output `rules` of pull-through-cache";

/** The input for the IDs of a network; a set, so that an ID has no effect when it is given twice. */
function ids({ rule, max }: (typeof NETWORK)["subnetIds" | "securityGroupIds"], description: string): Input {
  const { hint } = rule;
  return {
    type: "set(string)",
    required: true,
    description,
    rules: [
      { requirement: atLeastOne("list"), holds: (value) => `try(length(${value}) > 0, false)`, hint },
      {
        ...WARMER_RULES.atMost(max),
        holds: (value) => `try(length(${value}) <= ${max}, true)`,
        shown: (value) => `try(length(${value}), null)`,
      },
    ],
    elementRules: [following(rule)],
  };
}

const IS_IMAGE = isImage(
  IMAGE_NAME,
  "image_name",
  `\${strcontains(jsonencode(element), "@") ? ${quoted(DIGEST_HINT)} : ${quoted(IMAGE_NAME.hint)}}`,
);

const TIMEOUT: InputRule = {
  requirement: integerRequirement(TIMEOUT_MINUTES.min, TIMEOUT_MINUTES.max),
  holds: (value) =>
    `(${value} >= ${TIMEOUT_MINUTES.min} && ${value} <= ${TIMEOUT_MINUTES.max} && floor(${value}) == ${value})`,
  hint: "leave it out for an hour",
};

const RETENTION_RULE: InputRule = {
  ...RETENTION,
  holds: (value) => `contains(${hcl(RETENTION_DAYS)}, ${value})`,
};

const MAX_NAME = PROJECT_NAME_WITH_RUN_ON_CHANGE.maxLength ?? 0;

/** The hosts that ECR requests, by the other hosts that names of images may have. */
function hostsByAlias(): { readonly [alias: string]: string } {
  const dockerHub = SUPPORTED_REGISTRIES["docker-hub"].host;
  const aliases = Object.entries({ [DEFAULT_DOMAIN]: DEFAULT_DOMAIN, ...REGISTRY_ALIASES });
  return Object.fromEntries(
    aliases.filter(([alias]) => alias !== dockerHub).map(([alias, domain]) => [alias, requestedHost(domain)]),
  );
}

/** The inputs of the module cache-warmer. */
export const cacheWarmer: ModuleDefinition = {
  name: "cache-warmer",
  inputs: {
    rules: {
      type: "map(object)",
      required: true,
      description:
        "The rules of the cache: the output `rules` of pull-through-cache. A reference to it makes Terraform create the rules before the schedule.",
      attributes: {
        prefix: {
          type: "string",
          required: true,
          description: "The prefix of the repositories.",
          rules: [following(REPOSITORY_PREFIX, OUTPUT_OF_THE_CACHE)],
        },
        upstream_registry_url: {
          type: "string",
          required: true,
          description: "The host that ECR requests, like `registry-1.docker.io`.",
          rules: [following(HOST, OUTPUT_OF_THE_CACHE)],
        },
        upstream_repository_prefix: {
          type: "string",
          required: true,
          description: "The part of the upstream that is cached: `ROOT` for all of it, as of every public registry.",
          rules: [following(UPSTREAM_REPOSITORY_PREFIX, OUTPUT_OF_THE_CACHE)],
        },
      },
    },
    tagged_prefixes: {
      type: "list(string)",
      default: [],
      description:
        "The prefixes whose creation template sets tags: the output `tagged_prefixes` of pull-through-cache. Their first pull may need `ecr:TagResource`.",
      validations: [
        {
          each: ["key, element in var.tagged_prefixes"],
          holds:
            'try(contains([for rule in var.rules : trimsuffix(rule.prefix, "/")], trimsuffix(element, "/")), false)',
          place: "tagged_prefixes[${key}]",
          requirement: "be the prefix of one of `rules`",
          got: "element",
          hint: "use the outputs `rules` and `tagged_prefixes` of the same cache",
        },
      ],
    },
    images: {
      type: "list(string)",
      required: true,
      description:
        "The names of the images as for `docker pull`: `nginx:1.27`, `quay.io/prometheus/node-exporter:v1.8.2`. The default tag is `latest`. A digest is an error, since ECR does not cache a first pull by digest. All architectures are pulled. Each image must come from an upstream of the cache. If `rules` has several rules for the host of an image, the first one by key that can hold the image applies.",
      elementRules: [IS_IMAGE],
      validations: [
        {
          holds: `length(var.images) >= 1 && length(var.images) <= ${MAX_IMAGES}`,
          place: "images",
          ...WARMER_RULES.images,
          got: "length(var.images)",
        },
      ],
    },
    project_name: {
      type: "string",
      required: true,
      description:
        "Name of the CodeBuild project, its schedule and its log group, unique in the account and region. Another name replaces all three.",
      rules: [following(PROJECT_NAME)],
      validations: [
        {
          holds: `!var.run_on_change || try(length(var.project_name) <= ${MAX_NAME}, false) || try(length(var.project_name) > ${PROJECT_NAME.maxLength}, true)`,
          place: "project_name",
          requirement: PROJECT_NAME_WITH_RUN_ON_CHANGE.requirement,
          got: "var.project_name",
          hint: PROJECT_NAME_WITH_RUN_ON_CHANGE.hint,
        },
      ],
    },
    schedule: {
      type: "string",
      default: DEFAULTS.schedule,
      description:
        "The schedule expression of EventBridge Scheduler, in UTC. ECR checks a tag at the upstream at most once in 24 hours, on the first pull after that: the longer the time between two runs, the more likely a client makes that pull.",
      rules: [following(SCHEDULE)],
    },
    run_on_change: {
      type: "bool",
      default: false,
      description:
        "Whether a run also starts about five minutes after the apply that creates the warmer, and after each apply that changes what it pulls. It adds a second, one-time schedule. The apply neither waits for the run nor fails with it.",
    },
    include_referrers: {
      type: "bool",
      default: false,
      description:
        "Whether a run also pulls the OCI referrers of each image: signatures, SBOMs and attestations. Cosign also stores signatures as tags, like `sha256-<digest>.sig`, which are no referrers: add these tags to `images`.",
    },
    timeout_in_minutes: {
      type: "number",
      default: DEFAULTS.timeoutInMinutes,
      description:
        "The time limit of a run: its authorization token is valid for 12 hours. A run fails with the names of the images that it had no time for.",
      rules: [TIMEOUT],
    },
    log_retention_in_days: {
      type: "number",
      default: DEFAULTS.logRetentionInDays,
      description: "The retention of the logs in days.",
      rules: [RETENTION_RULE],
    },
    alarm_topic: {
      type: "object",
      description:
        "The SNS topic that an alarm notifies when a run fails. The topic's policy, and the key policy of an encrypted topic, must allow CloudWatch to publish.",
      otherwise: "no alarm",
      attributes: {
        arn: {
          type: "string",
          required: true,
          description: "Its ARN, in the region of the cache.",
          rules: [following(TOPIC_ARN)],
        },
      },
    },
    vpc_config: {
      type: "object",
      description: "The VPC of the builds.",
      otherwise: "the network of CodeBuild, which has a route to the internet",
      attributes: {
        vpc_id: { type: "string", required: true, description: "Its ID.", rules: [following(NETWORK.vpcId.rule)] },
        subnet_ids: ids(
          NETWORK.subnetIds,
          "Subnets with a route to the internet, for example through a NAT gateway. A public subnet does not work, since builds have no public address.",
        ),
        security_group_ids: ids(NETWORK.securityGroupIds, "Security groups that allow outbound port 443."),
      },
    },
    role_options: ROLE_OPTIONS_INPUT,
    account_id: ACCOUNT_INPUT,
  },
  facts: {
    image_name: {
      comment:
        "The name of an image. Its groups are the host, the path after a host, the path without a host, and the tag. https://github.com/distribution/reference",
      value: source(IMAGE_NAME.pattern),
    },
    docker_hub_host: {
      comment: "The host that ECR requests for Docker Hub.",
      value: SUPPORTED_REGISTRIES["docker-hub"].host,
    },
    ...IMAGE_FACTS,
    registry_aliases: {
      comment: "Other hosts of registries, and the hosts that ECR requests.",
      value: hostsByAlias(),
    },
    first_pull_actions: PULL_ACTIONS.first,
    tagging_first_pull_actions: PULL_ACTIONS.taggingFirst,
    network_actions: {
      comment: "What a build in a VPC needs.",
      value: networkStatements("", [])[0]?.Action,
    },
  },
  programs: { "warm.js": warmingProgram(), "warm-with-referrers.js": warmingProgram(true) },
};
