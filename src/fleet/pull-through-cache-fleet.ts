import { IamPolicy } from "@cdktf/provider-aws/lib/iam-policy";
import { AwsProvider } from "@cdktf/provider-aws/lib/provider";
import { App, Lazy, TerraformStack } from "cdktf";
import { Construct } from "constructs";
import { dnsSuffixOf, partitionOf } from "../aws/partitions";
import { MAX_MANAGED_POLICY, policyDocument, policyLength } from "../aws/policy-document";
import type { PolicyStatement } from "../aws/policy-statement";
import type { AllowPullOptions } from "../cache/allow-pull-options";
import { markAsChecked } from "../cache/cache-checks";
import { pullStatements } from "../cache/pull-policy";
import type { PullPolicyOptions } from "../cache/pull-policy";
import { checkPullChoice, checkPullOptions, copyPullOptions, isSameChoice } from "../cache/pull-policy-checks";
import { PullThroughCache } from "../cache/pull-through-cache";
import type { PullThroughCacheProps } from "../cache/pull-through-cache-props";
import { mergeSettings } from "../cache/repository-template";
import { ALLOW_PULL_RULES } from "../cache/rules";
import type { Upstream } from "../cache/upstream";
import { ROOT, withoutTrailingSlash } from "../image/repository-path";
import { constructId } from "../terraform/construct-id";
import { isUnresolved } from "../terraform/tokens";
import { isPlainObject } from "../validation/plain-object";
import { propsOf } from "../validation/props-of";
import { ValidationErrors, fail } from "../validation/validation-errors";
import { checkFinalStack, checkFleet, checkPolicyStack, leaveTree, namesakeErrors } from "./fleet-checks";
import { FleetLayout } from "./fleet-layout";
import type { FleetManifest } from "./fleet-manifest";
import { literalSecrets } from "./provider-config-checks";
import type { FinalStackOptions, FleetPullPolicy, PullThroughCacheFleetProps } from "./pull-through-cache-fleet-props";
import {
  FLEET_METHOD_RULES,
  FLEET_POLICY_NAME,
  PULL_POLICY_RULES,
  REGISTRY_MAP_RULES,
  TEMPLATED_URI_RULES,
  providerVersions,
} from "./rules";
import { ALL_REGIONS_STACK, POLICY_STACK, PROVIDER_ID, stackName, stagesOf } from "./stages";
import type { FleetStackInfo } from "./stages";
import { StateBackend } from "./state-backend";

/**
 * The same pull-through caches in many regions: by default one stack per region, named `<id>-<region>`, with its own AWS
 * provider and its own state.
 *
 * Each region is planned, applied and rolled back separately, one after the other or in parallel jobs, and each run of
 * Terraform starts one provider process. The stacks are children of the app; `cdktf deploy '*'` applies all of them.
 * If you remove a region from `regions`, Terraform does not destroy its resources: destroy its stack first.
 *
 * With `layout: FleetLayout.ONE_STACK`, one stack named `<id>-regions` has the caches of all regions, with one provider
 * and one state. One apply changes all regions, so that pipelines cannot run regions in parallel, and the time of a plan
 * grows with their number. If AWS refuses a change in one region, the apply fails, the other regions keep what was
 * applied, and the next apply continues. If you remove a region from `regions`, the next apply destroys its resources.
 */
export class PullThroughCacheFleet extends Construct {
  private readonly props: PullThroughCacheFleetProps;
  private readonly caches = new Map<string, PullThroughCache>();
  private readonly stacks = new Map<TerraformStack, FleetStackInfo>();
  private readonly pullPolicies = new Map<string, PullPolicyOptions>();
  private policyStack: TerraformStack | undefined;

  /**
   * @param scope the app, or a construct outside of stacks
   * @param id first part of the names of the stacks and of their states: letters, digits, dots, underscores and hyphens
   * @param props the registries, the regions and the place of the states
   * @throws before it creates a stack, if the declaration has mistakes. One error lists all of them: unknown props;
   * props, upstreams, credentials or settings that break a rule on their pages; a scope in a stack; a name of a stack
   * that the app uses already; FleetLayout.ONE_STACK with `@cdktf/provider-aws` 20
   * @throws from `app.synth()`, if another stack of the app has the name of a stack of the fleet
   * @throws from `app.synth()`, if a token of `providerConfig` resolves to a literal that may be a secret
   * @throws from `app.synth()`, for the reasons that PullThroughCache lists, in any region
   */
  public constructor(scope: Construct, id: string, props: PullThroughCacheFleetProps) {
    super(scope, id);
    const copy = propsOf(this, props);
    checkFleet(this, copy);
    this.props = {
      ...copy,
      backend: copy.backend ?? StateBackend.local(),
      providerConfig: copy.providerConfig ?? {},
      providerVersion: copy.providerVersion ?? providerVersions(copy.layout),
    };
    this.createCaches();
    // cdktf validates stacks only, so the first stack validates for the fleet.
    const [first] = this.stacks.keys();
    first?.node.addValidation({ validate: () => namesakeErrors([...this.stacks.keys()]) });
    leaveTree(this);
  }

  /** The regions, in the order in which they were given. */
  public get regions(): string[] {
    return [...this.caches.keys()];
  }

  /**
   * The stack of a region, for resources of your own. With FleetLayout.ONE_STACK it is the same stack for all regions:
   * give each resource its own id and the argument `region`. Without the argument, it is in the first of `regions`.
   *
   * @param region the name of the region
   * @throws if the region is not one of the fleet's
   */
  public stackIn(region: string): TerraformStack {
    return TerraformStack.of(this.cacheIn(region));
  }

  /**
   * The cache of a region.
   *
   * @param region the name of the region
   * @throws if the region is not one of the fleet's
   */
  public cacheIn(region: string): PullThroughCache {
    const { requirement, hint } = FLEET_METHOD_RULES.region(this.regions);
    return this.caches.get(region) ?? fail(this.node.path, "region", requirement, region, hint);
  }

  /**
   * Creates a stack that waits for the stacks of all regions: for changes that need the cache of every region. The
   * stack is named `<id of the fleet>-<id>` and has an AWS provider and a state of its own, in each layout.
   *
   * @param id last part of the stack's name: up to 128 letters, digits, dots, underscores and hyphens, of which the
   * first is a letter or digit
   * @param options the region of the stack's AWS provider
   * @throws if the id has another form, if the app has a stack of that name, ignoring case, or if the backend cannot
   * have a state of that name
   * @throws if the region is missing or does not have the form of a region's name, or an option is unknown
   */
  public addFinalStack(id: string, options: FinalStackOptions): TerraformStack {
    const errors = new ValidationErrors();
    checkFinalStack(errors, this, id, options, this.props.backend);
    errors.throwIfAny(this.node.path);
    const stack = this.createStack(id, { region: options.region, regional: false });
    this.regions.forEach((region) => stack.addDependency(this.stackIn(region)));
    if (this.policyStack !== undefined) {
      stack.addDependency(this.policyStack);
    }
    return stack;
  }

  /**
   * Creates a managed policy that allows pulls through the caches of all regions, for roles that other software
   * creates: the stack of the Elastio Cloud Connector, for example, takes such ARNs as its parameter
   * `globalManagedPolicies`.
   *
   * The first policy creates a stack named `<id of the fleet>-iam` for all policies, in each layout, since IAM is the
   * same in all regions; `cdktf deploy` applies it before the other stacks of the fleet. The same id with the same
   * options returns an equal object and creates nothing.
   *
   * The ARN consists of the account and the name, so any stack can use it before the policy exists.
   *
   * @param id last part of the policy's name, `<id of the fleet>-<id>`: up to 128 letters, digits and `_+=,.@-` in
   * total
   * @param options the upstreams that the policy covers
   * @throws if the fleet has no `accountId`, or has regions of several partitions
   * @throws if the id is not valid, if another policy of the fleet has it with other options or in another case, or if
   * the app has a stack of the name `<id of the fleet>-iam` already
   * @throws if an option is unknown or has a wrong type, or no region has an upstream with one of the `prefixes`
   * @throws from `app.synth()`, if the policy exceeds the 6,144 characters that IAM allows
   * @see https://docs.aws.amazon.com/AmazonECR/latest/userguide/pull-through-cache-iam.html
   */
  public addPullPolicy(id: string, options: PullPolicyOptions = {}): FleetPullPolicy {
    const errors = new ValidationErrors();
    const isName = typeof id === "string" && id !== "" && !isUnresolved(id);
    const name = `${this.node.id}-${isName ? id : ""}`;
    errors.checkString("id", isName ? name : "", FLEET_POLICY_NAME);
    this.checkPullPolicy(errors, options);
    const namesake = [...this.pullPolicies.keys()].find((other) => isName && other.toLowerCase() === id.toLowerCase());
    const former = namesake === id ? this.pullPolicies.get(id) : undefined;
    if (namesake !== undefined && namesake !== id) {
      errors.addBroken("id", PULL_POLICY_RULES.uniqueName(namesake), id);
    } else if (former !== undefined && !isSameChoice(former, options)) {
      errors.addBroken("id", PULL_POLICY_RULES.sameOptions, id);
    }
    if (this.policyStack === undefined) {
      checkPolicyStack(errors, this);
    }
    errors.throwIfAny(this.node.path);
    if (former === undefined) {
      this.createPullPolicy(id, name, copyPullOptions(options));
    }
    const [partition = ""] = this.regions.map(partitionOf);
    return { policyArn: `arn:${partition}:iam::${this.props.accountId ?? ""}:policy/${name}` };
  }

  /**
   * The IAM policy that allows an identity to pull through the caches of all regions, as JSON text for a managed policy,
   * a permission set or any other tool. It includes upstreams that are added later. It names the account of the fleet,
   * so it is right for identities of any account; those of other accounts also need `allowPullFrom`.
   *
   * @param options the upstreams that the policy covers
   * @throws if the fleet has no `accountId`, or has regions of several partitions
   * @throws if an option is unknown or has a wrong type, or no region has an upstream with one of the `prefixes`
   */
  public pullPolicyJson(options: PullPolicyOptions = {}): string {
    const errors = new ValidationErrors();
    this.checkPullPolicy(errors, options);
    errors.throwIfAny(this.node.path);
    return this.pullPolicy(copyPullOptions(options));
  }

  /**
   * Allows identities of other accounts to pull through the caches of all regions, as `PullThroughCache.allowPullFrom`
   * does for one. Each region needs a RegistryPolicy in its stack, which `stackIn` returns; with FleetLayout.ONE_STACK
   * each RegistryPolicy needs its `region`. The policy for the other accounts is `pullPolicyJson`.
   *
   * @param options the other accounts, and the upstreams that they may pull from; a region without any of the
   * `prefixes` stays as it is
   * @throws before it creates or changes a resource, if no region has an upstream with one of the `prefixes`, or the
   * cache of a region would reject the options
   * @throws from `app.synth()`, for the reasons that `PullThroughCache.allowPullFrom` lists, in any region
   */
  public allowPullFrom(options: AllowPullOptions): void {
    const errors = new ValidationErrors();
    if (isPlainObject(options)) {
      checkPullChoice(errors, options, this.prefixes());
    } else {
      errors.addBroken("options", ALLOW_PULL_RULES.options, options);
    }
    errors.throwIfAny(this.node.path);
    const covering = [...this.caches.values()].flatMap((cache) => {
      const own = optionsIn(cache, options);
      return own === undefined ? [] : [[cache._internals.otherAccounts, own] as const];
    });
    covering.forEach(([otherAccounts, own]) => otherAccounts.check(errors, own));
    errors.throwIfAny(this.node.path);
    covering.forEach(([otherAccounts, own]) => otherAccounts.allow(own));
  }

  /**
   * The repository URI of a prefix for software that fills in the account and the region by itself:
   * `{{account_id}}.dkr.ecr.{{region}}.<suffix>/<prefix>`, with exactly these braces. The stack of the Elastio Cloud
   * Connector takes it as its parameter `ecrPublicPrefix`.
   *
   * @param prefix the prefix of an upstream, with or without a slash at its end
   * @throws if the prefix caches no registry in a region, or different registries in two regions
   * @throws if the regions have different DNS suffixes
   */
  public templatedRepositoryUri(prefix: string): string {
    const errors = new ValidationErrors();
    if (typeof prefix !== "string") {
      errors.addBroken("prefix", TEMPLATED_URI_RULES.text, prefix);
      errors.throwIfAny(this.node.path);
    }
    const key = withoutTrailingSlash(prefix);
    const registries = new Map<string, string>();
    for (const [region, cache] of this.caches) {
      const upstream = cache._internals.tryFindUpstream(key);
      if (upstream !== undefined) {
        registries.set(region, registryOf(upstream));
      }
    }
    const lacking = this.regions.filter((region) => !registries.has(region));
    if (lacking.length > 0) {
      errors.addBroken("prefix", TEMPLATED_URI_RULES.everywhere(lacking), prefix);
    }
    const suffixes = new Set(this.regions.map((region) => dnsSuffixOf(partitionOf(region)) ?? ""));
    const [suffix = ""] = suffixes;
    if (suffixes.size > 1) {
      errors.addBroken("regions", TEMPLATED_URI_RULES.dnsSuffix, [...suffixes]);
    }
    if (new Set(registries.values()).size > 1) {
      const got = [...registries].map(([region, registry]) => `${registry} in ${region}`);
      errors.addBroken("prefix", TEMPLATED_URI_RULES.sameRegistry, got);
    }
    errors.throwIfAny(this.node.path);
    const host = `{{account_id}}.dkr.ecr.{{region}}.${suffix}`;
    return key === ROOT ? host : `${host}/${key}`;
  }

  /**
   * The stacks of the fleet in the order in which a pipeline applies them: first the stack of the policies, then the
   * stacks of the regions in parallel, or the one stack of all regions, then the final stacks. It includes other stacks
   * of the app that a stack of the fleet waits for, by `addDependency` or by a reference. It is plain data without tokens
   * and the same on every machine: write it beside the stacks with `JSON.stringify`.
   *
   * @throws if you call it before `app.synth()`, since the stacks are not written yet
   */
  public manifest(): FleetManifest {
    return { stages: stagesOf(this.node.path, App.of(this), this.stacks) };
  }

  /**
   * The registry maps of all caches by their regions, as plain data without tokens: write it to `registry-map.json` beside
   * the stacks with `JSON.stringify`. The command `ecr-pull-through-cache` reads it, and so can other tools.
   *
   * @throws if the fleet has no `accountId`, or only Terraform knows the account or the region of a private registry
   * @see PullThroughCache.registryMap
   */
  public registryMaps(): { [region: string]: { [name: string]: string } } {
    const errors = new ValidationErrors();
    if (this.props.accountId === undefined || isUnresolved(this.props.accountId)) {
      errors.addBroken("accountId", REGISTRY_MAP_RULES.account, this.props.accountId);
    }
    errors.throwIfAny(this.node.path);
    const maps = [...this.caches].map(([region, cache]) => [region, cache.registryMap()] as const);
    const unknown = new Set(maps.flatMap(([, map]) => Object.keys(map)).filter(isUnresolved));
    if (unknown.size > 0) {
      errors.addBroken("upstreams", REGISTRY_MAP_RULES.literal, [...unknown]);
    }
    errors.throwIfAny(this.node.path);
    return Object.fromEntries(maps);
  }

  private createCaches(): void {
    const { regions, layout } = this.props;
    if (layout !== FleetLayout.ONE_STACK) {
      for (const region of regions) {
        const stack = this.createStack(region, { region, regional: true });
        // cdktf leaves the id Default out of addresses, so they begin with the prefix.
        this.caches.set(region, new PullThroughCache(stack, "Default", this.cacheProps(region)));
      }
      return;
    }
    const [first = ""] = regions;
    const stack = this.createStack(ALL_REGIONS_STACK, { region: first, regional: true });
    for (const region of regions) {
      // Also in the region of the provider, so that the order of the regions has no effect on a cache.
      this.caches.set(region, new PullThroughCache(stack, region, this.cacheProps(region, { region })));
    }
  }

  /** The props of the cache of a region, which have been checked. */
  private cacheProps(ofRegion: string, location: Pick<PullThroughCacheProps, "region"> = {}): PullThroughCacheProps {
    const { upstreams, repositorySettings, repositorySettingsByRegion, roleOptions, accountId } = this.props;
    return markAsChecked({
      ...location,
      upstreams,
      repositorySettings: mergeSettings(repositorySettings, repositorySettingsByRegion?.[ofRegion]),
      roleOptions,
      accountId,
    });
  }

  /** The prefixes of the caches of all regions. */
  private prefixes(): string[] {
    const all = [...this.caches.values()].flatMap(({ upstreams }) => upstreams.map(({ _spec }) => _spec.prefixKey));
    return [...new Set(all)];
  }

  private createPullPolicy(id: string, name: string, options: PullPolicyOptions): void {
    if (this.policyStack === undefined) {
      const [region = ""] = this.regions;
      const others = [...this.stacks.keys()];
      const stack = this.createStack(POLICY_STACK, { region, regional: false });
      // Any stack of the fleet may attach a policy.
      others.forEach((other) => other.addDependency(stack));
      this.policyStack = stack;
    }
    const policy = new IamPolicy(this.policyStack, `policy-${constructId(id)}`, {
      name,
      description: `Permission to pull through the caches of ${this.node.id}`,
      policy: this.pullPolicy(options),
    });
    policy.node.addValidation({ validate: () => tooLong(policyLength(...this.pullStatements(options))) });
    this.pullPolicies.set(id, options);
  }

  /** Adds the errors of one policy for all regions. */
  private checkPullPolicy(errors: ValidationErrors, options: PullPolicyOptions): void {
    checkPullOptions(errors, options, this.prefixes());
    if (this.props.accountId === undefined) {
      errors.addBroken("accountId", PULL_POLICY_RULES.account, undefined);
    }
    const partitions = new Set(this.regions.map(partitionOf));
    if (partitions.size > 1) {
      errors.addBroken("regions", PULL_POLICY_RULES.partition, [...partitions]);
    }
  }

  /** Rendered at synth, since upstreams may still be added. */
  private pullPolicy(options: PullPolicyOptions): string {
    return Lazy.stringValue({ produce: () => policyDocument(...this.pullStatements(options)) });
  }

  private pullStatements(options: PullPolicyOptions): PolicyStatement[] {
    const grants = [...this.caches.values()].flatMap((cache) => {
      const own = optionsIn(cache, options);
      return own === undefined ? [] : [cache._internals.pullGrant(own)];
    });
    return pullStatements(grants);
  }

  private createStack(suffix: string, info: FleetStackInfo): TerraformStack {
    const { accountId, backend, providerConfig, providerVersion } = this.props;
    // A child of the app: cdktf's CLI identifies stacks by their ids and dependencies by their paths, and deploys nothing
    // if the two differ.
    const stack = new TerraformStack(this.node.root, stackName(this, suffix));
    this.stacks.set(stack, info);
    new AwsProvider(stack, PROVIDER_ID, {
      ...(accountId === undefined || providerConfig?.skipRequestingAccountId === true
        ? {}
        : { allowedAccountIds: [accountId] }),
      ...providerConfig,
      region: info.region,
    });
    // The provider's class requires the version that it was generated from, which may differ from that of a lock file.
    stack.addOverride("terraform.required_providers.aws.version", providerVersion);
    backend?._attach(stack);
    stack.node.addValidation({ validate: () => literalSecrets(stack, providerConfig ?? {}) });
    return stack;
  }
}

/** Options with those prefixes that a cache has; undefined if it has none of them. */
function optionsIn<T extends PullPolicyOptions>(cache: PullThroughCache, options: T): T | undefined {
  const prefixes = options.prefixes?.filter((prefix) => cache._internals.tryFindUpstream(prefix) !== undefined);
  return prefixes?.length === 0 ? undefined : { ...options, prefixes };
}

function tooLong(length: number): string[] {
  const errors = new ValidationErrors();
  if (length > MAX_MANAGED_POLICY) {
    errors.addBroken("addPullPolicy", PULL_POLICY_RULES.length, length);
  }
  return errors.list();
}

/** A description of the registry that an upstream caches; different registries have different descriptions. */
function registryOf({ _spec: { kind, host, privateEcr } }: Upstream): string {
  if (privateEcr === undefined) {
    return [kind, host].join(" ").trim();
  }
  const { accountId = "its own account", region, upstreamRepositoryPrefix = ROOT } = privateEcr;
  return `${upstreamRepositoryPrefix} of ${accountId} in ${region}`;
}
