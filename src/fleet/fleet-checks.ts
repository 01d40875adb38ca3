import { TerraformStack } from "cdktf";
import type { Construct, IConstruct } from "constructs";
import { ACCOUNT_ID, REGION_NAME, partitionOf } from "../aws/partitions";
import { accountOfConfig, resourcesTakeRegion } from "../aws/provider";
import { VERSION_CONSTRAINT, allowsSupportedVersion, supportedVersion } from "../aws/provider-versions";
import { checkCache, checkCacheInRegion } from "../cache/cache-checks";
import { NamesInUse } from "../cache/names-in-use";
import type { RepositorySettings } from "../cache/repository-settings";
import { checkRepositorySettings } from "../cache/repository-settings-checks";
import type { UpstreamContext } from "../cache/upstream-spec";
import { OWN_FRAMEWORK } from "../terraform/framework";
import { declaredOlderVersions } from "../terraform/required-version";
import { isUnresolved } from "../terraform/tokens";
import { checkFramework } from "../validation/framework-checks";
import { isPlainObject } from "../validation/plain-object";
import type { AllKeys } from "../validation/rule";
import { matches } from "../validation/rule";
import { ValidationErrors } from "../validation/validation-errors";
import { FleetLayout } from "./fleet-layout";
import { checkProviderConfig } from "./provider-config-checks";
import type { FinalStackOptions, PullThroughCacheFleetProps } from "./pull-through-cache-fleet-props";
import {
  FINAL_STACK_REGION,
  FLEET_RULES,
  MAX_REGIONS,
  PULL_POLICY_RULES,
  TERRAFORM_STACK_NAME,
  providerVersions,
} from "./rules";
import { ALL_REGIONS_STACK, BACKEND_ID, POLICY_STACK, PROVIDER_ID, stackName } from "./stages";
import type { StateBackend } from "./state-backend";

const PROPS = Object.keys({
  regions: true,
  upstreams: true,
  layout: true,
  repositorySettings: true,
  repositorySettingsByRegion: true,
  roleOptions: true,
  accountId: true,
  backend: true,
  providerConfig: true,
  providerVersion: true,
} satisfies AllKeys<PullThroughCacheFleetProps>);

const FINAL_STACK_OPTIONS = Object.keys({ region: true } satisfies AllKeys<FinalStackOptions>);

/** The ids of the fleets that are not among the children of their app, by app. */
const OUTSIDE_OF_TREES = new WeakMap<IConstruct, Set<string>>();

/**
 * Removes a fleet from the children of an app that refuses all children but stacks; nothing looks for it there. CDK Terrain
 * reads the flag, which `cdktn init` and `Testing.app()` set. https://cdktn.io/docs/release
 */
export function leaveTree({ node }: Construct): void {
  if (node.scope === node.root && Boolean(node.tryGetContext("failOnConstructsOutsideOfStacks"))) {
    node.root.node.tryRemoveChild(node.id);
    OUTSIDE_OF_TREES.set(node.root, (OUTSIDE_OF_TREES.get(node.root) ?? new Set()).add(node.id));
  }
}

/** Throws one error that reports everything that is wrong with a fleet, and removes the fleet from the app. */
export function checkFleet(fleet: Construct, props: PullThroughCacheFleetProps): void {
  const errors = new ValidationErrors();
  checkFramework(errors, fleet);
  errors.checkKeys("", props, PROPS, "a property of PullThroughCacheFleet");
  checkName(errors, fleet.node.id);
  if (OUTSIDE_OF_TREES.get(fleet.node.root)?.has(fleet.node.id) === true) {
    errors.addBroken("id", FLEET_RULES.uniqueId, fleet.node.id);
  }
  const enclosing = fleet.node.scopes.find((scope) => TerraformStack.isStack(scope));
  if (enclosing !== undefined) {
    errors.addBroken("scope", FLEET_RULES.scope, enclosing.node.path);
  }
  checkLayout(errors, props.layout);
  if (props.accountId !== undefined) {
    errors.checkString("accountId", props.accountId, ACCOUNT_ID);
  }
  checkProviderConfig(errors, props.providerConfig ?? {}, props.accountId);
  if (props.providerVersion !== undefined) {
    checkProviderVersion(errors, props.providerVersion, providerVersions(props.layout));
  }
  const backend = props.backend ?? undefined;
  if (backend !== undefined && backend._attach === undefined) {
    errors.addBroken("backend", FLEET_RULES.backend, backend);
  } else if (backend !== undefined && backend._framework !== OWN_FRAMEWORK.package) {
    errors.addBroken("backend", FLEET_RULES.backendOfFramework, `StateBackend of ${backend._framework}`);
  } else {
    backend?._check(errors);
  }
  const regions = checkRegions(errors, props.regions);
  if (isOneStack(props)) {
    checkOnePartition(errors, regions);
  }
  checkStackNames(errors, fleet, isOneStack(props) ? [ALL_REGIONS_STACK] : regions, backend);
  checkCaches(
    errors,
    fleet,
    { ...props, repositorySettingsByRegion: checkSettingsByRegion(errors, props, regions) },
    regions,
  );
  errors.throwAndRemove(fleet);
}

/** Adds an error for settings of regions that the fleet does not have, and returns the settings that can be checked. */
function checkSettingsByRegion(
  errors: ValidationErrors,
  { repositorySettingsByRegion: settings }: PullThroughCacheFleetProps,
  regions: readonly string[],
): PullThroughCacheFleetProps["repositorySettingsByRegion"] {
  if (settings === undefined) {
    return undefined;
  }
  if (!isPlainObject(settings)) {
    errors.addBroken("repositorySettingsByRegion", FLEET_RULES.settingsByRegion, settings);
    return undefined;
  }
  for (const region of Object.keys(settings).filter((name) => !regions.includes(name))) {
    errors.addBroken("repositorySettingsByRegion", FLEET_RULES.regionOfSettings, region);
  }
  return settings;
}

/** Adds an error for each option of a final stack that is wrong. */
export function checkFinalStack(
  errors: ValidationErrors,
  fleet: Construct,
  id: string,
  options: Partial<FinalStackOptions> | undefined,
  backend: StateBackend | undefined,
): void {
  checkName(errors, id);
  if (errors.checkObject("options", options, "give the region of the stack's AWS provider, like `{ region }`")) {
    const { ...given } = options;
    errors.checkKeys("", given, FINAL_STACK_OPTIONS, "an option of addFinalStack");
    errors.checkString("region", given.region, FINAL_STACK_REGION);
  }
  // Callers in JavaScript may pass a value without a text form.
  if (typeof id === "string") {
    checkStackNames(errors, fleet, [id], backend);
  }
}

/** Adds an error if a stack of the app has the name of the stack for the policies of a fleet. */
export function checkPolicyStack(errors: ValidationErrors, fleet: Construct): void {
  const name = stackName(fleet, POLICY_STACK);
  const [namesake] = stacksByName(fleet.node.root).get(name.toLowerCase()) ?? [];
  if (namesake !== undefined) {
    errors.addBroken("addPullPolicy", PULL_POLICY_RULES.freeStackName(namesake.node.path), name);
  }
}

/** The errors of stacks that were created after the fleet and have the name of one of its stacks. */
export function namesakeErrors(own: readonly TerraformStack[]): string[] {
  const errors = new ValidationErrors();
  const stacks = stacksByName(own[0]?.node.root);
  for (const stack of own) {
    const namesakes = stacks.get(stack.node.id.toLowerCase()) ?? [];
    checkNamesake(
      errors,
      stack.node.id,
      namesakes.find((namesake) => namesake !== stack),
    );
  }
  return errors.list();
}

/** Adds an error if the id of a fleet, or of one of its stacks, cannot be part of a stack's name. */
function checkName(errors: ValidationErrors, id: unknown): void {
  if (!matches(id, TERRAFORM_STACK_NAME)) {
    errors.addBroken("id", TERRAFORM_STACK_NAME, id);
  }
}

/** All resources of one stack would be in the region of its provider if they had no argument `region`. */
function checkLayout(errors: ValidationErrors, layout: unknown): void {
  errors.checkEnum("layout", layout, Object.values(FleetLayout), `leave it out for ${FleetLayout.STACK_PER_REGION}`);
  if (layout === FleetLayout.ONE_STACK && !resourcesTakeRegion()) {
    errors.addBroken("layout", FLEET_RULES.layoutSupported, layout);
  }
}

function checkOnePartition(errors: ValidationErrors, regions: readonly string[]): void {
  const partitions = new Set(regions.map(partitionOf));
  if (partitions.size > 1) {
    errors.addBroken("regions", FLEET_RULES.onePartition, [...partitions]);
  }
}

function isOneStack({ layout }: PullThroughCacheFleetProps): boolean {
  return layout === FleetLayout.ONE_STACK;
}

/** Terraform takes no expression for a provider's version, so a token is an error, too. */
function checkProviderVersion(errors: ValidationErrors, version: unknown, supported: string): void {
  if (!matches(version, VERSION_CONSTRAINT)) {
    errors.addBroken("providerVersion", VERSION_CONSTRAINT, version);
  } else if (!allowsSupportedVersion(version, supported)) {
    errors.addBroken("providerVersion", supportedVersion(supported), version);
  }
}

/** Adds the errors of the caches of all regions: first what is the same in each region, then what is not. */
function checkCaches(
  errors: ValidationErrors,
  fleet: Construct,
  props: PullThroughCacheFleetProps,
  regions: readonly string[],
): void {
  const { upstreams, repositorySettings, repositorySettingsByRegion = {}, roleOptions } = props;
  const ownSettings = (region: string): RepositorySettings | undefined => repositorySettingsByRegion[region];
  const isKeyUsed = regions.length === 0 || regions.some((region) => usesCommonKey(ownSettings(region)));
  const commonSettings = isKeyUsed ? repositorySettings : withoutKmsKey(repositorySettings);
  checkCache(errors, { upstreams, repositorySettings: commonSettings, roleOptions }, contextIn(fleet, props));
  for (const region of regions) {
    const own = ownSettings(region);
    const context = contextIn(fleet, props, region);
    if (own !== undefined) {
      checkRepositorySettings(errors, `repositorySettingsByRegion["${region}"]`, own, context.location);
    }
    const inRegion = usesCommonKey(own) ? repositorySettings : withoutKmsKey(repositorySettings);
    checkCacheInRegion(errors, { upstreams, repositorySettings: inRegion, roleOptions }, context);
  }
}

/** What is known of a cache of a fleet before its stack exists, in one region or without a region. */
function contextIn(fleet: Construct, props: PullThroughCacheFleetProps, region?: string): UpstreamContext {
  const accountId = matches(props.accountId, ACCOUNT_ID) ? props.accountId : undefined;
  const account = accountId ?? accountOfConfig(props.providerConfig ?? {});
  return {
    location: { accountId, region, partition: region === undefined ? undefined : partitionOf(region) },
    namesInUse:
      account === undefined || region === undefined
        ? new NamesInUse()
        : NamesInUse.copyOf([NamesInUse.ofRegistry(fleet, account, region)]),
    cache: fleet.node.path,
    olderVersions: declaredOlderVersions(fleet),
    reservedIds: [PROVIDER_ID, BACKEND_ID],
  };
}

/** Whether a region uses the fleet's KMS key: it does not if it has its own encryption, or no templates. */
function usesCommonKey(own: RepositorySettings | undefined): boolean {
  return own?.kmsKeyArn === undefined && own?.encryptionType === undefined && own?.creationTemplate !== false;
}

function withoutKmsKey(settings: RepositorySettings | undefined): RepositorySettings | undefined {
  return settings === undefined ? undefined : { ...settings, kmsKeyArn: undefined };
}

/** Adds the errors of the regions and returns those that other checks can use. */
function checkRegions(errors: ValidationErrors, regions: unknown): string[] {
  const valid = new Set<string>();
  if (Array.isArray(regions) && regions.length > MAX_REGIONS) {
    errors.addBroken("regions", FLEET_RULES.numberOfRegions, regions.length);
    return [];
  }
  errors.checkList("regions", regions, FLEET_RULES.regions, (prop, region) => {
    if (isUnresolved(region)) {
      errors.addBroken(prop, FLEET_RULES.literalRegion, region);
      return undefined;
    }
    if (!errors.checkString(prop, region, REGION_NAME)) {
      return undefined;
    }
    valid.add(region as string);
    return region;
  });
  return [...valid];
}

/** Adds the errors of the names of stacks: two stacks with one name would share a folder and a state. */
function checkStackNames(
  errors: ValidationErrors,
  fleet: Construct,
  suffixes: readonly string[],
  backend: StateBackend | undefined,
): void {
  const stacks = stacksByName(fleet.node.root);
  for (const suffix of suffixes) {
    const name = stackName(fleet, suffix);
    checkNamesake(errors, name, stacks.get(name.toLowerCase())?.[0] ?? fleet.node.root.node.tryFindChild(name));
    backend?._checkStack?.(errors, "id", name);
  }
}

function checkNamesake(errors: ValidationErrors, name: string, namesake: IConstruct | undefined): void {
  if (namesake !== undefined) {
    errors.addBroken("id", FLEET_RULES.uniqueStackName(namesake.node.path), name);
  }
}

/** All stacks of the app by their names in lower case, since some file systems ignore case. */
function stacksByName(app: IConstruct | undefined): Map<string, IConstruct[]> {
  const stacks = new Map<string, IConstruct[]>();
  for (const construct of app?.node.findAll() ?? []) {
    if (TerraformStack.isStack(construct)) {
      const name = construct.node.id.toLowerCase();
      stacks.set(name, [...(stacks.get(name) ?? []), construct]);
    }
  }
  return stacks;
}
