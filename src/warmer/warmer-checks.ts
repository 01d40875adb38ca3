import type { CodebuildProject } from "@cdktf/provider-aws/lib/codebuild-project";
import { TerraformResource, TerraformStack } from "cdktf";
import type { Construct, IConstruct } from "constructs";
import { checkArn } from "../aws/arn-checks";
import { SECURITY_GROUP_ID, SUBNET_ID, VPC_ID } from "../aws/ec2-ids";
import { providerOf } from "../aws/registry";
import { parseImage } from "../cache/image-reference";
import type { ImageReference } from "../cache/image-reference";
import { PullThroughCache } from "../cache/pull-through-cache";
import { ROOT, under } from "../cache/repository-path";
import { kindOf, SUPPORTED_REGISTRIES, reasonUnsupported } from "../cache/supported-registries";
import type { Upstream } from "../cache/upstream";
import { upstreamImage, upstreamUrl } from "../cache/upstream-spec";
import { isUnknown } from "../terraform/tokens";
import { Faults } from "../validation/validation-errors";
import type { Rule } from "../validation/validation-errors";
import type { CacheWarmerProps } from "./cache-warmer";

/** An image, and where a cache has it. */
export interface FoundImage {
  readonly image: string;
  /** The prefix of its upstream. */
  readonly prefix: string;
  /** The path of its repository in the cache's registry. */
  readonly path: string;
  readonly tag: string;
}

const PROPS: readonly string[] = [
  "cache",
  "images",
  "schedule",
  "projectName",
  "timeoutMinutes",
  "logRetentionDays",
  "alarmTopicArn",
  "vpcId",
  "subnetIds",
  "securityGroupIds",
] satisfies (keyof CacheWarmerProps)[];

const MAX_IMAGES = 500;
// They are part of a command, which a shell gets as one argument, of which Linux takes 128 KiB.
// https://man7.org/linux/man-pages/man2/execve.2.html
const MAX_CHARACTERS = 120_000;

// The schedule has the same name, and may have no longer one.
// https://docs.aws.amazon.com/scheduler/latest/APIReference/API_CreateSchedule.html
const PROJECT_NAME: Rule = {
  pattern: /^[A-Za-z0-9][A-Za-z0-9_-]+$/,
  maxLength: 64,
  words: "be 2 to 64 letters, digits, hyphens and underscores, of which a letter or digit comes first",
};

// Unlike a rule of EventBridge, a schedule takes units in the singular and in the plural with every value of a rate.
// https://docs.aws.amazon.com/scheduler/latest/APIReference/API_CreateSchedule.html
// https://docs.aws.amazon.com/scheduler/latest/UserGuide/schedule-types.html
const FIELD = "[0-9A-Z*,/#-]+";
const SCHEDULE: Rule = {
  pattern: new RegExp(
    `^(rate\\([1-9]\\d* (minute|hour|day)s?\\)|cron\\(${FIELD} ${FIELD} (${FIELD} ${FIELD} \\?|\\? ${FIELD} ${FIELD}) ${FIELD}\\))$`,
  ),
  words: "be like rate(1 hour), rate(6 hours) or cron(0 6 * * ? *), with one ? for the day of the month or of the week",
};

// A message to a FIFO topic needs a message group, which an alarm cannot name, and a FIFO topic reaches no people.
// https://docs.aws.amazon.com/sns/latest/api/API_Publish.html
// https://docs.aws.amazon.com/sns/latest/dg/fifo-message-delivery.html
const TOPIC_ARN: Rule = {
  pattern: /^arn:aws[a-z-]*:sns:[a-z0-9-]+:\d{12}:[A-Za-z0-9_-]{1,256}$/,
  words: "be the ARN of a standard SNS topic",
};

// CodeBuild takes up to 2,160, but a run signs in once, and the token of ECR is valid for 12 hours.
// https://docs.aws.amazon.com/codebuild/latest/userguide/limits.html
// https://docs.aws.amazon.com/AmazonECR/latest/APIReference/API_GetAuthorizationToken.html
const TIMEOUT_MINUTES = { min: 5, max: 720 } as const;

// https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_PutRetentionPolicy.html
const RETENTION_DAYS = [
  1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653,
];

/** Records what is wrong with the props of a warmer, its images aside. */
export function checkWarmer(faults: Faults, scope: Construct, props: CacheWarmerProps): void {
  faults.checkKeys("", props, PROPS, "a property of a warmer");
  const { cache } = props;
  if (!PullThroughCache.isPullThroughCache(cache)) {
    faults.add("cache", "be a PullThroughCache", cache, "give the construct, for example fleet.cacheIn(region)");
  } else if (TerraformStack.of(cache) !== TerraformStack.of(scope)) {
    faults.add("cache", "be in the same stack", cache.node.path, "create the warmer in the stack of the cache");
  } else if (props.alarmTopicArn !== undefined) {
    const requirements = {
      rule: TOPIC_ARN,
      service: "sns",
      wayOut: "leave it out to have no alarm",
      regionWayOut: "give a topic of that region: an alarm reaches no other",
    };
    checkArn(faults, "alarmTopicArn", props.alarmTopicArn, requirements, cache._registry.facts);
  }
  if (props.schedule !== undefined) {
    faults.checkString("schedule", props.schedule, SCHEDULE, "leave it out for every hour");
  }
  checkProjectName(faults, scope, props.projectName);
  const { min, max } = TIMEOUT_MINUTES;
  faults.checkInteger("timeoutMinutes", props.timeoutMinutes, min, max, "leave it out for an hour");
  const days = props.logRetentionDays;
  if (days !== undefined && !isUnknown(days) && !RETENTION_DAYS.includes(days)) {
    faults.add("logRetentionDays", `be one of ${RETENTION_DAYS.join(", ")}`, days, "CloudWatch Logs knows no other");
  }
  checkNetwork(faults, props);
}

/** The name of a project that has none given: the stack's, and what leads to the warmer in it. */
export function defaultProjectName(warmer: Construct): string {
  const stack = TerraformStack.of(warmer);
  const ids = warmer.node.scopes.slice(warmer.node.scopes.indexOf(stack)).map(({ node }) => node.id);
  return ids.join("-");
}

/** Projects of the app that have the name of another's, in one account and region. */
export function projectClashes(warmer: Construct): string[] {
  const faults = new Faults();
  const projects = warmer.node.root.node.findAll().filter(isProject);
  const place = (project: CodebuildProject): string => {
    // Only the newer provider packages have a region on every resource.
    const { regionInput = "" } = project as { readonly regionInput?: string };
    return [providerOf(project, project.provider)?.node.path ?? "", regionInput, project.nameInput].join(" ");
  };
  for (const own of projects.filter(({ node }) => node.scopes.includes(warmer))) {
    const namesake = projects.find((other) => other !== own && place(other) === place(own));
    if (namesake !== undefined) {
      const way = "give one of the two another name";
      faults.add(
        "projectName",
        `be the name of one project, and ${namesake.node.path} has it as well`,
        own.nameInput,
        way,
      );
    }
  }
  return faults.list();
}

function isProject(construct: IConstruct): construct is CodebuildProject {
  return (
    TerraformResource.isTerraformResource(construct) && construct.terraformResourceType === "aws_codebuild_project"
  );
}

function checkProjectName(faults: Faults, scope: Construct, projectName: unknown): void {
  if (isUnknown(projectName)) {
    const way = "give a literal: the schedule and the log group are named after it";
    faults.add("projectName", "be known at synth", projectName, way);
    return;
  }
  const way = projectName === undefined ? "its default is made of ids: give one" : "give a shorter or simpler one";
  faults.checkString("projectName", projectName ?? defaultProjectName(scope), PROJECT_NAME, way);
}

function checkNetwork(faults: Faults, { vpcId, subnetIds, securityGroupIds }: CacheWarmerProps): void {
  if (vpcId === undefined && subnetIds === undefined && securityGroupIds === undefined) {
    return;
  }
  faults.checkString("vpcId", vpcId, VPC_ID, "leave it out with `subnetIds` and `securityGroupIds` for no VPC");
  faults.checkStrings("subnetIds", subnetIds, SUBNET_ID, "give subnets with a route to the internet");
  faults.checkStrings("securityGroupIds", securityGroupIds, SECURITY_GROUP_ID, "give groups that let out port 443");
  // https://docs.aws.amazon.com/codebuild/latest/APIReference/API_VpcConfig.html
  for (const [prop, list, max] of [
    ["subnetIds", subnetIds, 16] as const,
    ["securityGroupIds", securityGroupIds, 5] as const,
  ]) {
    if (Array.isArray(list) && list.length > max) {
      faults.add(prop, `be at most ${max}`, list.length, "CodeBuild takes no more");
    }
  }
}

/** Where a cache has the images of a warmer. Records what is no image, or is of no upstream of the cache. */
export function warmedImages(faults: Faults, { cache, images }: CacheWarmerProps): FoundImage[] {
  if (isUnknown(images)) {
    faults.add("images", "be known at synth", images, "give literals: which upstreams they are of has to be known");
    return [];
  }
  if (!Array.isArray(images) || images.length === 0 || images.length > MAX_IMAGES) {
    const got = Array.isArray(images) && images.length > 0 ? images.length : images;
    faults.add(
      "images",
      `be a list of 1 to ${MAX_IMAGES} images`,
      got,
      'give them as people write them, like ["nginx:1.27"]',
    );
    return [];
  }
  const found: FoundImage[] = [];
  for (const [index, image] of (images as unknown[]).entries()) {
    const prop = `images[${index}]`;
    if (isUnknown(image)) {
      const way = "give a literal: which upstream it is of has to be known";
      faults.add(prop, "be known at synth", image, way);
      continue;
    }
    const reference = typeof image === "string" ? parseImage(image) : undefined;
    if (reference === undefined) {
      const way =
        typeof image === "string" && image.includes("@")
          ? "name a tag: ECR does not cache a first pull by digest"
          : "give it as people write it, like nginx:1.27 or quay.io/prometheus/node-exporter:v1.8.2";
      faults.add(prop, "be the name of an image, with or without a tag", image, way);
      continue;
    }
    const place = PullThroughCache.isPullThroughCache(cache)
      ? locate(faults, prop, cache, String(image), reference)
      : undefined;
    if (place !== undefined && found.some(({ path, tag }) => path === place.path && tag === place.tag)) {
      faults.add(prop, "be an image given once", image, "leave out the second one");
    } else if (place !== undefined) {
      found.push(place);
    }
  }
  const characters = JSON.stringify(found).length;
  if (characters > MAX_CHARACTERS) {
    const rule = `have at most ${MAX_CHARACTERS} characters with the places where the cache has them`;
    faults.add("images", rule, characters, "give some of them to a second warmer");
  }
  return found;
}

function locate(
  faults: Faults,
  prop: string,
  cache: PullThroughCache,
  image: string,
  { host, repository, tag }: ImageReference,
): FoundImage | undefined {
  const hosts = cache.upstreams.map((upstream) => upstreamUrl(upstream._spec, cache._registry));
  const upstreams = cache.upstreams.filter((_, index) => hosts[index] === host);
  if (upstreams.length === 0) {
    const kind = kindOf(host);
    const way =
      wayOutOfOwnRegistry(cache, { host, repository, tag }) ??
      (kind === "private-ecr" && hosts.some(isUnknown)
        ? "give the cache its `accountId` and its provider a region, as literals: they are in the names of such hosts"
        : kind === undefined
          ? (reasonUnsupported(host) ?? "ECR caches other registries only")
          : `add ${SUPPORTED_REGISTRIES[kind].factory} to the cache`);
    faults.add(prop, `be of an upstream of the cache, of which none is ${host}`, image, way);
    return undefined;
  }
  // Of two parts of one private registry, the one that the image is in.
  const tried = upstreams.map((upstream) => tryPath(cache, upstream, repository));
  const [place] = tried.flatMap(({ path, prefix, problems }) => (problems.length === 0 ? [{ path, prefix }] : []));
  if (place === undefined) {
    const way = tried.flatMap(({ problems }) => problems).join("; ");
    faults.add(prop, "be an image that the cache can hold", image, way);
    return undefined;
  }
  return { image, ...place, tag };
}

/** The way out for an image that is named by its place in the cache; undefined where its registry is, or may be, another. */
function wayOutOfOwnRegistry(cache: PullThroughCache, { host, repository, tag }: ImageReference): string | undefined {
  const { facts } = cache._registry;
  const { accountId: ownAccount, region: ownRegion } = facts;
  const [accountId, , , region] = host.split(".");
  const mayBeOwn =
    kindOf(host) === "private-ecr" && accountId === (ownAccount ?? accountId) && region === (ownRegion ?? region);
  const isKnown = ownAccount !== undefined && ownRegion !== undefined;
  const [upstream] = cache.upstreams
    // A registry that may be the cache's own is so if the image is under a prefix of the cache; ROOT has all images.
    .filter(({ prefix }) => repository.startsWith(under(prefix, "")) && (isKnown || prefix !== ROOT))
    .sort((one, other) => under(other.prefix, "").length - under(one.prefix, "").length);
  if (!mayBeOwn || (upstream === undefined && !isKnown)) {
    return undefined;
  }
  const name = upstream && upstreamImage(upstream._spec, cache._registry, repository);
  const example = name === undefined ? "" : `: ${name}:${tag}`;
  return `leave out the registry host, and name the image as its upstream does${example}`;
}

function tryPath(
  cache: PullThroughCache,
  upstream: Upstream,
  repository: string,
): { readonly path: string; readonly prefix: string; readonly problems: string[] } {
  const faults = new Faults();
  const path = cache._pathOf(faults, upstream, repository);
  return { path, prefix: upstream.prefix, problems: faults.list() };
}
