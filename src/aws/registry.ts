import { DataAwsCallerIdentity } from "@cdktf/provider-aws/lib/data-aws-caller-identity";
import { DataAwsPartition } from "@cdktf/provider-aws/lib/data-aws-partition";
import { DataAwsRegion } from "@cdktf/provider-aws/lib/data-aws-region";
import type { TerraformProvider } from "cdktf";
import { TerraformStack } from "cdktf";
import { Construct } from "constructs";
import { isUnresolved } from "../terraform/tokens";
import { matches, oneOfRequirement } from "../validation/rule";
import type { Requirement } from "../validation/rule";
import type { ValidationErrors } from "../validation/validation-errors";
import {
  ACCOUNT_ID,
  PARTITION_NAMES,
  REGION_NAME,
  dnsSuffixOf,
  dualStackSuffixOf,
  partitionOf,
  reverseDnsPrefixOf,
} from "./partitions";
import { accountOfProvider, checkProvider, regionOfProvider, regionalArguments, resourcesTakeRegion } from "./provider";
import type { RegionalArguments } from "./provider";

/** The props that locate a registry; each may be a token. */
export interface RegistryProps {
  readonly accountId?: string;
  readonly region?: string;
  readonly partition?: string;
  readonly provider?: TerraformProvider;
}

/** The part of a registry's location that is known at synth; undefined if only Terraform knows it. */
export interface KnownLocation {
  readonly accountId?: string;
  readonly region?: string;
  readonly partition?: string;
}

const DERIVED_PARTITION = "leave it out: it is derived from the region";

const LOCATION_RULES = {
  regionSupported: {
    requirement: "not be set with @cdktf/provider-aws 20, whose resources have no argument `region`",
    hint: "give `provider` an AwsProvider of that region, or use @cdktf/provider-aws 21",
  },
  regionOfProvider: (providerRegion: string): Requirement => ({
    requirement: `be in ${partitionOf(providerRegion)}, the partition of the AWS provider in ${providerRegion}`,
    hint: "give `provider` an AwsProvider with credentials of the other partition",
  }),
  partition: { requirement: oneOfRequirement(PARTITION_NAMES), hint: DERIVED_PARTITION },
  partitionOf: (region: string): Requirement => ({
    requirement: `be the partition of ${region}, ${partitionOf(region)}`,
    hint: DERIVED_PARTITION,
  }),
} as const;

/** Adds the errors of the props that locate a registry. */
export function checkRegistryProps(errors: ValidationErrors, scope: Construct, props: RegistryProps): void {
  if (props.provider !== undefined) {
    checkProvider(errors, scope, props.provider);
  }
  const providerRegion = regionOfProvider(scope, props.provider);
  if (providerRegion !== undefined) {
    errors.checkString("AwsProvider.region", providerRegion, REGION_NAME);
  }
  if (props.accountId !== undefined) {
    errors.checkString("accountId", props.accountId, ACCOUNT_ID);
  }
  if (props.region !== undefined) {
    if (!resourcesTakeRegion()) {
      errors.addBroken("region", LOCATION_RULES.regionSupported, props.region);
    } else if (errors.checkString("region", props.region, REGION_NAME)) {
      checkPartitionOfProvider(errors, props.region, providerRegion);
    }
  }
  if (props.partition !== undefined && !isUnresolved(props.partition)) {
    const region = literalRegion(props.region ?? providerRegion);
    if (!PARTITION_NAMES.includes(props.partition)) {
      errors.addBroken("partition", LOCATION_RULES.partition, props.partition);
    } else if (region !== undefined && partitionOf(region) !== props.partition) {
      errors.addBroken("partition", LOCATION_RULES.partitionOf(region), props.partition);
    }
  }
}

/** hashicorp/aws refuses a `region` in another partition than that of its own region. */
function checkPartitionOfProvider(errors: ValidationErrors, region: string, providerRegion: string | undefined): void {
  const [own, ofProvider] = [literalRegion(region), literalRegion(providerRegion)];
  if (own !== undefined && ofProvider !== undefined && partitionOf(own) !== partitionOf(ofProvider)) {
    errors.addBroken("region", LOCATION_RULES.regionOfProvider(ofProvider), own);
  }
}

/** The location that is known at synth from the props and from the AWS provider that they use. */
function knownLocation(scope: Construct, props: RegistryProps): KnownLocation {
  const region = literalRegion(props.region ?? regionOfProvider(scope, props.provider));
  const partition = literal(props.partition) ?? (region === undefined ? undefined : partitionOf(region));
  return {
    // Other values are not compared with a value that is wrong itself.
    accountId: matches(props.accountId, ACCOUNT_ID) ? props.accountId : undefined,
    region,
    partition: partition !== undefined && PARTITION_NAMES.includes(partition) ? partition : undefined,
  };
}

/** The account of a construct's registry, if its props or the configuration of its AWS provider name it. */
export function knownAccount(scope: Construct, { location, regional }: Registry): string | undefined {
  return location.accountId ?? accountOfProvider(scope, regional.provider);
}

/**
 * The registry of a cache: one account in one region. Values come from the props and the AWS provider if these are known,
 * and otherwise from data sources, which are created on first use and once per stack and provider.
 */
export class Registry {
  /** Arguments of each regional resource and data source. */
  public readonly regional: RegionalArguments;
  /** The part of the location that is known at synth. */
  public readonly location: KnownLocation;
  private host: string | undefined;
  private dualStackHost: string | undefined;
  private arnStart: string | undefined;

  private readonly props: RegistryProps;

  public constructor(
    private readonly scope: Construct,
    props: RegistryProps,
  ) {
    this.props = { ...props };
    this.location = knownLocation(scope, props);
    this.regional = regionalArguments(props);
  }

  /** The account ID, or a reference to it. */
  public get accountId(): string {
    return (
      this.props.accountId ??
      this.lookup("caller-identity", (scope, id, provider) => new DataAwsCallerIdentity(scope, id, { provider }))
        .accountId
    );
  }

  /** The name of the region, or a reference to it. */
  public get region(): string {
    // `id` is the region's name in every version of the AWS provider; `name` is deprecated in 6.
    return (
      this.props.region ??
      regionOfProvider(this.scope, this.props.provider) ??
      this.lookup("region", (scope, id, provider) => new DataAwsRegion(scope, id, { provider })).id
    );
  }

  /** The suffix of registry hosts in this partition, or a reference to it. */
  public get dnsSuffix(): string {
    return (
      (this.location.partition === undefined ? undefined : dnsSuffixOf(this.location.partition)) ??
      this.partitionLookup().dnsSuffix
    );
  }

  /** The name of the partition, or a reference to it. */
  public get partition(): string {
    return this.location.partition ?? this.partitionLookup().partition;
  }

  /** The prefix of the endpoint services that are named after the partition, or a reference to it. */
  public get reverseDnsPrefix(): string {
    return (
      (this.location.partition === undefined ? undefined : reverseDnsPrefixOf(this.location.partition)) ??
      this.partitionLookup().reverseDnsPrefix
    );
  }

  /** The first part of the ARNs of the registry's repositories. */
  public get arn(): string {
    return (this.arnStart ??= `arn:${this.partition}:ecr:${this.region}:${this.accountId}`);
  }

  /** The host that clients pull from. https://docs.aws.amazon.com/AmazonECR/latest/userguide/Registries.html */
  public get uri(): string {
    // Each reference to an attribute costs cdktf a token and a stack trace, so it is created once.
    return (this.host ??= `${this.accountId}.dkr.ecr.${this.region}.${this.dnsSuffix}`);
  }

  /** The host for IPv4 and IPv6; undefined if AWS documents none or the partition is not known at synth. */
  public get dualStackUri(): string | undefined {
    const suffix = this.location.partition === undefined ? undefined : dualStackSuffixOf(this.location.partition);
    if (suffix !== undefined) {
      this.dualStackHost ??= `${this.accountId}.dkr-ecr.${this.region}.${suffix}`;
    }
    return this.dualStackHost;
  }

  private partitionLookup(): DataAwsPartition {
    return this.lookup("partition", (scope, id, provider) => new DataAwsPartition(scope, id, { provider }));
  }

  private lookup<T extends Construct>(
    fact: string,
    create: (scope: Construct, id: string, provider: TerraformProvider | undefined) => T,
  ): T {
    const stack = TerraformStack.of(this.scope);
    const shared = stack.node.tryFindChild("aws-lookup") ?? new Construct(stack, "aws-lookup");
    const alias = this.props.provider?.alias;
    const id = alias === undefined ? fact : `${fact}-${alias}`;
    return (shared.node.tryFindChild(id) as T | undefined) ?? create(shared, id, this.props.provider);
  }
}

function literal(value: string | undefined): string | undefined {
  return isUnresolved(value) ? undefined : value;
}

/** A region that is a literal and can be one: other messages name it. */
function literalRegion(region: unknown): string | undefined {
  return matches(region, REGION_NAME) ? region : undefined;
}
