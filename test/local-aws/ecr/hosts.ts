import type { Scope } from "../service";

// https://docs.aws.amazon.com/AmazonECR/latest/userguide/Registries.html
const REGISTRY = /^(\d{12})\.dkr(?:\.ecr\.([a-z0-9-]+)\.amazonaws\.com(?:\.cn)?|-ecr\.([a-z0-9-]+)\.on\.aws)$/;
// https://docs.aws.amazon.com/AmazonECR/latest/userguide/vpc-endpoints.html
const LAYER_BUCKET = /^prod-([a-z0-9-]+)-starport-layer-bucket\.s3\.\1\.amazonaws\.com(?:\.cn)?$/;

function suffixOf(region: string): string {
  return region.startsWith("cn-") ? "amazonaws.com.cn" : "amazonaws.com";
}

/** The host of a registry. */
export function registryHost({ accountId, region }: Scope): string {
  return `${accountId}.dkr.ecr.${region}.${suffixOf(region)}`;
}

/** The account and region of the registry that a host is; undefined where it is none. */
export function registryAt(host: string): Scope | undefined {
  const [, accountId, region, dualStackRegion] = REGISTRY.exec(host) ?? [];
  return accountId === undefined ? undefined : { accountId, region: region ?? dualStackRegion ?? "" };
}

/** The host of the bucket that the layers of a region's registries come from. */
export function layerBucketHost(region: string): string {
  return `prod-${region}-starport-layer-bucket.s3.${region}.${suffixOf(region)}`;
}

/** The region of the layer bucket that a host is; undefined where it is none. */
export function layerBucketAt(host: string): string | undefined {
  return LAYER_BUCKET.exec(host)?.[1];
}
