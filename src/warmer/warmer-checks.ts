import type { CodebuildProject } from "@cdktf/provider-aws/lib/codebuild-project";
import { TerraformResource, TerraformStack } from "cdktf";
import type { Construct, IConstruct } from "constructs";
import { checkArn } from "../aws/arn-checks";
import { SECURITY_GROUP_ID, SUBNET_ID, VPC_ID } from "../aws/ec2-ids";
import { providerOf } from "../aws/provider";
import { cachedImage } from "../cache/cached-image";
import type { CachedImage } from "../cache/cached-image";
import { PullThroughCache } from "../cache/pull-through-cache";
import { isUnresolved } from "../terraform/tokens";
import type { AllKeys } from "../validation/rule";
import { ValidationErrors } from "../validation/validation-errors";
import type { CacheWarmerProps } from "./cache-warmer-props";
import {
  MAX_CHARACTERS,
  MAX_IMAGES,
  PROJECT_NAME,
  RETENTION_DAYS,
  SCHEDULE,
  TIMEOUT_MINUTES,
  TOPIC_ARN,
} from "./rules";

const PROPS = Object.keys({
  cache: true,
  images: true,
  schedule: true,
  projectName: true,
  timeoutInMinutes: true,
  logRetentionInDays: true,
  alarmTopicArn: true,
  vpcId: true,
  subnetIds: true,
  securityGroupIds: true,
} satisfies AllKeys<CacheWarmerProps>);

/** Records what is wrong with the props of a warmer, its images aside. */
export function checkWarmer(errors: ValidationErrors, scope: Construct, props: CacheWarmerProps): void {
  errors.checkKeys("", props, PROPS, "a property of a warmer");
  const { cache } = props;
  if (!PullThroughCache.isPullThroughCache(cache)) {
    errors.add("cache", "be a PullThroughCache", cache, "give the construct, for example fleet.cacheIn(region)");
  } else if (TerraformStack.of(cache) !== TerraformStack.of(scope)) {
    errors.add("cache", "be in the same stack", cache.node.path, "create the warmer in the stack of the cache");
  } else if (props.alarmTopicArn !== undefined) {
    const requirements = {
      rule: TOPIC_ARN,
      service: "sns",
      hint: "leave it out to have no alarm",
      regionHint: "give a topic of that region: an alarm reaches no other",
    };
    checkArn(errors, "alarmTopicArn", props.alarmTopicArn, requirements, cache._registry.location);
  }
  if (props.schedule !== undefined) {
    errors.checkString("schedule", props.schedule, SCHEDULE, "leave it out for every hour");
  }
  checkProjectName(errors, scope, props.projectName);
  errors.checkInteger("timeoutInMinutes", props.timeoutInMinutes, TIMEOUT_MINUTES, "leave it out for an hour");
  const days = props.logRetentionInDays;
  if (days !== undefined && !isUnresolved(days) && !RETENTION_DAYS.includes(days)) {
    errors.add("logRetentionInDays", `be one of ${RETENTION_DAYS.join(", ")}`, days, "CloudWatch Logs knows no other");
  }
  checkNetwork(errors, props);
}

/** The name of a project that has none given: the stack's, and what leads to the warmer in it. */
export function defaultProjectName(warmer: Construct): string {
  const stack = TerraformStack.of(warmer);
  const ids = warmer.node.scopes.slice(warmer.node.scopes.indexOf(stack)).map(({ node }) => node.id);
  return ids.join("-");
}

/** Projects of the app that have the name of another's, in one account and region. */
export function projectClashes(warmer: Construct): string[] {
  const errors = new ValidationErrors();
  const projects = warmer.node.root.node.findAll().filter(isProject);
  const place = (project: CodebuildProject): string => {
    // Only the newer provider packages have a region on every resource.
    const { regionInput = "" } = project as { readonly regionInput?: string };
    return [providerOf(project, project.provider)?.node.path ?? "", regionInput, project.nameInput].join(" ");
  };
  for (const own of projects.filter(({ node }) => node.scopes.includes(warmer))) {
    const namesake = projects.find((other) => other !== own && place(other) === place(own));
    if (namesake !== undefined) {
      const hint = "give one of the two another name";
      errors.add(
        "projectName",
        `be the name of one project, and ${namesake.node.path} has it as well`,
        own.nameInput,
        hint,
      );
    }
  }
  return errors.list();
}

function isProject(construct: IConstruct): construct is CodebuildProject {
  return (
    TerraformResource.isTerraformResource(construct) && construct.terraformResourceType === "aws_codebuild_project"
  );
}

function checkProjectName(errors: ValidationErrors, scope: Construct, projectName: unknown): void {
  if (isUnresolved(projectName)) {
    const hint = "give a literal: the schedule and the log group are named after it";
    errors.add("projectName", "be known at synth", projectName, hint);
    return;
  }
  const hint = projectName === undefined ? "its default is made of ids: give one" : "give a shorter or simpler one";
  errors.checkString("projectName", projectName ?? defaultProjectName(scope), PROJECT_NAME, hint);
}

function checkNetwork(errors: ValidationErrors, { vpcId, subnetIds, securityGroupIds }: CacheWarmerProps): void {
  if (vpcId === undefined && subnetIds === undefined && securityGroupIds === undefined) {
    return;
  }
  errors.checkString("vpcId", vpcId, VPC_ID, "leave it out with `subnetIds` and `securityGroupIds` for no VPC");
  errors.checkStrings("subnetIds", subnetIds, SUBNET_ID, "give subnets with a route to the internet");
  errors.checkStrings("securityGroupIds", securityGroupIds, SECURITY_GROUP_ID, "give groups that let out port 443");
  // https://docs.aws.amazon.com/codebuild/latest/APIReference/API_VpcConfig.html
  for (const [prop, list, max] of [
    ["subnetIds", subnetIds, 16] as const,
    ["securityGroupIds", securityGroupIds, 5] as const,
  ]) {
    if (Array.isArray(list) && list.length > max) {
      errors.add(prop, `be at most ${max}`, list.length, "CodeBuild takes no more");
    }
  }
}

/** Where a cache has the images of a warmer. Records what is no image, or is of no upstream of the cache. */
export function warmedImages(errors: ValidationErrors, { cache, images }: CacheWarmerProps): CachedImage[] {
  if (isUnresolved(images)) {
    errors.add("images", "be known at synth", images, "give literals: which upstreams they are of has to be known");
    return [];
  }
  if (!Array.isArray(images) || images.length === 0 || images.length > MAX_IMAGES) {
    const got = Array.isArray(images) && images.length > 0 ? images.length : images;
    const hint = 'give them as people write them, like ["nginx:1.27"]';
    errors.add("images", `be a list of 1 to ${MAX_IMAGES} images`, got, hint);
    return [];
  }
  const found: CachedImage[] = [];
  for (const [index, image] of (images as unknown[]).entries()) {
    const prop = `images[${index}]`;
    const place = cachedImage(errors, prop, PullThroughCache.isPullThroughCache(cache) ? cache : undefined, image);
    if (place !== undefined && found.some(({ path, tag }) => path === place.path && tag === place.tag)) {
      errors.add(prop, "be an image given once", image, "leave out the second one");
    } else if (place !== undefined) {
      found.push(place);
    }
  }
  const characters = JSON.stringify(found).length;
  if (characters > MAX_CHARACTERS) {
    const rule = `have at most ${MAX_CHARACTERS} characters with the places where the cache has them`;
    errors.add("images", rule, characters, "give some of them to a second warmer");
  }
  return found;
}
