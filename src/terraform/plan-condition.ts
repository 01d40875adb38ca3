/** A condition that Terraform evaluates, as an expression in its braces, and the error where it does not hold. */
export interface PlanCondition {
  readonly condition: string;
  readonly errorMessage: string;
}
