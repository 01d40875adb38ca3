export { OverrideStrategy } from "./override-strategy";
export { PullThroughCache, type PullThroughCacheProps } from "./pull-through-cache";
export {
  PullThroughCacheFleet,
  type PullThroughCacheFleetProps,
  type StackAfterAllOptions,
} from "./pull-through-cache-fleet";
export { RegistryCredential, type CredentialVariables } from "./registry-credential";
export { TagMutability, type RepositorySettings } from "./repository-settings";
export { StackParameterOverride, type StackParameterOverrideProps } from "./stack-parameter-override";
export { StateBackend, type HcpTerraformStateOptions, type S3StateOptions } from "./state-backend";
export { Upstream, type PrivateEcrOptions, type RegistryUrlOptions, type UpstreamOptions } from "./upstream";
