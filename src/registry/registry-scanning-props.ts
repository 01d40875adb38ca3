import type { TerraformProvider } from "cdktf";
import type { ExistingSettings } from "./existing-settings";
import type { ScanFrequency, ScanType } from "./scan-type";

/** Which repositories are scanned at a frequency. */
export interface ScanRule {
  /**
   * When images are scanned. Each rule needs another frequency; where filters of both match a repository,
   * `CONTINUOUS_SCAN` applies.
   */
  readonly frequency: ScanFrequency;
  /**
   * Filters for the names of repositories, at most 100, in which `*` is any text. A filter without `*` matches every
   * name that contains it.
   * @default - `<prefix>/*` for each prefix of the caches of the stack with the same provider and region, `*` for ROOT
   * @see https://docs.aws.amazon.com/AmazonECR/latest/userguide/image-scanning-filters.html
   */
  readonly filters?: string[];
}

/** The scanning configuration of a registry. */
export interface RegistryScanningProps {
  /**
   * How images are scanned, in the whole registry.
   * @default ScanType.BASIC
   */
  readonly scanType?: ScanType;
  /**
   * One rule, or one for each frequency. No filter can exclude repositories: those that match none are not scanned
   * automatically, so list your own repositories as well.
   * @default - one rule for the caches of the stack: `SCAN_ON_PUSH` with BASIC, `CONTINUOUS_SCAN` with ENHANCED
   */
  readonly rules?: ScanRule[];
  /**
   * What to do with a scanning configuration that the registry has already. With NONE the first plan reads the registry
   * and fails, with the configuration in its message, unless that is AWS's default or equal to this declaration.
   * @default ExistingSettings.NONE
   */
  readonly existing?: ExistingSettings;
  /**
   * Whether Terraform removes the configuration from its state and changes nothing in AWS. Apply it before you delete
   * the construct, destroy its stack or change its region: each of these resets the registry to AWS's default.
   * @default false
   */
  readonly forget?: boolean;
  /**
   * The AWS provider of the registry's account and region.
   * @default - the stack's AWS provider without an alias
   */
  readonly provider?: TerraformProvider;
  /**
   * Region of the registry; may be a token. It needs `@cdktf/provider-aws` 21: the resources of version 20 have no such
   * argument.
   * Required if the caches of the stack are in several regions.
   * @default - the region of the provider
   */
  readonly region?: string;
  /**
   * Account of the registry; may be a token. The provider determines the account: this value only saves a data source.
   * @default - the account that `allowedAccountIds` or `assumeRole` of the provider names, or else looked up when
   * Terraform runs
   */
  readonly accountId?: string;
}
