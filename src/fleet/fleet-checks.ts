import { TerraformStack } from "cdktf";
import type { Construct, IConstruct } from "constructs";
import { ACCOUNT_ID, ACCOUNT_ID_WAY_OUT, REGION, partitionOf } from "../aws/partitions";
import { accountOfConfig } from "../aws/provider";
import { SOME_SUPPORTED_VERSION, VERSION_CONSTRAINT, allowsSupportedVersion } from "../aws/provider-versions";
import { checkDeclaration } from "../cache/cache-checks";
import { RegistryClaims } from "../cache/names-in-use";
import type { RepositorySettings } from "../cache/repository-settings";
import { checkRepositorySettings } from "../cache/repository-settings-checks";
import { isUnknown } from "../terraform/tokens";
import { Faults, follows } from "../validation/validation-errors";
import { checkProviderConfig } from "./provider-config-checks";
import type { PullThroughCacheFleetProps } from "./pull-through-cache-fleet-props";
import { STACK_NAME } from "./rules";
import { BACKEND_ID, POLICY_STACK, PROVIDER_ID, stackName } from "./stages";
import type { StateBackend } from "./state-backend";

const PROPS: readonly string[] = [
  "regions",
  "upstreams",
  "repositories",
  "regionalRepositories",
  "accountId",
  "backend",
  "providerConfig",
  "providerVersion",
] satisfies (keyof PullThroughCacheFleetProps)[];

/** Records that the id of a fleet, or of one of its stacks, cannot be part of a stack's name. */
export function checkName(faults: Faults, id: unknown, wayOut: string): void {
  if (!follows(id, STACK_NAME)) {
    faults.add("id", STACK_NAME.words, id, wayOut);
  }
}

/** Reports all that is wrong with a fleet by one error, and takes it out of the app. */
export function checkFleet(fleet: Construct, props: PullThroughCacheFleetProps): void {
  const faults = new Faults();
  faults.checkKeys("", props, PROPS, "a property of a fleet");
  checkName(faults, fleet.node.id, "give the fleet a name");
  const enclosing = fleet.node.scopes.find((scope) => TerraformStack.isStack(scope));
  if (enclosing !== undefined) {
    const way = "give the app: the fleet makes its own stacks";
    faults.add("scope", "be outside of any stack", enclosing.node.path, way);
  }
  if (props.accountId !== undefined) {
    faults.checkString("accountId", props.accountId, ACCOUNT_ID, ACCOUNT_ID_WAY_OUT);
  }
  checkProviderConfig(faults, props.providerConfig ?? {}, props.accountId);
  if (props.providerVersion !== undefined && !follows(props.providerVersion, VERSION_CONSTRAINT)) {
    const way = "separate conditions with commas; Terraform takes a literal here, and no expression";
    faults.add("providerVersion", VERSION_CONSTRAINT.words, props.providerVersion, way);
  } else if (props.providerVersion !== undefined && !allowsSupportedVersion(props.providerVersion)) {
    const way = "other versions lack arguments that the constructs use";
    faults.add("providerVersion", SOME_SUPPORTED_VERSION, props.providerVersion, way);
  }
  const backend = props.backend ?? undefined;
  if (backend !== undefined && backend._attach === undefined) {
    faults.add("backend", "be a StateBackend", backend, "use a factory, for example StateBackend.s3(options)");
  } else {
    backend?._check(faults);
  }
  const regions = checkRegions(faults, props.regions);
  checkStackNames(faults, fleet, regions, backend);
  for (const region of Object.keys(props.regionalRepositories ?? {})) {
    if (!regions.includes(region)) {
      const way = "add the region or leave it out here";
      faults.add("regionalRepositories", "name regions of the fleet only", region, way);
    }
  }
  // Without a region that can be checked, the rest of the declaration still is.
  for (const region of regions.length === 0 ? [undefined] : regions) {
    checkRegion(faults, fleet, props, region);
  }
  faults.throwAndRemove(fleet);
}

/** Records what is wrong with the caches of one region, or of none that is known. */
function checkRegion(
  faults: Faults,
  fleet: Construct,
  props: PullThroughCacheFleetProps,
  region: string | undefined,
): void {
  const accountId = follows(props.accountId, ACCOUNT_ID) ? props.accountId : undefined;
  const facts = { accountId, region, partition: region === undefined ? undefined : partitionOf(region) };
  const own = region === undefined ? undefined : props.regionalRepositories?.[region];
  if (region !== undefined && own !== undefined) {
    checkRepositorySettings(faults, `regionalRepositories["${region}"]`, own, facts);
  }
  const claimed = accountId ?? accountOfConfig(props.providerConfig ?? {});
  const claims =
    claimed === undefined || region === undefined
      ? new RegistryClaims()
      : RegistryClaims.copyOf([RegistryClaims.ofRegistry(fleet, claimed, region)]);
  checkDeclaration(
    faults,
    {
      upstreams: props.upstreams,
      // A region with an encryption of its own, or without templates, has nothing to do with the common key.
      repositories:
        own?.kmsKeyArn === undefined && own?.encryptionType === undefined && own?.creationTemplate !== false
          ? props.repositories
          : withoutKmsKey(props.repositories),
    },
    { facts, claims, cache: fleet.node.path, reservedIds: [PROVIDER_ID, BACKEND_ID] },
  );
}

/** Two stacks of one name would be written to one folder and keep one state. */
export function checkStackNames(
  faults: Faults,
  fleet: Construct,
  suffixes: readonly string[],
  backend: StateBackend | undefined,
): void {
  const stacks = stacksByName(fleet.node.root);
  for (const suffix of suffixes) {
    const name = stackName(fleet, suffix);
    checkNamesake(faults, name, stacks.get(name.toLowerCase())?.[0] ?? fleet.node.root.node.tryFindChild(name));
    backend?._checkStack?.(faults, "id", name);
  }
}

/** Records that another stack has the name of the one that holds a fleet's policies. */
export function checkPolicyStack(faults: Faults, fleet: Construct): void {
  const name = stackName(fleet, POLICY_STACK);
  const [namesake] = stacksByName(fleet.node.root).get(name.toLowerCase()) ?? [];
  if (namesake !== undefined) {
    const way = `rename the stack ${namesake.node.path}: the policies have one of that name`;
    faults.add("pullPolicyArn", "find the name of its stack free", name, way);
  }
}

/** A stack that was made after the fleet may have taken the name of one of its own. */
export function namesakeFaults(own: readonly TerraformStack[]): string[] {
  const faults = new Faults();
  const stacks = stacksByName(own[0]?.node.root);
  for (const stack of own) {
    const namesakes = stacks.get(stack.node.id.toLowerCase()) ?? [];
    checkNamesake(
      faults,
      stack.node.id,
      namesakes.find((namesake) => namesake !== stack),
    );
  }
  return faults.list();
}

function checkNamesake(faults: Faults, name: string, namesake: IConstruct | undefined): void {
  if (namesake !== undefined) {
    const way = `choose another id: the stack ${namesake.node.path} is written to the same folder`;
    faults.add("id", "give every stack of the app a name of its own, on any file system", name, way);
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
function checkRegions(faults: Faults, regions: unknown): string[] {
  if (!Array.isArray(regions) || regions.length === 0) {
    faults.add("regions", "be a list of at least one region", regions, "say where to cache");
    return [];
  }
  const checked: string[] = [];
  for (const [index, region] of (regions as unknown[]).entries()) {
    const prop = `regions[${index}]`;
    if (isUnknown(region)) {
      faults.add(prop, "be known at synth", region, "stacks are named after regions: give a literal");
    } else if (faults.checkString(prop, region, REGION, "give the region, not one of its zones")) {
      if (checked.includes(region as string)) {
        faults.add(prop, "be a region given once", region, "leave out the second one");
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
