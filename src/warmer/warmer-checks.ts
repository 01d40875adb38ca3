import type { CodebuildProject } from "@cdktf/provider-aws/lib/codebuild-project";
import { TerraformResource, TerraformStack } from "cdktf";
import type { Construct, IConstruct } from "constructs";
import { checkArn } from "../aws/arn-checks";
import { RETENTION, RETENTION_DAYS } from "../aws/log-retention";
import { checkRoleOptions } from "../aws/role-options";
import { cachedImage } from "../cache/cached-image";
import type { CachedImage } from "../cache/cached-image";
import { providerAndRegion } from "../cache/names-in-use";
import { PullThroughCache } from "../cache/pull-through-cache";
import { IS_CACHE } from "../cache/rules";
import { isUnresolved } from "../terraform/tokens";
import type { AllKeys } from "../validation/rule";
import { ValidationErrors } from "../validation/validation-errors";
import type { CacheWarmerProps } from "./cache-warmer-props";
import {
  MAX_CHARACTERS,
  MAX_IMAGES,
  NETWORK,
  PROJECT_NAME,
  PROJECT_NAME_WITH_RUN_ON_CHANGE,
  SCHEDULE,
  TIMEOUT_MINUTES,
  TOPIC_ARN,
  WARMER_RULES,
} from "./rules";

const PROPS = Object.keys({
  cache: true,
  images: true,
  schedule: true,
  projectName: true,
  timeoutInMinutes: true,
  logRetentionInDays: true,
  alarmTopicArn: true,
  runOnChange: true,
  includeReferrers: true,
  vpcId: true,
  subnetIds: true,
  securityGroupIds: true,
  roleOptions: true,
} satisfies AllKeys<CacheWarmerProps>);

/** Adds the errors in the props of a warmer, except those in its images. */
export function checkWarmer(errors: ValidationErrors, scope: Construct, props: CacheWarmerProps): void {
  errors.checkKeys("", props, PROPS, "a property of a warmer");
  const { cache, alarmTopicArn, schedule, timeoutInMinutes, logRetentionInDays } = props;
  if (!PullThroughCache.isPullThroughCache(cache)) {
    errors.addBroken("cache", IS_CACHE, cache);
  } else if (TerraformStack.of(cache) !== TerraformStack.of(scope)) {
    errors.addBroken("cache", WARMER_RULES.sameStack, cache.node.path);
  } else if (alarmTopicArn !== undefined) {
    const requirements = {
      rule: TOPIC_ARN,
      service: "sns",
      hint: TOPIC_ARN.hint,
      regionHint: "give a topic in that region: an alarm cannot notify topics of other regions",
    };
    checkArn(errors, "alarmTopicArn", alarmTopicArn, requirements, cache._internals.registry.location);
  }
  if (schedule !== undefined) {
    errors.checkString("schedule", schedule, SCHEDULE);
  }
  errors.checkBoolean("runOnChange", props.runOnChange, "leave it out for false");
  errors.checkBoolean("includeReferrers", props.includeReferrers, "leave it out for false");
  checkProjectName(errors, scope, props);
  errors.checkInteger("timeoutInMinutes", timeoutInMinutes, TIMEOUT_MINUTES, "leave it out for an hour");
  if (!isUnresolved(logRetentionInDays)) {
    errors.checkEnum("logRetentionInDays", logRetentionInDays, RETENTION_DAYS, RETENTION.hint);
  }
  checkNetwork(errors, props);
  const { location = {} } = PullThroughCache.isPullThroughCache(cache) ? cache._internals.registry : {};
  checkRoleOptions(errors, "roleOptions", props.roleOptions, location);
}

/** The default name of a project: the ids of the stack and of the constructs down to the warmer. */
export function defaultProjectName(warmer: Construct): string {
  const stack = TerraformStack.of(warmer);
  const ids = warmer.node.scopes.slice(warmer.node.scopes.indexOf(stack)).map(({ node }) => node.id);
  return ids.join("-");
}

/** Returns an error for each project of the warmer that has the name of another project in the same account and region. */
export function projectClashes(warmer: Construct): string[] {
  const errors = new ValidationErrors();
  const projects = warmer.node.root.node.findAll().filter(isProject);
  const place = (project: CodebuildProject): string => {
    // Only the newer provider packages have a region on every resource.
    const { provider, regionInput: region } = project as CodebuildProject & { readonly regionInput?: string };
    const { path } = TerraformStack.of(project).node;
    return [path, providerAndRegion(project, { provider, region }), project.nameInput].join(" ");
  };
  for (const own of projects.filter(({ node }) => node.scopes.includes(warmer))) {
    const namesake = projects.find((other) => other !== own && place(other) === place(own));
    if (namesake !== undefined) {
      errors.addBroken("projectName", WARMER_RULES.uniqueName(namesake.node.path), own.nameInput);
    }
  }
  return errors.list();
}

function isProject(construct: IConstruct): construct is CodebuildProject {
  return (
    TerraformResource.isTerraformResource(construct) && construct.terraformResourceType === "aws_codebuild_project"
  );
}

function checkProjectName(
  errors: ValidationErrors,
  scope: Construct,
  { projectName, runOnChange }: CacheWarmerProps,
): void {
  if (isUnresolved(projectName)) {
    errors.addBroken("projectName", WARMER_RULES.knownName, projectName);
    return;
  }
  const hint = projectName === undefined ? "the default is built from construct ids: give a name" : PROJECT_NAME.hint;
  const rule = runOnChange === true ? PROJECT_NAME_WITH_RUN_ON_CHANGE : PROJECT_NAME;
  errors.checkString("projectName", projectName ?? defaultProjectName(scope), rule, hint);
}

function checkNetwork(errors: ValidationErrors, { vpcId, subnetIds, securityGroupIds }: CacheWarmerProps): void {
  if (vpcId === undefined && subnetIds === undefined && securityGroupIds === undefined) {
    return;
  }
  errors.checkString("vpcId", vpcId, NETWORK.vpcId.rule);
  errors.checkStrings("subnetIds", subnetIds, NETWORK.subnetIds.rule);
  errors.checkStrings("securityGroupIds", securityGroupIds, NETWORK.securityGroupIds.rule);
  for (const [prop, list] of [["subnetIds", subnetIds] as const, ["securityGroupIds", securityGroupIds] as const]) {
    const { max } = NETWORK[prop];
    if (Array.isArray(list) && list.length > max) {
      errors.addBroken(prop, WARMER_RULES.atMost(max), list.length);
    }
  }
}

/** Returns the repositories of a warmer's images in the cache. Adds the errors in the images. */
export function warmedImages(errors: ValidationErrors, { cache, images }: CacheWarmerProps): CachedImage[] {
  if (isUnresolved(images)) {
    errors.addBroken("images", WARMER_RULES.knownImages, images);
    return [];
  }
  if (Array.isArray(images) && images.length > MAX_IMAGES) {
    errors.addBroken("images", WARMER_RULES.images, images.length);
    return [];
  }
  const knownCache = PullThroughCache.isPullThroughCache(cache) ? cache : undefined;
  const found: CachedImage[] = [];
  errors.checkList("images", images, WARMER_RULES.images, (place, image) => {
    const cached = cachedImage(errors, place, knownCache, image);
    if (cached === undefined) {
      return undefined;
    }
    found.push(cached);
    return `${cached.path}:${cached.tag}`;
  });
  const characters = JSON.stringify(found).length;
  if (characters > MAX_CHARACTERS) {
    errors.addBroken("images", WARMER_RULES.commandLength, characters);
  }
  return found;
}
