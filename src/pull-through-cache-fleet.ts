import { IamPolicy } from "@cdktf/provider-aws/lib/iam-policy";
import { AwsProvider } from "@cdktf/provider-aws/lib/provider";
import type { AwsProviderConfig } from "@cdktf/provider-aws/lib/provider";
import { Lazy, TerraformStack } from "cdktf";
import { Construct } from "constructs";
import type { IConstruct } from "constructs";
import { ACCOUNT_ID, REGION, dnsSuffixOf, partitionOf } from "./private/aws-geography";
import { checkDeclaration } from "./private/check-declaration";
import { constructId } from "./private/construct-id";
import { Faults, fail, follows } from "./private/faults";
import type { Rule } from "./private/faults";
import { policyDocument } from "./private/policy-document";
import { checkPullOptions, copyPullOptions } from "./private/pull-options";
import { pullStatements } from "./private/pull-policy";
import type { PullGrant } from "./private/pull-policy";
import { RegistryClaims } from "./private/registry-claims";
import { ROOT, withoutTrailingSlash } from "./private/repository-path";
import { checkRepositorySettings, mergeSettings } from "./private/repository-template";
import { Withheld, looksLikeAToken } from "./private/secrecy";
import { isUnknown, resolved } from "./private/unknown-values";
import { PullThroughCache } from "./pull-through-cache";
import type { PullPolicyOptions } from "./pull-through-cache";
import type { RepositorySettings } from "./repository-settings";
import { StateBackend } from "./state-backend";
import type { Upstream } from "./upstream";

/** The same caches in many regions of one account. */
export interface PullThroughCacheFleetProps {
  /** The regions, each once. */
  readonly regions: string[];
  /** The registries to cache, under the same prefixes in every region. */
  readonly upstreams: Upstream[];
  /**
   * How the repositories look that ECR creates for the cached images.
   * @default - as for `PullThroughCache`
   */
  readonly repositories?: RepositorySettings;
  /**
   * What differs from `repositories` in a region, by its name: a KMS key, for example, which is always one region's
   * own.
   * @default - the same everywhere
   */
  readonly regionalRepositories?: { readonly [region: string]: RepositorySettings };
  /**
   * The account ID; may be a token. When given, Terraform refuses to run a stack with credentials of another account.
   * @default - the account of the credentials that Terraform runs with
   */
  readonly accountId?: string;
  /**
   * Where the states are kept.
   * @default StateBackend.local()
   */
  readonly backend?: StateBackend;
  /**
   * Configuration of every stack's AWS provider, without `region` and `alias`: a role to assume, default tags and so
   * on.
   * @default - Terraform's own credentials
   */
  readonly providerConfig?: AwsProviderConfig;
}

/** A stack that waits for every region. */
export interface StackAfterAllOptions {
  /** The region of its AWS provider; it need not be one of the fleet's. */
  readonly region: string;
}

const PROPS: readonly string[] = [
  "regions",
  "upstreams",
  "repositories",
  "regionalRepositories",
  "accountId",
  "backend",
  "providerConfig",
] satisfies (keyof PullThroughCacheFleetProps)[];

// What each stack of a fleet holds beside the cache.
const PROVIDER_ID = "aws";
const BACKEND_ID = "backend";

// The stack that holds what is of no region.
const POLICY_STACK = "iam";

// https://docs.aws.amazon.com/IAM/latest/APIReference/API_CreatePolicy.html
const POLICY_NAME: Rule = {
  pattern: /^[\w+=,.@-]+$/,
  maxLength: 128,
  words: "make a policy's name with that of the fleet: up to 128 letters, digits and _+=,.@-",
};
const MAX_POLICY = 6144;

const STACK_NAME: Rule = {
  pattern: /^[A-Za-z0-9][A-Za-z0-9._-]*$/,
  maxLength: 128,
  words: "be letters, digits, dots, underscores and hyphens, since stacks, folders and states are named after it",
};

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
  private readonly stacks: TerraformStack[] = [];
  private readonly stacksAfterAll: TerraformStack[] = [];
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
      providerConfig: { ...props.providerConfig },
    };
    for (const region of props.regions) {
      this.caches.set(region, this.createCache(region));
    }
    // cdktf validates stacks, not what stands beside them: one of them speaks for the fleet.
    this.stacks[0]?.node.addValidation({ validate: () => namesakeFaults(this.stacks) });
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
  public stackAfterAll(id: string, options: StackAfterAllOptions): TerraformStack {
    const faults = new Faults();
    checkName(faults, id, "give the stack a name");
    faults.checkKeys(
      "",
      { ...options },
      ["region"] satisfies (keyof StackAfterAllOptions)[],
      "an option of a stack after all",
    );
    faults.checkString("region", { ...options }.region, REGION, "give the region of the stack's provider");
    checkStackNames(faults, this, [id], this.props.backend);
    faults.throwIfAny(this.node.path);
    const stack = this.createStack(id, options.region);
    this.regions.forEach((region) => stack.addDependency(this.stackIn(region)));
    if (this.policyStack !== undefined) {
      stack.addDependency(this.policyStack);
    }
    this.stacksAfterAll.push(stack);
    return stack;
  }

  /**
   * The ARN of a managed policy that lets whoever it is attached to pull through the caches of all regions: for roles that
   * other software makes, like those of the Elastio Cloud Connector, whose stack takes such ARNs as its parameter
   * `globalManagedPolicies`.
   *
   * The first one makes a stack named `<id of the fleet>-iam`, which holds the policies, since IAM is of no region, and
   * which is deployed before the stacks after all. The same id gives the same policy again.
   *
   * Throws unless the fleet has an `accountId`, which the ARN is made of: so any stack can name it before it is there.
   *
   * @param id last part of the policy's name, `<id of the fleet>-<id>`
   * @param options what of the caches may be pulled
   * @see https://docs.aws.amazon.com/AmazonECR/latest/userguide/pull-through-cache-iam.html
   */
  public pullPolicyArn(id: string, options: PullPolicyOptions = {}): string {
    const name = `${this.node.id}-${String(id)}`;
    const { accountId } = this.props;
    const faults = new Faults();
    faults.checkString("id", isUnknown(id) ? "" : name, POLICY_NAME, "give the policy a short name of its own");
    checkPullOptions(faults, options, this.prefixes());
    if (accountId === undefined) {
      const way = "give the fleet its account: the policy's ARN is made of it";
      faults.add("accountId", "be given to a fleet with a pull policy", accountId, way);
    }
    const partitions = new Set(this.regions.map(partitionOf));
    if (partitions.size > 1) {
      faults.add(
        "regions",
        "be of one partition",
        [...partitions],
        "make a fleet for each: a policy holds in one only",
      );
    }
    const former = this.pullPolicies.get(id);
    if (former !== undefined && JSON.stringify(former) !== JSON.stringify(options)) {
      faults.add("id", "be that of one policy with the same options", id, "give another policy another id");
    }
    if (former === undefined && this.policyStack === undefined) {
      checkStackNames(faults, this, [POLICY_STACK], this.props.backend);
    }
    faults.throwIfAny(this.node.path);
    if (former === undefined) {
      this.pullPolicies.set(id, copyPullOptions(options));
      this.createPullPolicy(id, name);
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
    const faults = new Faults();
    if (typeof prefix !== "string") {
      faults.add("prefix", "be a string", prefix, "give the prefix of an upstream");
      faults.throwIfAny(this.node.path);
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
      const way = `software that fills in the region by itself asks in each: add the upstream in ${lacking.join(", ")}`;
      faults.add("prefix", "be that of an upstream in every region of the fleet", prefix, way);
    }
    const suffixes = new Set(this.regions.map((region) => dnsSuffixOf(partitionOf(region)) ?? ""));
    const [suffix = ""] = suffixes;
    if (suffixes.size > 1) {
      const way = "make a fleet for each partition: one text cannot name the registries of several";
      faults.add("regions", "be of one DNS suffix", [...suffixes], way);
    }
    if (new Set(registries.values()).size > 1) {
      const got = [...registries].map(([region, registry]) => `${registry} in ${region}`);
      faults.add("prefix", "lead to the same registry in every region", got, "give one of them another prefix");
    }
    faults.throwIfAny(this.node.path);
    const host = `{{account_id}}.dkr.ecr.{{region}}.${suffix}`;
    return key === ROOT ? host : `${host}/${key}`;
  }

  private createCache(region: string): PullThroughCache {
    const { upstreams, repositories, regionalRepositories, accountId } = this.props;
    // cdktf leaves this id out of addresses: in a stack of the cache's own they are as short as its prefixes.
    return new PullThroughCache(this.createStack(region, region), "Default", {
      upstreams,
      repositories: mergeSettings(repositories, regionalRepositories?.[region]),
      accountId,
    });
  }

  /** All prefixes, in whatever regions they are. */
  private prefixes(): string[] {
    const all = [...this.caches.values()].flatMap((cache) => cache.upstreams.map(({ prefix }) => prefix));
    return [...new Set(all.map(withoutTrailingSlash))];
  }

  private createPullPolicy(id: string, name: string): void {
    if (this.policyStack === undefined) {
      const [region = ""] = this.regions;
      const stack = (this.policyStack = this.createStack(POLICY_STACK, region));
      this.stacksAfterAll.forEach((later) => later.addDependency(stack));
    }
    // The caches are asked at synth, since upstreams may still be added.
    const document = (): string => policyDocument(...pullStatements(this.pullGrants(this.pullPolicies.get(id))));
    const policy = new IamPolicy(this.policyStack, constructId(id), {
      name,
      description: `Lets pull through the caches of ${this.node.id}`,
      policy: Lazy.stringValue({ produce: document }),
    });
    policy.node.addValidation({ validate: () => tooLong(document()) });
  }

  private pullGrants(options: PullPolicyOptions = {}): PullGrant[] {
    return [...this.caches.values()].flatMap((cache) => {
      const own = cache.upstreams.map(({ prefix }) => withoutTrailingSlash(prefix));
      const prefixes = options.prefixes?.filter((prefix) => own.includes(withoutTrailingSlash(prefix)));
      return prefixes?.length === 0 ? [] : [cache._pullGrant({ ...options, prefixes })];
    });
  }

  private createStack(suffix: string, region: string): TerraformStack {
    const { accountId, backend, providerConfig } = this.props;
    // In the app itself: cdktf's CLI knows stacks by their ids, and what they depend on by paths. It deploys nothing
    // where the two differ.
    const stack = new TerraformStack(this.node.root, stackName(this, suffix));
    this.stacks.push(stack);
    new AwsProvider(stack, PROVIDER_ID, {
      ...(accountId === undefined || providerConfig?.skipRequestingAccountId === true
        ? {}
        : { allowedAccountIds: [accountId] }),
      ...providerConfig,
      region,
    });
    backend?._attach(stack);
    stack.node.addValidation({ validate: () => secretFaults(stack, providerConfig) });
    return stack;
  }
}

/** https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html */
function tooLong(policy: string): string[] {
  const faults = new Faults();
  if (policy.length > MAX_POLICY) {
    const way = "make several, each for some of the `prefixes`";
    faults.add("pullPolicyArn", `make a policy of at most ${MAX_POLICY} characters`, policy.length, way);
  }
  return faults.list();
}

/** What an upstream leads to, in words that differ where that does. */
function registryOf({ _spec: { kind, host, privateEcr } }: Upstream): string {
  if (privateEcr === undefined) {
    return [kind, host].join(" ").trim();
  }
  const { accountId = "its own account", region, upstreamRepositoryPrefix = ROOT } = privateEcr;
  return `${upstreamRepositoryPrefix} of ${accountId} in ${region}`;
}

function stackName(fleet: Construct, suffix: string): string {
  return `${fleet.node.id}-${suffix}`;
}

function checkName(faults: Faults, id: unknown, wayOut: string): void {
  if (!follows(id, STACK_NAME)) {
    faults.add("id", STACK_NAME.words, id, wayOut);
  }
}

function checkFleet(fleet: Construct, props: PullThroughCacheFleetProps): void {
  const faults = new Faults();
  faults.checkKeys("", props, PROPS, "a property of a fleet");
  checkName(faults, fleet.node.id, "give the fleet a name");
  const enclosing = fleet.node.scopes.find((scope) => TerraformStack.isStack(scope));
  if (enclosing !== undefined) {
    const way = "give the app: the fleet makes its own stacks";
    faults.add("scope", "be outside of any stack", enclosing.node.path, way);
  }
  if (props.accountId !== undefined) {
    faults.checkString("accountId", props.accountId, ACCOUNT_ID, "give it as a string with its leading zeros");
  }
  checkProviderConfig(faults, props);
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
  const claims =
    accountId === undefined || region === undefined
      ? new RegistryClaims()
      : RegistryClaims.ofRegistry(fleet, accountId, region).copy();
  checkDeclaration(
    faults,
    {
      upstreams: props.upstreams,
      // A region that has a key of its own, or no templates, has nothing to do with the common key.
      repositories:
        own?.kmsKeyArn === undefined && own?.creationTemplate !== false
          ? props.repositories
          : withoutKmsKey(props.repositories),
    },
    { facts, claims, cache: fleet.node.path, reservedIds: [PROVIDER_ID, BACKEND_ID] },
  );
}

/** Two stacks of one name would be written to one folder and keep one state. */
function checkStackNames(
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

/** A stack that was made after the fleet may have taken the name of one of its own. */
function namesakeFaults(own: readonly TerraformStack[]): string[] {
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

/** What tokens of cdktf stand for is known when the app is synthesized: a literal secret in one is still a literal. */
function secretFaults(stack: TerraformStack, providerConfig: AwsProviderConfig | undefined): string[] {
  const faults = new Faults();
  checkSecrets(faults, resolved(stack, pickSecrets(providerConfig ?? {})));
  return faults.list();
}

function pickSecrets(config: AwsProviderConfig): { readonly [name: string]: unknown } {
  const { accessKey, secretKey, token, assumeRoleWithWebIdentity } = config;
  const identities = Array.isArray(assumeRoleWithWebIdentity) ? assumeRoleWithWebIdentity : [];
  return {
    accessKey,
    secretKey,
    token,
    ...Object.fromEntries(
      identities.map((identity, index) => [
        `assumeRoleWithWebIdentity[${index}].webIdentityToken`,
        identity.webIdentityToken,
      ]),
    ),
  };
}

function checkSecrets(faults: Faults, secrets: { readonly [name: string]: unknown }): void {
  for (const [name, value] of Object.entries(secrets)) {
    if (value !== undefined && !isUnknown(value)) {
      const way =
        "leave it to the environment of Terraform, to `profile` or to `assumeRole`: the JSON is no place for it";
      faults.add(`providerConfig.${name}`, "not be a literal", Withheld.of(value), way);
    }
  }
}

function checkProviderConfig(faults: Faults, props: PullThroughCacheFleetProps): void {
  const { accountId } = props;
  const providerConfig = props.providerConfig ?? {};
  for (const name of ["region", "alias"] as const) {
    if (providerConfig[name] !== undefined) {
      const way = "each stack's provider has its own";
      faults.add(`providerConfig.${name}`, "not be given", providerConfig[name], way);
    }
  }
  checkSecrets(faults, pickSecrets(providerConfig));
  for (const name of ["httpProxy", "httpsProxy"] as const) {
    const proxy = providerConfig[name];
    if (proxy !== undefined && looksLikeAToken(proxy)) {
      const way = "leave the proxy to the environment, as HTTP_PROXY and HTTPS_PROXY";
      faults.add(`providerConfig.${name}`, "have no password in it", Withheld.of(proxy), way);
    }
  }
  for (const name of ["allowedAccountIds", "forbiddenAccountIds"] as const) {
    if (accountId !== undefined && providerConfig[name] !== undefined) {
      const way = "leave one of them out: `accountId` is the only account allowed";
      faults.add(`providerConfig.${name}`, "not be given beside `accountId`", providerConfig[name], way);
    }
  }
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
