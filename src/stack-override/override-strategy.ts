/** How the parameters of a CloudFormation stack are changed. */
export enum OverrideStrategy {
  /** Terraform adopts the stack, and with every update sends its template and all of its parameters back. */
  ADOPT = "ADOPT",
  /**
   * The AWS CLI updates the stack while Terraform applies, and says of everything else that it stays as it was. Terraform
   * owns nothing but a record of it.
   */
  AWS_CLI = "AWS_CLI",
}
