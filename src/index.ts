export { AwsService } from "./network/endpoint-service";
export { CacheWarmer, type CacheWarmerProps } from "./warmer/cache-warmer";
export { FirstPull } from "./network/first-pull";
export { type FleetManifest, type FleetManifestStack } from "./fleet/fleet-manifest";
export { OverrideStrategy } from "./stack-override/override-strategy";
export { PullThroughCache, type PullPolicyOptions, type PullThroughCacheProps } from "./cache/pull-through-cache";
export {
  PullThroughCacheFleet,
  type PullThroughCacheFleetProps,
  type StackAfterAllOptions,
} from "./fleet/pull-through-cache-fleet";
export { RegistryCredential, type CredentialVariables } from "./cache/registry-credential";
export { RegistryEndpoints, type RegistryEndpointsProps } from "./network/registry-endpoints";
export { EncryptionType, TagMutability, type RepositorySettings } from "./cache/repository-settings";
export { StackParameterOverride, type StackParameterOverrideProps } from "./stack-override/stack-parameter-override";
export { StateBackend, type HcpTerraformStateOptions, type S3StateOptions } from "./fleet/state-backend";
export {
  Upstream,
  type PrivateEcrOptions,
  type RegistryUrlOptions,
  type UnlistedRegistryOptions,
  type UpstreamOptions,
} from "./cache/upstream";
