/**
 * The action of an override on the parameters of its stack. Each action takes effect when you apply it. To remove an
 * override, apply RESTORE if you want the former values, then FORGET, and then delete the construct.
 */
export enum OverrideAction {
  /** Sets the declared values. The state remembers the value that each parameter had before. */
  SET = "SET",
  /**
   * Gives every parameter the value that it had before the override first set it. The plan fails for a parameter
   * without a former value in the state.
   */
  RESTORE = "RESTORE",
  /**
   * Removes the CloudFormation stack from Terraform's state and changes nothing in AWS. Apply it before you delete the
   * construct: without it, every later plan fails, since Terraform would have to delete the stack.
   */
  FORGET = "FORGET",
}
