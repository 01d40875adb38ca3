import type { TerraformProvider } from "cdktf";
import type { OverrideAction } from "./override-action";
import type { OverrideStrategy } from "./override-strategy";

/** The declaration of a StackParameterOverride: the CloudFormation stack, the parameters, and how to change them. */
export interface StackParameterOverrideProps {
  /** Name of an existing CloudFormation stack, not its ARN; may be a token. A stack of a stack set is an error. */
  readonly stackName: string;
  /**
   * The values to set, by the names of the parameters in the stack's template: at least one, as text of 1 to 4,096
   * bytes. A value may be a token. An access token is an error, since Terraform stores the values in its plan and
   * state.
   * @see https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/cloudformation-limits.html
   */
  readonly parameters: { readonly [name: string]: string };
  /**
   * How Terraform changes the parameters. A stack with NoEcho parameters needs OverrideStrategy.AWS_CLI.
   * @default OverrideStrategy.ADOPT
   */
  readonly strategy?: OverrideStrategy;
  /**
   * URL of an object in S3 with the stack's unchanged template, for OverrideStrategy.ADOPT only. A template over 51,200
   * bytes needs it. Its content becomes the stack's template with the next update: keep it equal to the vendor's. A URL
   * with a signature is an error.
   * @default - updates send the template that CloudFormation shows
   */
  readonly templateUrl?: string;
  /**
   * Capabilities that an update acknowledges in addition to those that the stack lists, for OverrideStrategy.ADOPT
   * only. A template with macros needs `CAPABILITY_AUTO_EXPAND`, which a stack that was deployed by change sets may not
   * list. After the update the stack lists them. OverrideStrategy.AWS_CLI acknowledges what the template needs.
   * @default - those that the stack lists
   * @see https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_UpdateStack.html
   */
  readonly capabilities?: string[];
  /**
   * Whether the template, other parameters and tags really contain the question marks that CloudFormation shows, for
   * OverrideStrategy.ADOPT only. CloudFormation shows a question mark in place of each character that is not ASCII, and
   * an update would send it: unless this is true, the plan fails for a question mark. Compare with the vendor's
   * template before you set it.
   * @default false
   * @see https://github.com/aws-cloudformation/cloudformation-coverage-roadmap/issues/1220
   */
  readonly questionMarksAreGenuine?: boolean;
  /**
   * Whether the plan fails for a stack without termination protection, for OverrideStrategy.ADOPT only. Terraform reads
   * it from AWS Cloud Control, which needs the permission `cloudformation:GetResource`.
   * @default false
   * @see https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/using-cfn-protect-stacks.html
   */
  readonly requireTerminationProtection?: boolean;
  /**
   * How long Terraform waits for an update, in minutes, an integer from 1; with OverrideStrategy.AWS_CLI also for an
   * update by somebody else that is in progress. After that the apply fails, and the update continues in AWS.
   * @default 60
   */
  readonly updateTimeoutInMinutes?: number;
  /**
   * Whether the JSON contains the import block by which Terraform adopts the stack, for OverrideStrategy.ADOPT only.
   * The block has no effect once the stack is adopted. If your pipeline cannot use import blocks, set it to false and
   * import the stack before the first plan: `terraform import aws_cloudformation_stack.adopted <name of the stack>`.
   * Without the import the plan fails at `terraform_data.needs-terraform-import`.
   * @default true
   */
  readonly importBlock?: boolean;
  /**
   * The action of the override: set the values, restore the former ones, or make Terraform forget the stack. Apply
   * OverrideAction.FORGET once before you delete the construct; to get the former values back, apply
   * OverrideAction.RESTORE before that.
   * @default OverrideAction.SET
   */
  readonly action?: OverrideAction;
  /**
   * The AWS provider of the stack's account and region.
   * @default - the stack's AWS provider without an alias
   */
  readonly provider?: TerraformProvider;
  /**
   * The region of the stack; may be a token. It needs `@cdktf/provider-aws` 21: the resources of version 20 have no
   * such argument.
   * @default - the region of the provider
   */
  readonly region?: string;
}
