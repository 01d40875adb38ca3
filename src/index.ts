export { AwsService } from "./aws-service";
export { CacheWarmer, type CacheWarmerProps } from "./cache-warmer";
export { FirstPull } from "./first-pull";
export { type FleetManifest, type FleetManifestStack } from "./fleet-manifest";
export { OverrideStrategy } from "./override-strategy";
export { PullThroughCache, type PullPolicyOptions, type PullThroughCacheProps } from "./pull-through-cache";
export {
  PullThroughCacheFleet,
  type PullThroughCacheFleetProps,
  type StackAfterAllOptions,
} from "./pull-through-cache-fleet";
export { RegistryCredential, type CredentialVariables } from "./registry-credential";
export { RegistryEndpoints, type RegistryEndpointsProps } from "./registry-endpoints";
export { EncryptionType, TagMutability, type RepositorySettings } from "./repository-settings";
export { StackParameterOverride, type StackParameterOverrideProps } from "./stack-parameter-override";
export { StateBackend, type HcpTerraformStateOptions, type S3StateOptions } from "./state-backend";
export {
  Upstream,
  type PrivateEcrOptions,
  type RegistryUrlOptions,
  type UnlistedRegistryOptions,
  type UpstreamOptions,
} from "./upstream";
