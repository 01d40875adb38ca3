/**
 * What to do with settings that a registry has already. AWS has one of each per account and region, and Terraform
 * overwrites it without a word.
 */
export enum ExistingSettings {
  /** The registry has none. */
  NONE = "NONE",
  /** Terraform imports the settings, shows in the plan how it changes them, and overwrites them. */
  OVERWRITE = "OVERWRITE",
}
