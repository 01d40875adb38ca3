import type { RoleOptions } from "../aws/role-options";
import type { PullThroughCache } from "../cache/pull-through-cache";
import type { AlertDestination } from "./alert-destination";

/** The credentials with a known end date, and who is reminded of them. */
export interface CredentialExpiryAlertProps {
  /** The cache whose credentials expire, in the same stack. */
  readonly cache: PullThroughCache;
  /**
   * The end date of each credential, like `2027-03-31`, by the prefix of its upstream, with or without a slash at its
   * end. It is the first day, in UTC, on which the upstream no longer accepts the credential. The dates must be literals.
   * If you renew a credential, change its date: new reminders replace the former ones.
   */
  readonly expiryDates: { readonly [prefix: string]: string };
  /**
   * How many days before the end date a reminder is sent, at 09:00 UTC: a list of different integers from 1 to 365.
   * @default [30, 7, 1]
   */
  readonly daysBefore?: number[];
  /** The topic that gets the reminders. A log group is an error. */
  readonly destination: AlertDestination;
  /**
   * The permissions boundary, the path and the name prefix of the role of the reminders.
   * @default - no permissions boundary, the path `/`, and the name prefix `ecr-credential-expiry-`
   */
  readonly roleOptions?: RoleOptions;
}
