import type { TerraformProvider } from "cdktf";
import type { OverrideStrategy } from "./override-strategy";

/** Which parameters of which stack to change. */
export interface StackParameterOverrideProps {
  /** Name of the CloudFormation stack, which must exist; may be a token. */
  readonly stackName: string;
  /** The values to give, by the names of parameters that the stack's template has; a value may be a token. */
  readonly parameters: { readonly [name: string]: string };
  /**
   * How to change them. Stacks with NoEcho parameters can only be changed by OverrideStrategy.AWS_CLI.
   * @default OverrideStrategy.ADOPT
   */
  readonly strategy?: OverrideStrategy;
  /**
   * URL of an object in S3 with the stack's template as it is, for templates over 51,200 bytes, which cannot be sent back
   * in any other way. What it holds becomes the stack's template: keep it equal to the vendor's.
   * @default - the template is sent back as it was read
   */
  readonly templateUrl?: string;
  /**
   * Capabilities to acknowledge beside those that the stack lists, for OverrideStrategy.ADOPT only, such as
   * `CAPABILITY_AUTO_EXPAND`: a stack that was deployed by change sets need not list it, and an update of a template with
   * macros needs it. The stack lists them from then on. The AWS CLI's strategy acknowledges what the template needs.
   * @default - those that the stack lists
   * @see https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_UpdateStack.html
   */
  readonly capabilities?: readonly string[];
  /**
   * States that question marks in the template, in other parameters and in tags are meant to be there, for
   * OverrideStrategy.ADOPT only. CloudFormation shows a question mark in place of each character that is not ASCII, and
   * Terraform sends back what it is shown: without this, the plan fails where there is one. Compare with the vendor's own
   * template before you set it.
   * @default false
   * @see https://github.com/aws-cloudformation/cloudformation-coverage-roadmap/issues/1220
   */
  readonly questionMarksAreGenuine?: boolean;
  /**
   * Whether the plan fails unless the stack has termination protection, for OverrideStrategy.ADOPT only. Terraform reads
   * it by AWS Cloud Control, for which the caller needs `cloudformation:GetResource`.
   * @default false
   * @see https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/using-cfn-protect-stacks.html
   */
  readonly requireTerminationProtection?: boolean;
  /**
   * How long an update may take, in minutes. With OverrideStrategy.AWS_CLI also how long to wait for an update that is
   * under way already. The update itself goes on in AWS.
   * @default 60
   */
  readonly updateTimeoutInMinutes?: number;
  /**
   * Whether to write the import block by which Terraform adopts the stack. It does nothing once the stack is adopted.
   * Where such blocks cannot stand, turn it off and import once by hand, before the first plan:
   * `terraform import aws_cloudformation_stack.adopted <name of the stack>`. A plan without that fails at
   * `terraform_data.needs-terraform-import`.
   * @default true
   */
  readonly importBlock?: boolean;
  /**
   * Gives every parameter the value back that it had when it was first overridden, which the state remembers until the
   * stack is let go.
   * @default false
   */
  readonly undo?: boolean;
  /**
   * Has Terraform forget the stack and leave it as it is. Apply this once before you take the construct out: without it,
   * every plan fails, since Terraform would delete a stack whose construct is gone.
   * @default false
   */
  readonly letGo?: boolean;
  /**
   * The AWS provider of the stack's account and region.
   * @default - the stack's AWS provider without an alias
   */
  readonly provider?: TerraformProvider;
  /**
   * The region of the stack. Needs @cdktf/provider-aws 21; with 20 it is an error, since its resources have no region of
   * their own.
   * @default - the region of the provider
   */
  readonly region?: string;
}
