import type { TerraformProvider } from "cdktf";
import type { PullThroughCache } from "../cache/pull-through-cache";
import type { AlertDestination } from "./alert-destination";

/** The caches whose failed pulls an alert reports, and where. */
export interface SyncFailureAlertProps {
  /** Where the messages go. */
  readonly destination: AlertDestination;
  /**
   * The caches, at least one, in the account and region of the alert. The alert covers upstreams that are added later.
   * With an upstream of the prefix `ROOT`, it covers all rules of the registry: AWS does not document which prefix the
   * events of such a rule have.
   * @default - all caches of the stack with the same provider and region, including caches that are created later
   */
  readonly caches?: PullThroughCache[];
  /**
   * Name of the EventBridge rule: 1 to 64 letters, digits, dots, hyphens and underscores, unique in the account and
   * region, and a literal. A change replaces the rule.
   * @default - `ecr-sync-failure-`, and 26 characters that Terraform adds
   */
  readonly ruleName?: string;
  /**
   * The AWS provider of the account and region of the caches.
   * @default - the stack's AWS provider without an alias
   */
  readonly provider?: TerraformProvider;
  /**
   * The region of the caches, if it is not that of the provider. It needs `@cdktf/provider-aws` 21.
   * Required if the caches of the stack are in several regions and `caches` is left out.
   * @default - the region of the provider
   */
  readonly region?: string;
}
