/** How an override changes the parameters of its CloudFormation stack. */
export enum OverrideStrategy {
  /** Terraform imports the stack as a resource, and every update sends its template and all of its parameters. */
  ADOPT = "ADOPT",
  /**
   * The AWS CLI updates the stack while Terraform applies, with the stack's previous template and the previous values
   * of all other parameters. Terraform's state contains records only.
   */
  AWS_CLI = "AWS_CLI",
}
