import { REGISTRY_SUFFIXES, dnsSuffixOf, dualStackSuffixOf, partitionOf } from "../aws/partitions";
import { REGISTRY_ALIASES } from "./supported-registries";

/** The account and the region of a private Amazon ECR registry. */
export interface PrivateRegistry {
  readonly accountId: string;
  readonly region: string;
}

const SUFFIX = REGISTRY_SUFFIXES.map((suffix) => suffix.replace(/\./g, "\\.")).join("|");

/**
 * Any host of a private Amazon ECR registry: for IPv4, for IPv4 and IPv6, or a FIPS endpoint. Its groups are the account
 * and the region. A host that only begins like one of AWS must never get a token for ECR.
 * https://docs.aws.amazon.com/AmazonECR/latest/userguide/Registries.html
 * https://docs.aws.amazon.com/general/latest/gr/ecr.html
 */
export const HOST_OF_PRIVATE_REGISTRY = new RegExp(`^(\\d{12})\\.dkr[.-]ecr(?:-fips)?\\.([a-z0-9-]+)\\.(?:${SUFFIX})$`);

/** The private Amazon ECR registry at a host, which may be the host for IPv4 and IPv6 or a FIPS endpoint. */
export function privateRegistryAt(host: string): PrivateRegistry | undefined {
  const [, accountId, region] = HOST_OF_PRIVATE_REGISTRY.exec(host) ?? [];
  return accountId === undefined || region === undefined ? undefined : { accountId, region };
}

/** The host of a private Amazon ECR registry. */
export function hostOf({ accountId, region }: PrivateRegistry): string {
  return `${accountId}.dkr.ecr.${region}.${dnsSuffixOf(partitionOf(region)) ?? ""}`;
}

/** The host of a private Amazon ECR registry for IPv4 and IPv6; undefined if AWS documents none. */
export function dualStackHostOf({ accountId, region }: PrivateRegistry): string | undefined {
  const suffix = dualStackSuffixOf(partitionOf(region));
  return suffix === undefined ? undefined : `${accountId}.dkr-ecr.${region}.${suffix}`;
}

/**
 * The domain that stands for a registry: hosts have no case, 443 is their default port, and some registries have several
 * hosts.
 */
export function canonicalDomain(domain: string): string {
  const host = domain.toLowerCase().replace(/:443$/, "");
  const registry = privateRegistryAt(host);
  return registry === undefined ? (REGISTRY_ALIASES[host] ?? host) : hostOf(registry);
}

/** The other domains for which a domain stands: those that `canonicalDomain` gives it for, without their cases and ports. */
export function otherDomainsOf(domain: string): string[] {
  const registry = privateRegistryAt(domain);
  if (registry === undefined) {
    return Object.keys(REGISTRY_ALIASES).filter((alias) => REGISTRY_ALIASES[alias] === domain);
  }
  const hosts = [hostOf(registry), dualStackHostOf(registry)].filter((host) => host !== undefined);
  // https://docs.aws.amazon.com/general/latest/gr/ecr.html
  const fipsHosts = hosts.map((host) => host.replace(/([.-])ecr\./, "$1ecr-fips."));
  return [...hosts, ...fipsHosts].filter((host) => host !== domain);
}
