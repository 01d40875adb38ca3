import { AwsProvider } from "@cdktf/provider-aws/lib/provider";
import type { AwsProviderConfig } from "@cdktf/provider-aws/lib/provider";
import { TerraformStack, Token } from "cdktf";
import { Construct } from "constructs";
import { ACCOUNT_ID, REGION, partitionOf } from "./private/aws-geography";
import { checkDeclaration } from "./private/check-declaration";
import { Faults, fail } from "./private/faults";
import { RegistryClaims } from "./private/registry-claims";
import { checkRepositorySettings, mergeSettings } from "./private/repository-template";
import { PullThroughCache } from "./pull-through-cache";
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
   * What differs from `repositories` in a region, by its name: a KMS key, for example, which is always one region's own.
   * @default - the same everywhere
   */
  readonly regionalRepositories?: { readonly [region: string]: RepositorySettings };
  /**
   * The account ID. When given, no stack can be applied to another account.
   * @default - the account of the credentials that Terraform runs with
   */
  readonly accountId?: string;
  /**
   * Where the states are kept.
   * @default StateBackend.local()
   */
  readonly backend?: StateBackend;
  /**
   * Configuration of every stack's AWS provider, without `region` and `alias`: a role to assume, default tags and so on.
   * @default - Terraform's own credentials
   */
  readonly providerConfig?: AwsProviderConfig;
}

/** A stack that waits for every region. */
export interface StackAfterAllOptions {
  /** The region of its AWS provider; it need not be one of the fleet's. */
  readonly region: string;
}

/**
 * The same pull-through caches in many regions: one stack per region, named `<id>-<region>`, each with a provider and a state
 * of its own.
 *
 * Regions are then planned, applied and rolled back alone, one after the other or as parallel jobs, and Terraform never runs
 * more than one provider process at a time. `cdktf deploy '*'` applies them all.
 *
 * Everything that is wrong with the declaration is reported by one error before the first stack is created.
 */
export class PullThroughCacheFleet extends Construct {
  /** The regions, in the order in which they were given. */
  public readonly regions: string[];
  private readonly props: PullThroughCacheFleetProps;
  private readonly caches = new Map<string, PullThroughCache>();

  /**
   * @param scope the app
   * @param id first part of the names of the stacks, and so of their states
   * @param props what to cache where
   */
  public constructor(scope: Construct, id: string, props: PullThroughCacheFleetProps) {
    super(scope, id);
    checkFleet(this, props);
    this.props = { ...props };
    this.regions = [...props.regions];
    for (const region of this.regions) {
      this.caches.set(region, this.createCache(region));
    }
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
   * Creates a stack named `<id of the fleet>-<id>` with a provider and a state like the regional ones, which is deployed after
   * all of them: for what must not change before every region has its cache.
   */
  public stackAfterAll(id: string, options: StackAfterAllOptions): TerraformStack {
    const faults = new Faults();
    faults.checkString("region", options.region, REGION, "give the region of the stack's provider");
    faults.throwIfAny(`${this.node.path}/${this.node.id}-${id}`);
    const stack = this.createStack(id, options.region);
    this.regions.forEach((region) => stack.addDependency(this.stackIn(region)));
    return stack;
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

  private createStack(suffix: string, region: string): TerraformStack {
    const { accountId, backend, providerConfig } = this.props;
    const stack = new TerraformStack(this, `${this.node.id}-${suffix}`);
    new AwsProvider(stack, "aws", {
      ...(accountId === undefined || choosesAccounts(providerConfig) ? {} : { allowedAccountIds: [accountId] }),
      ...providerConfig,
      region,
    });
    (backend ?? StateBackend.local())._attach(stack);
    return stack;
  }
}

/** Whether a provider's configuration says itself which accounts it may touch, or may not ask. */
function choosesAccounts(config: AwsProviderConfig | undefined): boolean {
  return (
    config?.allowedAccountIds !== undefined ||
    config?.forbiddenAccountIds !== undefined ||
    config?.skipRequestingAccountId !== undefined
  );
}

function checkFleet(fleet: Construct, props: PullThroughCacheFleetProps): void {
  const faults = new Faults();
  const enclosing = fleet.node.scopes.find((scope) => TerraformStack.isStack(scope));
  if (enclosing !== undefined) {
    faults.add("scope", "be outside of any stack", enclosing.node.path, "give the app: the fleet makes its own stacks");
  }
  if (props.accountId !== undefined) {
    faults.checkString("accountId", props.accountId, ACCOUNT_ID, "give it as a string with its leading zeros");
  }
  for (const name of ["region", "alias"] as const) {
    if (props.providerConfig?.[name] !== undefined) {
      faults.add(
        `providerConfig.${name}`,
        "not be given",
        props.providerConfig[name],
        "each stack's provider has its own",
      );
    }
  }
  (props.backend ?? StateBackend.local())._check(faults);
  const regions = checkRegions(faults, props.regions);
  for (const region of Object.keys(props.regionalRepositories ?? {})) {
    if (!regions.includes(region)) {
      faults.add(
        "regionalRepositories",
        "name regions of the fleet only",
        region,
        "add the region or leave it out here",
      );
    }
  }
  // Without a region that can be checked, the rest of the declaration still is.
  for (const region of regions.length === 0 ? [undefined] : regions) {
    const partition = region === undefined ? undefined : partitionOf(region);
    const facts = { accountId: literal(props.accountId), region, partition };
    const own = region === undefined ? undefined : props.regionalRepositories?.[region];
    if (own !== undefined) {
      checkRepositorySettings(faults, `regionalRepositories["${region}"]`, own, facts);
    }
    const repositories = own?.kmsKeyArn === undefined ? props.repositories : withoutKmsKey(props.repositories);
    checkDeclaration(faults, { upstreams: props.upstreams, repositories }, { facts, claims: new RegistryClaims() });
  }
  faults.throwAndRemove(fleet);
}

/** Records what is wrong with the regions and returns those that can be checked further. */
function checkRegions(faults: Faults, regions: unknown): string[] {
  if (!Array.isArray(regions) || regions.length === 0) {
    faults.add("regions", "be a list of at least one region", regions, "say where to cache");
    return [];
  }
  const checked: string[] = [];
  regions.forEach((region: unknown, index) => {
    const prop = `regions[${index}]`;
    if (Token.isUnresolved(region)) {
      faults.add(prop, "be known at synth", "a token", "stacks are named after regions: give a literal");
    } else if (faults.checkString(prop, region, REGION, "give the region, not one of its zones")) {
      if (checked.includes(region as string)) {
        faults.add(prop, "be a region given once", region, "leave out the second one");
      } else {
        checked.push(region as string);
      }
    }
  });
  return checked;
}

function withoutKmsKey(settings: RepositorySettings | undefined): RepositorySettings | undefined {
  return settings === undefined ? undefined : { ...settings, kmsKeyArn: undefined };
}

function literal(value: string | undefined): string | undefined {
  return Token.isUnresolved(value) ? undefined : value;
}
