/**
 * What to do with a setting that a registry has already. AWS has one of each setting per account and region. A new
 * resource of Terraform overwrites it, and the plan does not show that.
 */
export enum ExistingSettings {
  /** The registry does not have the setting, or has AWS's default. */
  NONE = "NONE",
  /** Terraform imports the setting and overwrites it; the plan shows the old and the new one. */
  OVERWRITE = "OVERWRITE",
}
