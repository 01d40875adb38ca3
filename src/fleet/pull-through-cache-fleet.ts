import { IamPolicy } from "@cdktf/provider-aws/lib/iam-policy";
import { AwsProvider } from "@cdktf/provider-aws/lib/provider";
import { App, Lazy, TerraformStack } from "cdktf";
import { Construct } from "constructs";
import { REGION_NAME, dnsSuffixOf, partitionOf } from "../aws/partitions";
import { MANAGED_POLICY, MAX_MANAGED_POLICY, policyDocument, policyLength } from "../aws/policy-document";
import type { PolicyStatement } from "../aws/policy-document";
import { PROVIDER_VERSIONS } from "../aws/provider-versions";
import { pullStatements } from "../cache/pull-policy";
import type { PullGrant, PullPolicyOptions } from "../cache/pull-policy";
import { checkPullOptions, copyPullOptions, isSameChoice } from "../cache/pull-policy-checks";
import { PullThroughCache } from "../cache/pull-through-cache";
import { withoutTrailingSlash } from "../cache/repository-path";
import { mergeSettings } from "../cache/repository-template";
import { FLEET_POLICY_NAME, ROOT } from "../cache/rules";
import type { Upstream } from "../cache/upstream";
import { constructId } from "../terraform/construct-id";
import { isUnresolved } from "../terraform/tokens";
import { deepCopy } from "../validation/plain-object";
import type { AllKeys } from "../validation/rule";
import { ValidationErrors, fail } from "../validation/validation-errors";
import { checkFleet, checkName, checkPolicyStack, checkStackNames, namesakeErrors } from "./fleet-checks";
import type { FleetManifest } from "./fleet-manifest";
import { literalSecrets } from "./provider-config-checks";
import type { PullThroughCacheFleetProps, FinalStackOptions } from "./pull-through-cache-fleet-props";
import { POLICY_STACK, PROVIDER_ID, stackName, stagesOf } from "./stages";
import type { FleetStackInfo } from "./stages";
import { StateBackend } from "./state-backend";

/**
 * The same pull-through caches in many regions: one stack per region, named `<id>-<region>`, each with a provider and a
 * state of its own.
 *
 * Regions are then planned, applied and rolled back alone, one after the other or as parallel jobs, and Terraform never
 * runs more than one provider process at a time. The stacks are children of the app, and `cdktf deploy '*'` applies
 * them all. A region that is taken out of
 * `regions` is not destroyed by that: destroy its stack first.
 *
 * Everything that is wrong with the declaration is reported by one error before the first stack is created.
 */
export class PullThroughCacheFleet extends Construct {
  private readonly props: PullThroughCacheFleetProps;
  private readonly caches = new Map<string, PullThroughCache>();
  private readonly stacks = new Map<TerraformStack, FleetStackInfo>();
  private readonly pullPolicies = new Map<string, PullPolicyOptions>();
  private policyStack: TerraformStack | undefined;

  /**
   * @param scope the app
   * @param id first part of the names of the stacks, and so of their states
   * @param props what to cache where
   */
  public constructor(scope: Construct, id: string, props: PullThroughCacheFleetProps) {
    super(scope, id);
    checkFleet(this, { ...props });
    this.props = {
      ...props,
      backend: props.backend ?? StateBackend.local(),
      providerConfig: deepCopy(props.providerConfig ?? {}),
      providerVersion: props.providerVersion ?? PROVIDER_VERSIONS,
    };
    for (const region of props.regions) {
      this.caches.set(region, this.createCache(region));
    }
    // cdktf validates stacks, not what stands beside them: one of them speaks for the fleet.
    const [first] = this.stacks.keys();
    first?.node.addValidation({ validate: () => namesakeErrors([...this.stacks.keys()]) });
  }

  /** The regions, in the order in which they were given. */
  public get regions(): string[] {
    return [...this.caches.keys()];
  }

  /** The stack of a region, to add resources of your own to. Throws for a region the fleet is not in. */
  public stackIn(region: string): TerraformStack {
    return TerraformStack.of(this.cacheIn(region));
  }

  /** The cache of a region. Throws for a region the fleet is not in. */
  public cacheIn(region: string): PullThroughCache {
    return (
      this.caches.get(region) ??
      fail(this.node.path, "region", `be one of ${this.regions.join(", ")}`, region, "add it to the fleet's `regions`")
    );
  }

  /**
   * Creates a stack named `<id of the fleet>-<id>` with a provider and a state like the regional ones, which is
   * deployed after all of them: for what must not change before every region has its cache.
   */
  public addFinalStack(id: string, options: FinalStackOptions): TerraformStack {
    const errors = new ValidationErrors();
    checkName(errors, id, "give the stack a name");
    errors.checkKeys(
      "",
      { ...options },
      Object.keys({ region: true } satisfies AllKeys<FinalStackOptions>),
      "an option of a stack after all",
    );
    errors.checkString("region", { ...options }.region, REGION_NAME, "give the region of the stack's provider");
    checkStackNames(errors, this, [id], this.props.backend);
    errors.throwIfAny(this.node.path);
    const stack = this.createStack(id, { region: options.region, regional: false });
    this.regions.forEach((region) => stack.addDependency(this.stackIn(region)));
    if (this.policyStack !== undefined) {
      stack.addDependency(this.policyStack);
    }
    return stack;
  }

  /**
   * The ARN of a managed policy that lets whoever it is attached to pull through the caches of all regions: for roles that
   * other software makes, like those of the Elastio Cloud Connector, whose stack takes such ARNs as its parameter
   * `globalManagedPolicies`.
   *
   * The first one makes a stack named `<id of the fleet>-iam`, which holds the policies, since IAM is of no region, and
   * which `cdktf deploy` applies before all others of the fleet. The same id gives the same policy again.
   *
   * Throws unless the fleet has an `accountId`, which the ARN is made of: so any stack can name it before it is there.
   *
   * @param id last part of the policy's name, `<id of the fleet>-<id>`
   * @param options what of the caches may be pulled
   * @see https://docs.aws.amazon.com/AmazonECR/latest/userguide/pull-through-cache-iam.html
   */
  public addPullPolicy(id: string, options: PullPolicyOptions = {}): string {
    const { accountId } = this.props;
    const errors = new ValidationErrors();
    const isName = typeof id === "string" && id !== "" && !isUnresolved(id);
    const name = `${this.node.id}-${isName ? id : ""}`;
    errors.checkString("id", isName ? name : "", FLEET_POLICY_NAME, "give the policy a short name of its own");
    checkPullOptions(errors, options, this.prefixes());
    if (accountId === undefined) {
      const hint = "give the fleet its account: the policy's ARN is made of it";
      errors.add("accountId", "be given to a fleet with a pull policy", accountId, hint);
    }
    const partitions = new Set(this.regions.map(partitionOf));
    if (partitions.size > 1) {
      errors.add(
        "regions",
        "be of one partition",
        [...partitions],
        "make a fleet for each: a policy holds in one only",
      );
    }
    // IAM does not tell names apart by case.
    const namesake = [...this.pullPolicies.keys()].find((other) => isName && other.toLowerCase() === id.toLowerCase());
    const former = namesake === id ? this.pullPolicies.get(id) : undefined;
    if (namesake !== undefined && (former === undefined || !isSameChoice(former, options))) {
      errors.add("id", "be that of one policy with the same options", id, "give another policy another id");
    }
    if (this.policyStack === undefined) {
      checkPolicyStack(errors, this);
    }
    errors.throwIfAny(this.node.path);
    if (former === undefined) {
      this.createPullPolicy(id, name, copyPullOptions(options));
    }
    return `arn:${[...partitions].join()}:iam::${accountId ?? ""}:policy/${name}`;
  }

  /**
   * What to pull from in every region, for software that fills in the account and the region by itself:
   * `{{account_id}}.dkr.ecr.{{region}}.<suffix>/<prefix>`, with these very braces. The Elastio Cloud Connector takes it as
   * its stack's parameter `ecrPublicPrefix`.
   *
   * Throws unless the caches of all regions have an upstream of that prefix, and the same one, and all regions are of one
   * DNS suffix.
   *
   * @param prefix the prefix of an upstream
   */
  public templatedRepositoryUri(prefix: string): string {
    const errors = new ValidationErrors();
    if (typeof prefix !== "string") {
      errors.add("prefix", "be a string", prefix, "give the prefix of an upstream");
      errors.throwIfAny(this.node.path);
    }
    const key = withoutTrailingSlash(prefix);
    const registries = new Map<string, string>();
    for (const [region, cache] of this.caches) {
      const upstream = cache.upstreams.find((candidate) => withoutTrailingSlash(candidate.prefix) === key);
      if (upstream !== undefined) {
        registries.set(region, registryOf(upstream));
      }
    }
    const lacking = this.regions.filter((region) => !registries.has(region));
    if (lacking.length > 0) {
      const hint = `software that fills in the region by itself asks in each: add the upstream in ${lacking.join(", ")}`;
      errors.add("prefix", "be that of an upstream in every region of the fleet", prefix, hint);
    }
    const suffixes = new Set(this.regions.map((region) => dnsSuffixOf(partitionOf(region)) ?? ""));
    const [suffix = ""] = suffixes;
    if (suffixes.size > 1) {
      const hint = "make a fleet for each partition: one text cannot name the registries of several";
      errors.add("regions", "be of one DNS suffix", [...suffixes], hint);
    }
    if (new Set(registries.values()).size > 1) {
      const got = [...registries].map(([region, registry]) => `${registry} in ${region}`);
      errors.add("prefix", "lead to the same registry in every region", got, "give one of them another prefix");
    }
    errors.throwIfAny(this.node.path);
    const host = `{{account_id}}.dkr.ecr.{{region}}.${suffix}`;
    return key === ROOT ? host : `${host}/${key}`;
  }

  /**
   * The stacks of the fleet as a pipeline applies them, one stage after the other: that of its policies first, those of the
   * regions side by side, and those that wait for all of them last. What `addDependency` and references between stacks
   * add is in it, and so are other stacks of the app that one of the fleet waits for. It is plain data, without tokens and
   * the same on every machine: write it beside the stacks with `JSON.stringify`.
   *
   * Call it after `app.synth()`, when nothing can be added any more. It throws as long as one of the stacks has not been
   * written.
   */
  public manifest(): FleetManifest {
    return { stages: stagesOf(this.node.path, App.of(this), this.stacks) };
  }

  private createCache(region: string): PullThroughCache {
    const {
      upstreams,
      repositorySettings: repositories,
      repositorySettingsByRegion: repositorySettingsByRegion,
      accountId,
    } = this.props;
    // cdktf leaves this id out of addresses: in a stack of the cache's own they are as short as its prefixes.
    return new PullThroughCache(this.createStack(region, { region, regional: true }), "Default", {
      upstreams,
      repositorySettings: mergeSettings(repositories, repositorySettingsByRegion?.[region]),
      accountId,
    });
  }

  /** All prefixes, in whatever regions they are. */
  private prefixes(): string[] {
    const all = [...this.caches.values()].flatMap((cache) => cache.upstreams.map(({ prefix }) => prefix));
    return [...new Set(all.map(withoutTrailingSlash))];
  }

  private createPullPolicy(id: string, name: string, options: PullPolicyOptions): void {
    if (this.policyStack === undefined) {
      const [region = ""] = this.regions;
      const others = [...this.stacks.keys()];
      const stack = this.createStack(POLICY_STACK, { region, regional: false });
      // Whatever of the fleet attaches a policy finds it.
      others.forEach((other) => other.addDependency(stack));
      this.policyStack = stack;
    }
    // The caches are asked at synth, since upstreams may still be added.
    const statements = (): PolicyStatement[] => pullStatements(this.pullGrants(options));
    const policy = new IamPolicy(this.policyStack, `policy-${constructId(id)}`, {
      name,
      description: `Lets pull through the caches of ${this.node.id}`,
      policy: Lazy.stringValue({ produce: () => policyDocument(...statements()) }),
    });
    policy.node.addValidation({ validate: () => tooLong(policyLength(...statements())) });
    this.pullPolicies.set(id, options);
  }

  private pullGrants(options: PullPolicyOptions = {}): PullGrant[] {
    return [...this.caches.values()].flatMap((cache) => {
      const own = cache.upstreams.map(({ prefix }) => withoutTrailingSlash(prefix));
      const prefixes = options.prefixes?.filter((prefix) => own.includes(withoutTrailingSlash(prefix)));
      return prefixes?.length === 0 ? [] : [cache._pullGrant({ ...options, prefixes })];
    });
  }

  private createStack(suffix: string, location: FleetStackInfo): TerraformStack {
    const { accountId, backend, providerConfig, providerVersion } = this.props;
    // In the app itself: cdktf's CLI knows stacks by their ids, and what they depend on by paths. It deploys nothing
    // where the two differ.
    const stack = new TerraformStack(this.node.root, stackName(this, suffix));
    this.stacks.set(stack, location);
    new AwsProvider(stack, PROVIDER_ID, {
      ...(accountId === undefined || providerConfig?.skipRequestingAccountId === true
        ? {}
        : { allowedAccountIds: [accountId] }),
      ...providerConfig,
      region: location.region,
    });
    // The provider's class requires the one version that it was generated from, which a lock file may not have.
    stack.addOverride("terraform.required_providers.aws.version", providerVersion);
    backend?._attach(stack);
    stack.node.addValidation({ validate: () => literalSecrets(stack, providerConfig ?? {}) });
    return stack;
  }
}

function tooLong(length: number): string[] {
  const errors = new ValidationErrors();
  if (length > MAX_MANAGED_POLICY) {
    const hint = "make several, each for some of the `prefixes`";
    errors.add("pullPolicyArn", MANAGED_POLICY, length, hint);
  }
  return errors.list();
}

/** What an upstream leads to, in words that differ where that does. */
function registryOf({ _spec: { kind, host, privateEcr } }: Upstream): string {
  if (privateEcr === undefined) {
    return [kind, host].join(" ").trim();
  }
  const { accountId = "its own account", region, upstreamRepositoryPrefix = ROOT } = privateEcr;
  return `${upstreamRepositoryPrefix} of ${accountId} in ${region}`;
}
