export { PullThroughCache } from "./cache/pull-through-cache";
export { type PullThroughCacheProps } from "./cache/pull-through-cache-props";
export { type PullPolicyOptions } from "./cache/pull-policy";
export { RegistryCredential, type ManagedCredentialOptions } from "./cache/registry-credential";
export { EncryptionType, TagMutability, type RepositorySettings } from "./cache/repository-settings";
export {
  Upstream,
  type PrivateEcrOptions,
  type RegistryUrlOptions,
  type UnlistedRegistryOptions,
  type UpstreamOptions,
} from "./cache/upstream";

export { PullThroughCacheFleet } from "./fleet/pull-through-cache-fleet";
export {
  type FinalStackOptions,
  type FleetPullPolicy,
  type PullThroughCacheFleetProps,
} from "./fleet/pull-through-cache-fleet-props";
export { type FleetManifest, type FleetManifestStack } from "./fleet/fleet-manifest";
export { StateBackend, type HcpTerraformStateOptions, type S3StateOptions } from "./fleet/state-backend";
export { EndpointService } from "./network/endpoint-service";
export { FirstPull } from "./network/first-pull";
export { RegistryEndpoints } from "./network/registry-endpoints";
export { type RegistryEndpointsProps } from "./network/registry-endpoints-props";
export { OverrideAction } from "./stack-override/override-action";
export { OverrideStrategy } from "./stack-override/override-strategy";
export { StackParameterOverride } from "./stack-override/stack-parameter-override";
export { type StackParameterOverrideProps } from "./stack-override/stack-parameter-override-props";
export { CacheWarmer } from "./warmer/cache-warmer";
export { type CacheWarmerProps } from "./warmer/cache-warmer-props";
