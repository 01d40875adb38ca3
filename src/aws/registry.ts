import { DataAwsCallerIdentity } from "@cdktf/provider-aws/lib/data-aws-caller-identity";
import { DataAwsPartition } from "@cdktf/provider-aws/lib/data-aws-partition";
import { DataAwsRegion } from "@cdktf/provider-aws/lib/data-aws-region";
import type { TerraformProvider } from "cdktf";
import { TerraformStack } from "cdktf";
import { Construct } from "constructs";
import { isUnresolved } from "../terraform/tokens";
import { matches } from "../validation/rule";
import type { ValidationErrors } from "../validation/validation-errors";
import {
  ACCOUNT_ID,
  ACCOUNT_ID_HINT,
  PARTITION_NAMES,
  REGION_NAME,
  dnsSuffixOf,
  dualStackSuffixOf,
  partitionOf,
  reverseDnsPrefixOf,
} from "./partitions";
import { checkProvider, regionOfProvider, regionalArguments, resourcesTakeRegion } from "./provider";
import type { RegionalArguments } from "./provider";

/** What a caller may say about the registry, each of which may be a token. */
export interface RegistryProps {
  readonly accountId?: string;
  readonly region?: string;
  readonly partition?: string;
  readonly provider?: TerraformProvider;
}

/** What is known of a registry at synth; a part is undefined when only Terraform can tell. */
export interface KnownLocation {
  readonly accountId?: string;
  readonly region?: string;
  readonly partition?: string;
}

/** Records what is wrong with the props that name a registry. */
export function checkRegistryProps(errors: ValidationErrors, scope: Construct, props: RegistryProps): void {
  if (props.provider !== undefined) {
    checkProvider(errors, scope, props.provider);
  }
  const providerRegion = regionOfProvider(scope, props.provider);
  if (providerRegion !== undefined) {
    errors.checkString("AwsProvider.region", providerRegion, REGION_NAME, "give the region, not one of its zones");
  }
  if (props.accountId !== undefined) {
    errors.checkString("accountId", props.accountId, ACCOUNT_ID, ACCOUNT_ID_HINT);
  }
  if (props.region !== undefined) {
    if (!resourcesTakeRegion()) {
      errors.add(
        "region",
        "not be set with @cdktf/provider-aws 20, whose resources have no region of their own",
        props.region,
        "pass `provider` with an AwsProvider of that region, or use @cdktf/provider-aws 21",
      );
    } else {
      errors.checkString("region", props.region, REGION_NAME, "give the region, not one of its zones");
    }
  }
  if (props.partition !== undefined && !isUnresolved(props.partition)) {
    const region = literal(props.region ?? providerRegion);
    if (!PARTITION_NAMES.includes(props.partition)) {
      errors.add(
        "partition",
        `be one of ${PARTITION_NAMES.join(", ")}`,
        props.partition,
        "leave it out to have it derived",
      );
    } else if (region !== undefined && partitionOf(region) !== props.partition) {
      errors.add("partition", `be that of ${region}`, props.partition, "leave it out to have it derived");
    }
  }
}

/** What the props, and the provider they name or the stack's own, tell at synth. */
function knownLocation(scope: Construct, props: RegistryProps): KnownLocation {
  const region = literal(props.region ?? regionOfProvider(scope, props.provider));
  const partition = literal(props.partition) ?? (region === undefined ? undefined : partitionOf(region));
  return {
    // A value that is at error itself is nothing to hold others against.
    accountId: matches(props.accountId, ACCOUNT_ID) ? props.accountId : undefined,
    region,
    partition: partition !== undefined && PARTITION_NAMES.includes(partition) ? partition : undefined,
  };
}

/**
 * The registry a cache lives in: one account in one region. It answers from the props and the provider
 * where they tell, and otherwise with data sources, made when first asked for and once per stack and provider.
 */
export class Registry {
  /** Spread into every regional resource and data source. */
  public readonly regional: RegionalArguments;
  /** What is known at synth. */
  public readonly location: KnownLocation;
  private host: string | undefined;
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
    // `id` holds the region's name in every version of the AWS provider; `name` is deprecated in 6.
    return (
      this.props.region ??
      regionOfProvider(this.scope, this.props.provider) ??
      this.lookup("region", (scope, id, provider) => new DataAwsRegion(scope, id, { provider })).id
    );
  }

  /** What the names of registries in this partition end with, or a reference to it. */
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

  /** What the names of the partition's own endpoint services begin with, or a reference to it. */
  public get reverseDnsPrefix(): string {
    return (
      (this.location.partition === undefined ? undefined : reverseDnsPrefixOf(this.location.partition)) ??
      this.partitionLookup().reverseDnsPrefix
    );
  }

  /** What the ARNs of the registry's repositories begin with. */
  public get arn(): string {
    return (this.arnStart ??= `arn:${this.partition}:ecr:${this.region}:${this.accountId}`);
  }

  /** The host that clients pull from. https://docs.aws.amazon.com/AmazonECR/latest/userguide/Registries.html */
  public get uri(): string {
    // Every reference to an attribute costs cdktf a token and a stack trace: once is enough.
    return (this.host ??= `${this.accountId}.dkr.ecr.${this.region}.${this.dnsSuffix}`);
  }

  /** The host for clients that may come over IPv6; undefined where AWS documents none, or the partition is not known. */
  public get dualStackUri(): string | undefined {
    const suffix = this.location.partition === undefined ? undefined : dualStackSuffixOf(this.location.partition);
    return suffix === undefined ? undefined : `${this.accountId}.dkr-ecr.${this.region}.${suffix}`;
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
