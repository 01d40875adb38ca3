export { PullThroughCache } from "./cache/pull-through-cache";
export { type PullThroughCacheProps } from "./cache/pull-through-cache-props";
export {
  Upstream,
  type UpstreamOptions,
  type PrivateEcrOptions,
  type RegistryUrlOptions,
  type UnlistedRegistryOptions,
} from "./cache/upstream";
export { type RepositorySettings, TagMutability, EncryptionType } from "./cache/repository-settings";
export { type RoleOptions } from "./aws/role-options";
export { type PullPolicyOptions } from "./cache/pull-policy";
export { type AllowPullOptions } from "./cache/allow-pull-options";
export { type ImageUriOptions, type RegistryMapOptions } from "./cache/image-uri";
export { ImageReference } from "./image/image-reference";
export { RegistryCredential, type ManagedCredentialOptions } from "./cache/registry-credential";

export {
  ClientConfiguration,
  type MutatingPolicyOptions,
  type KustomizeComponent,
  type KustomizeImage,
} from "./client-config/client-configuration";
export { FailurePolicy } from "./client-config/failure-policy";
export { RegistryEndpoints } from "./network/registry-endpoints";
export { type RegistryEndpointsProps } from "./network/registry-endpoints-props";
export { FirstPull } from "./network/first-pull";
export { EndpointService } from "./network/endpoint-service";
export { CacheWarmer } from "./warmer/cache-warmer";
export { type CacheWarmerProps } from "./warmer/cache-warmer-props";
export { RegistryPolicy } from "./registry/registry-policy";
export { type RegistryPolicyProps, type ReplicationSourceOptions } from "./registry/registry-policy-props";
export { RegistryScanning } from "./registry/registry-scanning";
export { type RegistryScanningProps, type ScanRule } from "./registry/registry-scanning-props";
export { ScanType, ScanFrequency } from "./registry/scan-type";
export { RegistryReplication } from "./registry/registry-replication";
export { type RegistryReplicationProps, type ReplicationDestination } from "./registry/registry-replication-props";
export { ExistingSettings } from "./registry/existing-settings";
export { SyncFailureAlert } from "./alerts/sync-failure-alert";
export { type SyncFailureAlertProps } from "./alerts/sync-failure-alert-props";
export { CredentialExpiryAlert } from "./alerts/credential-expiry-alert";
export { type CredentialExpiryAlertProps } from "./alerts/credential-expiry-alert-props";
export {
  AlertDestination,
  type NewTopicOptions,
  type ExistingTopicOptions,
  type AlertLogGroupOptions,
} from "./alerts/alert-destination";
export { PullThroughCacheFleet } from "./fleet/pull-through-cache-fleet";
export { FleetLayout } from "./fleet/fleet-layout";
export {
  type PullThroughCacheFleetProps,
  type FinalStackOptions,
  type FleetPullPolicy,
} from "./fleet/pull-through-cache-fleet-props";
export { StateBackend, type S3StateOptions, type HcpTerraformStateOptions } from "./fleet/state-backend";
export { type FleetManifest, type FleetManifestStack } from "./fleet/fleet-manifest";
export { StackParameterOverride } from "./stack-override/stack-parameter-override";
export { type StackParameterOverrideProps } from "./stack-override/stack-parameter-override-props";
export { OverrideAction } from "./stack-override/override-action";
export { OverrideStrategy } from "./stack-override/override-strategy";
