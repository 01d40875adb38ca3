import { TerraformStack } from "cdktf";
import type { Construct, IConstruct } from "constructs";
import { ACCOUNT_ID, ACCOUNT_ID_HINT, REGION_NAME, partitionOf } from "../aws/partitions";
import { accountOfConfig } from "../aws/provider";
import { SOME_SUPPORTED_VERSION, VERSION_CONSTRAINT, allowsSupportedVersion } from "../aws/provider-versions";
import { checkCache } from "../cache/cache-checks";
import { NamesInUse } from "../cache/names-in-use";
import type { RepositorySettings } from "../cache/repository-settings";
import { checkRepositorySettings } from "../cache/repository-settings-checks";
import { isUnresolved } from "../terraform/tokens";
import type { AllKeys } from "../validation/rule";
import { matches } from "../validation/rule";
import { ValidationErrors } from "../validation/validation-errors";
import { checkProviderConfig } from "./provider-config-checks";
import type { PullThroughCacheFleetProps } from "./pull-through-cache-fleet-props";
import { TERRAFORM_STACK_NAME } from "./rules";
import { BACKEND_ID, POLICY_STACK, PROVIDER_ID, stackName } from "./stages";
import type { StateBackend } from "./state-backend";

const PROPS = Object.keys({
  regions: true,
  upstreams: true,
  repositorySettings: true,
  repositorySettingsByRegion: true,
  accountId: true,
  backend: true,
  providerConfig: true,
  providerVersion: true,
} satisfies AllKeys<PullThroughCacheFleetProps>);

/** Records that the id of a fleet, or of one of its stacks, cannot be part of a stack's name. */
export function checkName(errors: ValidationErrors, id: unknown, hint: string): void {
  if (!matches(id, TERRAFORM_STACK_NAME)) {
    errors.add("id", TERRAFORM_STACK_NAME.requirement, id, hint);
  }
}

/** Reports all that is wrong with a fleet by one error, and takes it out of the app. */
export function checkFleet(fleet: Construct, props: PullThroughCacheFleetProps): void {
  const errors = new ValidationErrors();
  errors.checkKeys("", props, PROPS, "a property of a fleet");
  checkName(errors, fleet.node.id, "give the fleet a name");
  const enclosing = fleet.node.scopes.find((scope) => TerraformStack.isStack(scope));
  if (enclosing !== undefined) {
    const hint = "give the app: the fleet makes its own stacks";
    errors.add("scope", "be outside of any stack", enclosing.node.path, hint);
  }
  if (props.accountId !== undefined) {
    errors.checkString("accountId", props.accountId, ACCOUNT_ID, ACCOUNT_ID_HINT);
  }
  checkProviderConfig(errors, props.providerConfig ?? {}, props.accountId);
  if (props.providerVersion !== undefined && !matches(props.providerVersion, VERSION_CONSTRAINT)) {
    const hint = "separate conditions with commas; Terraform takes a literal here, and no expression";
    errors.add("providerVersion", VERSION_CONSTRAINT.requirement, props.providerVersion, hint);
  } else if (props.providerVersion !== undefined && !allowsSupportedVersion(props.providerVersion)) {
    const hint = "other versions lack arguments that the constructs use";
    errors.add("providerVersion", SOME_SUPPORTED_VERSION, props.providerVersion, hint);
  }
  const backend = props.backend ?? undefined;
  if (backend !== undefined && backend._attach === undefined) {
    errors.add("backend", "be a StateBackend", backend, "use a factory, for example StateBackend.s3(options)");
  } else {
    backend?._check(errors);
  }
  const regions = checkRegions(errors, props.regions);
  checkStackNames(errors, fleet, regions, backend);
  for (const region of Object.keys(props.repositorySettingsByRegion ?? {})) {
    if (!regions.includes(region)) {
      const hint = "add the region or leave it out here";
      errors.add("repositorySettingsByRegion", "name regions of the fleet only", region, hint);
    }
  }
  // Without a region that can be checked, the rest of the declaration still is.
  for (const region of regions.length === 0 ? [undefined] : regions) {
    checkRegion(errors, fleet, props, region);
  }
  errors.throwAndRemove(fleet);
}

/** Records what is wrong with the caches of one region, or of none that is known. */
function checkRegion(
  errors: ValidationErrors,
  fleet: Construct,
  props: PullThroughCacheFleetProps,
  region: string | undefined,
): void {
  const accountId = matches(props.accountId, ACCOUNT_ID) ? props.accountId : undefined;
  const location = { accountId, region, partition: region === undefined ? undefined : partitionOf(region) };
  const own = region === undefined ? undefined : props.repositorySettingsByRegion?.[region];
  if (region !== undefined && own !== undefined) {
    checkRepositorySettings(errors, `repositorySettingsByRegion["${region}"]`, own, location);
  }
  const claimed = accountId ?? accountOfConfig(props.providerConfig ?? {});
  const names =
    claimed === undefined || region === undefined
      ? new NamesInUse()
      : NamesInUse.copyOf([NamesInUse.ofRegistry(fleet, claimed, region)]);
  checkCache(
    errors,
    {
      upstreams: props.upstreams,
      // A region with an encryption of its own, or without templates, has nothing to do with the common key.
      repositories:
        own?.kmsKeyArn === undefined && own?.encryptionType === undefined && own?.creationTemplate !== false
          ? props.repositorySettings
          : withoutKmsKey(props.repositorySettings),
    },
    { location: location, namesInUse: names, cache: fleet.node.path, reservedIds: [PROVIDER_ID, BACKEND_ID] },
  );
}

/** Two stacks of one name would be written to one folder and keep one state. */
export function checkStackNames(
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

/** Records that another stack has the name of the one that holds a fleet's policies. */
export function checkPolicyStack(errors: ValidationErrors, fleet: Construct): void {
  const name = stackName(fleet, POLICY_STACK);
  const [namesake] = stacksByName(fleet.node.root).get(name.toLowerCase()) ?? [];
  if (namesake !== undefined) {
    const hint = `rename the stack ${namesake.node.path}: the policies have one of that name`;
    errors.add("pullPolicyArn", "find the name of its stack free", name, hint);
  }
}

/** A stack that was made after the fleet may have taken the name of one of its own. */
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

function checkNamesake(errors: ValidationErrors, name: string, namesake: IConstruct | undefined): void {
  if (namesake !== undefined) {
    const hint = `choose another id: the stack ${namesake.node.path} is written to the same folder`;
    errors.add("id", "give every stack of the app a name of its own, on any file system", name, hint);
  }
}

/** All stacks of the app, by their names as a file system that folds case sees them. */
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

/** Records what is wrong with the regions and returns those that can be checked further. */
function checkRegions(errors: ValidationErrors, regions: unknown): string[] {
  if (!Array.isArray(regions) || regions.length === 0) {
    errors.add("regions", "be a list of at least one region", regions, "say where to cache");
    return [];
  }
  const checked: string[] = [];
  for (const [index, region] of (regions as unknown[]).entries()) {
    const prop = `regions[${index}]`;
    if (isUnresolved(region)) {
      errors.add(prop, "be known at synth", region, "stacks are named after regions: give a literal");
    } else if (errors.checkString(prop, region, REGION_NAME, "give the region, not one of its zones")) {
      if (checked.includes(region as string)) {
        errors.add(prop, "be a region given once", region, "leave out the second one");
      } else {
        checked.push(region as string);
      }
    }
  }
  return checked;
}

function withoutKmsKey(settings: RepositorySettings | undefined): RepositorySettings | undefined {
  return settings === undefined ? undefined : { ...settings, kmsKeyArn: undefined };
}
